//! The rooms: those visited here, then the others, and a field that joins or makes one.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::RoomLink;
use crate::api::dom;
use crate::hooks::Navigate;
use crate::state::{Listed, href, typed_room};

/// Which.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The rooms.
    pub rooms: Vec<Listed>,
    /// Goes to one.
    pub navigate: Navigate,
    /// Takes one from the list of rooms visited.
    pub on_forget: Callback<RoomName>,
}

/// The list.
#[component]
pub fn RoomList(props: &Props) -> Html {
    let (visited, others): (Vec<_>, Vec<_>) = props.rooms.iter().partition(|room| room.is_visited);
    let link = |room: &Listed| {
        html! {
            <RoomLink
                key={room.name.as_str()}
                room={room.clone()}
                navigate={&props.navigate}
                on_forget={&props.on_forget}
            />
        }
    };
    html! {
        <div class="rooms" data-testid="rooms">
            <h2>{ "Your rooms" }</h2>
            <ul>{ for visited.into_iter().map(link) }</ul>
            if !others.is_empty() {
                <h2>{ "Other rooms" }</h2>
                <ul>{ for others.into_iter().map(link) }</ul>
            }
            <NewRoom navigate={&props.navigate} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct NewRoomProps {
    navigate: Navigate,
}

#[component]
fn NewRoom(props: &NewRoomProps) -> Html {
    let text = use_state(String::new);
    let error = use_state(|| None::<String>);
    let onsubmit = {
        let (text, error, navigate) = (text.clone(), error.clone(), props.navigate.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if text.trim().is_empty() {
                return;
            }
            match typed_room(&text) {
                Ok(room) => {
                    text.set(String::new());
                    navigate.emit(href(&room));
                }
                Err(why) => error.set(Some(why)),
            }
        })
    };
    let oninput = {
        let (text, error) = (text.clone(), error.clone());
        Callback::from(move |event: InputEvent| {
            error.set(None);
            text.set(dom::typed_text(&event));
        })
    };
    html! {
        <form class="new-room" {onsubmit}>
            <input
                class="field"
                data-testid="new-room"
                aria-label="Join or make a room"
                placeholder="Join or make a room"
                enterkeyhint="go"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                value={(*text).clone()}
                {oninput}
            />
            if let Some(why) = &*error {
                <p class="error" role="alert">{ why }</p>
            }
        </form>
    }
}
