//! The welcome for a newcomer: who they are here, and who can read along.

use holdline_shared::{Person, Visibility};
use yew::prelude::*;

use super::changing;
use crate::words;

/// The welcome in a room without messages.
pub fn welcome(title: &str, visibility: Visibility, me: Option<&Person>) -> Html {
    html! {
        <div class="empty">
            <strong>{ words::EMPTY_ROOM }</strong>
            if let Some(me) = me {
                { changing(words::you_are(me.name.as_str())) }
            }
            { changing(words::invitation(title, visibility)) }
        </div>
    }
}
