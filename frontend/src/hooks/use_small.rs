//! Effects of a line or two.

use gloo_events::EventListener;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::api::{dom, scroll};

/// The window's title.
#[hook]
pub fn use_title(title: String) {
    use_effect_with(title, |title| dom::set_title(title));
}

/// Whether anybody can see the page.
#[hook]
pub fn use_visibility() -> bool {
    let is_visible = use_state(dom::is_visible);
    let set = is_visible.setter();
    use_effect_with((), move |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let listener = document.map(|document| {
            EventListener::new(&document, "visibilitychange", move |_| set.set(dom::is_visible()))
        });
        move || drop(listener)
    });
    *is_visible
}

/// Gives a text field the height of its text.
#[hook]
pub fn use_fitting_height(field: &NodeRef, text: &str) {
    let field = field.clone();
    use_effect_with(text.to_owned(), move |_| {
        if let Some(field) = field.cast::<HtmlElement>() {
            scroll::fit_height(&field);
        }
    });
}

/// Puts the focus on an element when `wish` changes to something, also at first.
#[hook]
pub fn use_focus_on<T: PartialEq + 'static>(field: &NodeRef, wish: Option<T>) {
    let field = field.clone();
    use_effect_with(wish, move |wish| {
        if wish.is_some()
            && let Some(field) = field.cast::<HtmlElement>()
        {
            // An element that cannot have the focus leaves it where it is.
            let _ = field.focus();
        }
    });
}
