//! The focus, where a component wants it.

use yew::prelude::*;

use crate::api::dom;

/// Gives the focus back to the element that opened something, when that is closed.
#[hook]
pub fn use_focus_back(opener: &NodeRef, is_open: bool) {
    let (opener, was_open) = (opener.clone(), use_mut_ref(|| false));
    use_effect_with(is_open, move |is_open| {
        if was_open.replace(*is_open) && !is_open {
            dom::focus(&opener);
        }
    });
}

/// Puts the focus on the first thing in a drawer when it is opened.
#[hook]
pub fn use_focus_inside(drawer: &NodeRef, is_open: bool) {
    let drawer = drawer.clone();
    use_effect_with(is_open, move |is_open| {
        if *is_open {
            dom::focus_inside(&drawer);
        }
    });
}

/// Puts the focus on an element whenever `occasion` changes to something, also when the component appears.
#[hook]
pub fn use_focus<T: PartialEq + 'static>(node: &NodeRef, occasion: Option<T>) {
    let node = node.clone();
    use_effect_with(occasion, move |occasion| {
        if occasion.is_some() {
            dom::focus(&node);
        }
    });
}
