//! The search in the list of rooms: what the reader types, until they go to a room.

use holdline_shared::RoomName;
use yew::prelude::*;

use crate::api::dom;
use crate::command::Command;

/// A search in the list of rooms.
pub struct RoomSearch {
    /// The text in the field.
    pub text: UseStateHandle<String>,
}

/// Returns the search. It ends when the reader is in another room than `current`.
#[hook]
pub fn use_room_search(current: Option<RoomName>) -> RoomSearch {
    let text = use_state_eq(String::new);
    let setter = text.setter();
    use_effect_with(current, move |_| setter.set(String::new()));
    RoomSearch { text }
}

impl RoomSearch {
    /// Handles typing.
    pub fn oninput(&self) -> Callback<InputEvent> {
        let setter = self.text.setter();
        Callback::from(move |event: InputEvent| setter.set(dom::typed_text(&event)))
    }

    /// Handles the keys that end the search: Enter goes to the first room that was found, Escape does not.
    pub fn onkeydown(&self, first: Option<RoomName>, run: Callback<Command>) -> Callback<KeyboardEvent> {
        let (setter, is_empty) = (self.text.setter(), self.text.trim().is_empty());
        Callback::from(move |event: KeyboardEvent| {
            let is_enter = dom::is_key(&event, "Enter");
            if is_empty || !(is_enter || dom::is_key(&event, "Escape")) {
                return;
            }
            // A drawer around the list stays open.
            event.prevent_default();
            event.stop_propagation();
            match first.clone().filter(|_| is_enter) {
                Some(first) => run.emit(Command::Go(first)),
                // Nothing is found, perhaps because of a typing error.
                None if is_enter => return,
                None => {}
            }
            setter.set(String::new());
        })
    }
}
