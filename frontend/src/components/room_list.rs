//! The rooms: those visited here, then the others, and a field that joins or makes one.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::{Navigate, room_link};
use crate::api::dom;
use crate::hooks::use_field;
use crate::state::{Listed, href, typed_room};

/// The list.
pub fn room_list(rooms: &[Listed], navigate: &Navigate, on_forget: &Callback<RoomName>) -> Html {
    let (visited, others): (Vec<_>, Vec<_>) = rooms.iter().partition(|room| room.is_visited);
    let link = |room| room_link(room, navigate, on_forget);
    html! {
        <div class="rooms" data-testid="rooms">
            <h2>{ "Your rooms" }</h2>
            <ul>{ for visited.into_iter().map(link) }</ul>
            if !others.is_empty() {
                <h2>{ "Other rooms" }</h2>
                <ul>{ for others.into_iter().map(link) }</ul>
            }
            <NewRoom {navigate} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct NewRoomProps {
    navigate: Navigate,
}

#[component]
fn NewRoom(props: &NewRoomProps) -> Html {
    let field = use_field("", None);
    let onsubmit = {
        let (field, navigate) = (field.clone(), props.navigate.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if field.text.trim().is_empty() {
                return;
            }
            match typed_room(&dom::lower_case(&field.text)) {
                Ok(room) => {
                    field.set(String::new());
                    navigate.emit(href(&room));
                }
                Err(why) => field.refuse(why),
            }
        })
    };
    html! {
        <form class="new-room" {onsubmit}>
            <input
                ref={&field.node}
                class="field"
                data-testid="new-room"
                aria-label="Join or make a room"
                placeholder="Join or make a room"
                enterkeyhint="go"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                value={field.text.clone()}
                oninput={field.on_input()}
            />
            if let Some(why) = &field.error {
                <p class="error" role="alert">{ why }</p>
            }
        </form>
    }
}
