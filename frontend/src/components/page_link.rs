//! Links to pages of ours are ordinary addresses, so that they can be copied and opened in another tab; a simple click
//! does not load the page anew.

use yew::prelude::*;

use crate::api::dom;

/// Goes to a page: its address relative to the base, as in links.
pub type Navigate = Callback<String>;

/// What a simple click on a link to `href` does.
pub fn follow(href: &str, navigate: &Navigate) -> Callback<MouseEvent> {
    let (href, navigate) = (href.to_owned(), navigate.clone());
    Callback::from(move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            navigate.emit(href.clone());
        }
    })
}
