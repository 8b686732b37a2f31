//! An address that names no page of ours.

use yew::prelude::*;

/// The page instead.
pub fn wrong_page(title: String, text: String) -> Html {
    html! {
        <div class="wrong-page">
            <h1>{ title }</h1>
            <p>{ text }</p>
            <p><a href="./" data-act="go">{ "Go to the lobby" }</a></p>
        </div>
    }
}
