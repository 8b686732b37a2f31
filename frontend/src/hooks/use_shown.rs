//! Keeps the beginning of something in sight that the reader has opened.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::api::scroll;

/// Scrolls to the beginning of an element when that is opened. A moment later, because a conversation that is read at
/// its end stays there while rows grow.
#[hook]
pub fn use_shown(node: &NodeRef, is_open: bool) {
    let node = node.clone();
    use_effect_with(is_open, move |is_open| {
        let later = is_open.then(|| Timeout::new(0, move || scroll::show_beginning(&node)));
        move || drop(later)
    });
}
