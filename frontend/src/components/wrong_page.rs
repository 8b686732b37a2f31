//! An address that names no page of ours.

use yew::prelude::*;

use super::{Navigate, follow};

/// The page instead.
pub fn wrong_page(title: &str, text: &str, navigate: &Navigate) -> Html {
    html! {
        <div class="wrong-page">
            <h1>{ title.to_owned() }</h1>
            <p>{ text.to_owned() }</p>
            <p><a href="./" onclick={follow("./", navigate)}>{ "Go to the lobby" }</a></p>
        </div>
    }
}
