//! The rooms: a field that joins or creates one, the visited rooms, then the others. If there are many, another field
//! narrows the list down.

use yew::prelude::*;

use super::{LineField, changing, room_link};
use crate::api::dom;
use crate::command::Command;
use crate::hooks::use_commands;
use crate::state::{ListedRoom, Overlay, Panel, is_made_by_server, typed_room};
use crate::words;

/// The largest number of rooms that are found at a glance.
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
    let wanted = use_state_eq(String::new);
    let is_long = props.rooms.len() > AT_A_GLANCE;
    let text = if is_long { wanted.trim() } else { "" };
    let lower = if text.is_empty() { String::new() } else { dom::lower_case(text) };
    let found: Vec<_> = props.rooms.iter().filter(|room| is_found(room, &lower, dom::lower_case)).collect();
    let told = match found.len() {
        _ if text.is_empty() => String::new(),
        0 => words::no_room_has(text),
        count => words::rooms_found(count),
    };
    {
        // In another room, the reader looks for nothing any more.
        let current = props.rooms.iter().find(|room| room.is_current).map(|room| room.name.clone());
        let setter = wanted.setter();
        use_effect_with(current, move |_| setter.set(String::new()));
    }
    let oninput = {
        let setter = wanted.setter();
        Callback::from(move |event: InputEvent| setter.set(dom::typed_text(&event)))
    };
    let onkeydown = {
        let (run, setter, is_empty) = (run.clone(), wanted.setter(), text.is_empty());
        let first = found.first().map(|room| room.name.clone());
        Callback::from(move |event: KeyboardEvent| {
            if is_empty || !(dom::is_key(&event, "Escape") || dom::is_key(&event, "Enter")) {
                return;
            }
            // A drawer around the list stays open.
            event.prevent_default();
            event.stop_propagation();
            if let Some(first) = first.clone().filter(|_| dom::is_key(&event, "Enter")) {
                run.emit(Command::Go(first));
            }
            setter.set(String::new());
        })
    };
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
                        value={(*wanted).clone()}
                        {oninput}
                        {onkeydown}
                    />
                    <p role="status" class={if is_empty { "faint" } else { "unseen" }}>{ changing(told) }</p>
                </div>
            }
            { group(words::YOUR_ROOMS, visited) }
            { group(words::OTHER_ROOMS, others) }
        </div>
    }
}

/// Whether a room has the wanted letters, which are in lower case, in its title, or in a name that people have given it.
pub(super) fn is_found(room: &ListedRoom, wanted: &str, lower_case: fn(&str) -> String) -> bool {
    let is_named = || !is_made_by_server(&room.name) && room.name.as_str().contains(wanted);
    wanted.is_empty() || is_named() || lower_case(&room.title).contains(wanted)
}
