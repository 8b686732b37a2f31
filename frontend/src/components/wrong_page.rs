//! An address that names no page of ours.

use holdline_shared::RoomName;
use yew::prelude::*;

use crate::api::dom;
use crate::command::Command;
use crate::hooks::use_commands;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub title: AttrValue,
    pub text: AttrValue,
}

/// The page in its place.
#[component]
pub fn WrongPage(props: &Props) -> Html {
    let run = use_commands();
    let onclick = Callback::from(move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            run.emit(Command::Go(RoomName::lobby()));
        }
    });
    html! {
        <div class="wrong-page">
            <h1>{ &props.title }</h1>
            <p>{ &props.text }</p>
            <a href="./" {onclick}>{ words::GO_TO_LOBBY }</a>
        </div>
    }
}
