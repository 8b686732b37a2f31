//! The rooms: those visited here, then the others, and a field that joins or makes one.

use yew::prelude::*;

use super::{Field, FieldKind, OnField, all, room_link, tag};
use crate::state::{Listed, Locale};

static NEW_ROOM: FieldKind =
    FieldKind { class: "new-room", name: "new-room", is_message: false, saves_on_blur: false };

/// The list.
pub fn room_list(rooms: &[Listed], locale: Locale, on_new: OnField) -> Html {
    let of_kind = |is_visited| {
        let rooms = rooms.iter().filter(|room| room.is_visited == is_visited);
        tag("ul").all(rooms.map(room_link)).end()
    };
    let others = rooms.iter().any(|room| !room.is_visited);
    let others = others.then(|| all(vec![tag("h2").say("Other rooms").end(), of_kind(false)]));
    tag("div|class=rooms|data-testid=rooms")
        .with(tag("h2").say("Your rooms").end())
        .with(of_kind(true))
        .with(others.unwrap_or_default())
        .with(html! { <Field kind={&NEW_ROOM} label="Join or make a room" {locale} on={on_new} /> })
        .end()
}
