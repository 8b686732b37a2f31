//! The focus, where a component wants it.

use yew::prelude::*;

use crate::api::focus::{self, FocusGuard};

/// Returns the focus to the element that opened something, when that is closed.
#[hook]
pub fn use_focus_back(opener: &NodeRef, is_open: bool) {
    let (opener, was_open) = (opener.clone(), use_mut_ref(|| false));
    use_effect_with(is_open, move |is_open| {
        if was_open.replace(*is_open) && !is_open {
            focus::focus(&opener);
        }
    });
}

/// Puts the focus on an element when `occasion` changes to a new value, and when the component appears with one.
#[hook]
pub fn use_focus<T: PartialEq + 'static>(node: &NodeRef, occasion: Option<T>) {
    let node = node.clone();
    use_effect_with(occasion, move |occasion| {
        if occasion.is_some() {
            focus::focus(&node);
        }
    });
}

/// Takes the focus when an element replaces the one that had it.
#[hook]
pub fn use_focus_caught(node: &NodeRef) {
    let node = node.clone();
    use_effect_with((), move |()| {
        if focus::is_lost() {
            focus::focus(&node);
        }
    });
}

/// Keeps the focus on the page while elements come and go. For the app as a whole.
#[hook]
pub fn use_focus_guard() {
    use_effect_with((), |()| {
        let guard = FocusGuard::start();
        move || drop(guard)
    });
}
