//! An address that names no page of ours.

use yew::prelude::*;

use super::{tag, words};

/// The page instead.
pub fn wrong_page(title: &str, text: &str) -> Html {
    let back = tag("a|href=./|data-act=go").say("Go to the lobby").end();
    tag("div|class=wrong-page").with(words("h1", "", title)).with(words("p", "", text)).with(back).end()
}
