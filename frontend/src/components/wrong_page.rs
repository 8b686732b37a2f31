//! The page for an address that names no page of the app.

use holdline_shared::RoomName;
use yew::prelude::*;

use crate::api::dom;
use crate::command::Command;
use crate::words;

/// The page.
pub fn wrong_page(title: &str, text: &str, run: &Callback<Command>) -> Html {
    let run = run.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            run.emit(Command::Go(RoomName::lobby()));
        }
    });
    html! {
        <div class="wrong-page">
            <h1>{ title }</h1>
            <p>{ text }</p>
            <a href="./" {onclick}>{ words::GO_TO_LOBBY }</a>
        </div>
    }
}
