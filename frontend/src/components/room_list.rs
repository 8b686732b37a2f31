//! The rooms: those visited here, then the others, and a field that joins or makes one.

use yew::prelude::*;

use super::{Field, FieldKind, OnField, room_link};
use crate::state::{Listed, Locale};

static NEW_ROOM: FieldKind =
    FieldKind { class: "new-room", name: "new-room", is_message: false, saves_on_blur: false };

/// The list.
pub fn room_list(rooms: &[Listed], locale: Locale, on_new: OnField) -> Html {
    let of_kind = |is_visited| rooms.iter().filter(move |room| room.is_visited == is_visited).map(room_link);
    html! {
        <div class="rooms" data-testid="rooms">
            <h2>{ "Your rooms" }</h2>
            <ul>{ for of_kind(true) }</ul>
            if rooms.iter().any(|room| !room.is_visited) {
                <h2>{ "Other rooms" }</h2>
                <ul>{ for of_kind(false) }</ul>
            }
            <Field kind={&NEW_ROOM} label="Join or make a room" {locale} on={on_new} />
        </div>
    }
}
