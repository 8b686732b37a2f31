//! The rooms: a field that joins or creates one, the visited rooms, then the others. If there are many, another field
//! narrows the list down.

use yew::prelude::*;

use super::{LineField, changing, room_link};
use crate::api::dom;
use crate::command::Command;
use crate::hooks::{use_commands, use_room_search};
use crate::state::{ListedRoom, Overlay, Panel, is_made_by_server, typed_room};
use crate::words;

/// The largest number of rooms that are seen at a glance: a list without a search field.
const AT_A_GLANCE: usize = 15;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub rooms: Vec<ListedRoom>,
}

/// The list.
#[component]
pub fn RoomList(props: &Props) -> Html {
    let run = use_commands();
    let on_save = {
        let run = run.clone();
        Callback::from(move |text: String| {
            if !text.trim().is_empty() {
                run.emit(Command::Make(typed_room(&dom::lower_case(&text))?));
            }
            Ok(())
        })
    };
    let make = run.reform(|_: MouseEvent| Command::Open(Overlay::Panel(Panel::NewRoom)));
    let current = props.rooms.iter().find(|room| room.is_current).map(|room| room.name.clone());
    let search = use_room_search(current);
    let is_long = props.rooms.len() > AT_A_GLANCE;
    let text = if is_long { search.text.trim() } else { "" };
    let wanted = if text.is_empty() { String::new() } else { dom::lower_case(text) };
    let found: Vec<_> = props.rooms.iter().filter(|room| is_found(room, &wanted, dom::lower_case)).collect();
    let told = match found.len() {
        _ if text.is_empty() => String::new(),
        0 => words::no_room_has(text),
        count => words::rooms_found(count),
    };
    let first = first_found(&found, &wanted, dom::lower_case).map(|room| room.name.clone());
    let is_empty = found.is_empty();
    let (visited, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|room| room.is_visited);
    let group = |title: &'static str, rooms: Vec<&ListedRoom>| {
        html! {
            if !rooms.is_empty() {
                <h2>{ title }</h2>
                <ul>{ for rooms.into_iter().map(|room| room_link(room, &run)) }</ul>
            }
        }
    };
    html! {
        <div class="rooms" data-testid="rooms">
            <LineField id="new-room" label={words::JOIN_OR_MAKE} {on_save} />
            <p class="more-rooms">
                <button type="button" class="plain" data-testid="make-room" onclick={make}>{ words::NEW_ROOM }</button>
            </p>
            if is_long {
                <div class="find">
                    <input
                        type="search"
                        class="field"
                        dir="auto"
                        autocomplete="off"
                        data-testid="find-room"
                        aria-label={words::FIND_ROOM}
                        placeholder={words::FIND_ROOM}
                        value={(*search.text).clone()}
                        oninput={search.oninput()}
                        onkeydown={search.onkeydown(first, run.clone())}
                    />
                    <p role="status" class={if is_empty { "faint" } else { "unseen" }}>{ changing(told) }</p>
                </div>
            }
            { group(words::YOUR_ROOMS, visited) }
            { group(words::OTHER_ROOMS, others) }
        </div>
    }
}

/// The room that the reader most likely means: the one of that very name, the first whose name begins so, or the first.
pub(super) fn first_found<'a>(
    found: &[&'a ListedRoom],
    wanted: &str,
    lower_case: fn(&str) -> String,
) -> Option<&'a ListedRoom> {
    if wanted.is_empty() {
        return None;
    }
    let name = as_name(wanted);
    let by = |is_meant: fn(&str, &str) -> bool| {
        found
            .iter()
            .find(|room| is_meant(room.name.as_str(), &name) || is_meant(&lower_case(&room.title), wanted))
    };
    by(|name, wanted| name == wanted)
        .or_else(|| by(|name, wanted| name.starts_with(wanted)))
        .or(found.first())
        .copied()
}

/// Whether a room's title contains the wanted text, which is in lower case, or its name does, if people have given it
/// that name.
pub(super) fn is_found(room: &ListedRoom, wanted: &str, lower_case: fn(&str) -> String) -> bool {
    let is_named = || !is_made_by_server(&room.name) && room.name.as_str().contains(&as_name(wanted));
    wanted.is_empty() || is_named() || lower_case(&room.title).contains(wanted)
}

/// The wanted words as a room's name has them.
fn as_name(wanted: &str) -> String {
    wanted.split_whitespace().collect::<Vec<_>>().join("-")
}
