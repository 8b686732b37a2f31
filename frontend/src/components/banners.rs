//! The banners about problems that the reader has to know of: the page is older than the server, a login has expired,
//! the browser keeps no cookies, a change failed.

use yew::prelude::*;

use super::{Shape, changing, icon_button};
use crate::command::Command;
use crate::state::{Connection, Notice, State};
use crate::words;

/// Draws the banners. Each stays until its cause is gone or the reader closes it.
pub fn banners(state: &State, run: &Callback<Command>) -> Html {
    let Connection { is_outdated, needs_sign_in, .. } = &state.connection;
    let (is_forgotten, notice) = (&state.session.is_forgotten, &state.ui.notice);
    let reload = run.reform(|_: MouseEvent| Command::Reload);
    let close = run.reform(|_: MouseEvent| Command::CloseNotice);
    html! {
        <>
            if *needs_sign_in {
                <p key="sign-in" class="banner" role="status" data-testid="sign-in-needed">
                    <span>{ words::SIGN_IN_NEEDED }</span>
                    <button type="button" class="plain" onclick={reload.clone()}>{ words::SIGN_IN_AGAIN }</button>
                </p>
            } else if *is_outdated {
                <p key="outdated" class="banner" role="status" data-testid="outdated">
                    <span>{ words::OUTDATED }</span>
                    <button type="button" class="plain" onclick={reload}>{ words::RELOAD }</button>
                </p>
            }
            if *is_forgotten {
                <p class="banner" role="status" data-testid="cookie-refused"><span>{ words::COOKIE_REFUSED }</span></p>
            }
            <div role="alert">
                if let Some(Notice::Problem(text)) = notice {
                    { view(text, classes!("banner", "bad"), &close) }
                }
            </div>
            <div role="status">
                if let Some(Notice::News(text)) = notice {
                    { view(text, classes!("banner"), &close) }
                }
            </div>
        </>
    }
}

fn view(text: &str, class: Classes, close: &Callback<MouseEvent>) -> Html {
    html! {
        <p {class} data-testid="notice">
            { changing(text) }
            { icon_button(Shape::Close, words::CLOSE, close.clone()) }
        </p>
    }
}
