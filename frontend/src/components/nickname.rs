//! The reader's own name, at the bottom of the side bar; a click opens the reader's profile.

use holdline_shared::Person;
use yew::prelude::*;

use super::{Shape, badge, icon};
use crate::command::Command;
use crate::state::{Overlay, Panel};
use crate::words;

/// The name, once there is a session.
pub fn nickname(me: Option<&Person>, run: &Callback<Command>) -> Html {
    let onclick = run.reform(|_: MouseEvent| Command::Open(Overlay::Panel(Panel::Profile)));
    let Some(me) = me else {
        return html! { <p class="nickname faint">{ words::FINDING_A_NAME }</p> };
    };
    html! {
        <button type="button" class="nickname" data-testid="nickname" title={words::CHANGE_NAME} {onclick}>
            { badge(me) }
            <span class="name" dir="auto" translate="no">{ me.name.as_str().to_owned() }</span>
            { icon(Shape::Edit) }
        </button>
    }
}
