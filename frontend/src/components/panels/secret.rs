//! A secret that the server has just created: shown once, because the server keeps only its hash.

use yew::prelude::*;

use super::panel_of::PanelOf;
use super::qr_code::qr_code;
use crate::components::{Copied, changing};
use crate::state::Secret;
use crate::words;

/// The secret, if there is one, with its use. `hint` explains what to do with a link.
pub(super) fn secret(of: &PanelOf<'_>, hint: &'static str) -> Html {
    let Some(secret) = &of.state.settings.secret else { return Html::default() };
    let (hint, text, example) = match secret {
        Secret::Link(text) => (hint, text, None),
        Secret::Token { token, server } => {
            (words::TOKEN_ONCE, token, Some((words::TOKEN_EXAMPLE, words::tail_command(server, token))))
        }
        Secret::HookAddress(address) => {
            (words::HOOK_ADDRESS_ONCE, address, Some((words::HOOK_EXAMPLE, words::post_command(address))))
        }
        Secret::HookKey(key) => (words::HOOK_KEY_ONCE, key, None),
    };
    html! {
        <div class="secret" data-testid="secret">
            <p>{ changing(hint) }</p>
            <Copied key={text.as_str()} text={text.clone()} takes_focus=true />
            if let Some((why, command)) = example {
                <p>{ changing(why) }</p>
                <Copied text={command} />
            }
            if let Secret::Link(link) = secret {
                { qr_code(link) }
            }
        </div>
    }
}
