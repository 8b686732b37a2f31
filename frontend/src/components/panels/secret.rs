//! A secret that the server has just made: shown once, because the server keeps its hash alone.

use yew::prelude::*;

use super::PanelOf;
use super::qr_code::qr_code;
use crate::state::Secret;

/// The secret, if there is one.
pub(super) fn secret(of: &PanelOf<'_>, has_picture: bool, hint: &'static str) -> Html {
    let text = match &of.state.settings.secret {
        None => return Html::default(),
        Some(Secret::Link(text) | Secret::Token(text)) => text,
    };
    html! {
        <div class="secret" role="status" data-testid="secret">
            <p>{ hint }</p>
            <code translate="no">{ text }</code>
            if has_picture {
                { qr_code(text) }
            }
        </div>
    }
}
