//! An address that names no page of ours.

use yew::prelude::*;

use super::{element, words};

/// The page instead.
pub fn wrong_page(title: &str, text: &str) -> Html {
    let back = html! { <a href="./" data-act="go">{ "Go to the lobby" }</a> };
    element("div", "wrong-page", html! { <>{ words("h1", "", title) }{ words("p", "", text) }{ back }</> })
}
