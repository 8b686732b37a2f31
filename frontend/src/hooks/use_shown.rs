//! Keeps the beginning of an element in sight after the reader opens it.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::api::scroll;

/// Scrolls to the beginning of an element when it is opened. Slightly delayed, because a conversation at its end stays
/// there while rows grow.
#[hook]
pub fn use_shown(node: &NodeRef, is_open: bool) {
    let node = node.clone();
    use_effect_with(is_open, move |is_open| {
        let later = is_open.then(|| Timeout::new(0, move || scroll::show_beginning(&node)));
        move || drop(later)
    });
}
