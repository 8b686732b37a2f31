//! What somebody new is told: who they are here, and who can read along.

use holdline_shared::{Person, RoomName};
use yew::prelude::*;

use crate::words;

/// The welcome of a room in which nothing was said.
pub fn welcome(room: &RoomName, me: Option<&Person>) -> Html {
    html! {
        <div class="empty">
            <strong>{ words::EMPTY_ROOM }</strong>
            if let Some(me) = me {
                <span>{ words::you_are(me.name.as_str()) }</span>
            }
            <span>{ words::invitation(room.as_str()) }</span>
        </div>
    }
}
