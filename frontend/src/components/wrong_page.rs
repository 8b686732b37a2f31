//! The pages in place of a room: for an address that names no page of the app, for a room that cannot be opened, and
//! for a room that does not exist.

use holdline_shared::RoomName;
use yew::prelude::*;

use super::changing;
use super::room_link::follow;
use crate::command::Command;
use crate::words;

/// The page for an address without a page, or for a room that cannot be opened.
pub fn wrong_page(title: &str, text: &str, run: &Callback<Command>) -> Html {
    page(title, text, Html::default(), run)
}

/// The page for a room that does not exist, where the reader can make it.
pub fn missing_room(room: &RoomName, why: &str, run: &Callback<Command>) -> Html {
    let make = {
        let room = room.clone();
        run.reform(move |_: MouseEvent| Command::Make(room.clone()))
    };
    let button = html! {
        <button type="button" class="button primary" data-testid="make-missing" onclick={make}>
            { words::MAKE_ROOM }
        </button>
    };
    page(&words::no_room(room.as_str()), why, button, run)
}

fn page(title: &str, text: &str, act: Html, run: &Callback<Command>) -> Html {
    let onclick = follow(Command::Go(RoomName::lobby()), run);
    html! {
        <div class="wrong-page">
            <h1>{ changing(title.to_owned()) }</h1>
            <p>{ changing(text.to_owned()) }</p>
            { act }
            <a href="./" {onclick}>{ words::GO_TO_LOBBY }</a>
        </div>
    }
}
