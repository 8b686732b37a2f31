//! The rooms: a field that joins or creates one, the visited rooms, then the others.

use yew::prelude::*;

use super::{LineField, room_link};
use crate::api::dom;
use crate::command::Command;
use crate::hooks::use_commands;
use crate::state::{ListedRoom, Overlay, Panel, typed_room};
use crate::words;

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
                run.emit(Command::Go(typed_room(&dom::lower_case(&text))?));
            }
            Ok(())
        })
    };
    let make = run.reform(|_: MouseEvent| Command::Open(Overlay::Panel(Panel::NewRoom)));
    let view = |room: &ListedRoom| room_link(room, &run);
    let (visited, others): (Vec<_>, Vec<_>) = props.rooms.iter().partition(|room| room.is_visited);
    html! {
        <div class="rooms" data-testid="rooms">
            <LineField id="new-room" label={words::JOIN_OR_MAKE} {on_save} />
            <p class="more-rooms">
                <button type="button" class="plain" data-testid="make-room" onclick={make}>{ words::NEW_ROOM }</button>
            </p>
            <h2>{ words::YOUR_ROOMS }</h2>
            <ul>{ for visited.into_iter().map(view) }</ul>
            if !others.is_empty() {
                <h2>{ words::OTHER_ROOMS }</h2>
                <ul>{ for others.into_iter().map(view) }</ul>
            }
        </div>
    }
}
