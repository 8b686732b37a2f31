//! The plainest elements.

use yew::prelude::*;

use super::{Shape, icon};

/// Words that only screen readers say.
pub fn hidden(text: &'static str) -> Html {
    html! { <span class="unseen">{ text }</span> }
}

/// Whether Tab stops at an element, or only scripts and clicks put the focus there.
pub fn tab_index(is_reached_by_tab: bool) -> &'static str {
    if is_reached_by_tab { "0" } else { "-1" }
}

/// A button with a picture in place of a word. Its name, also shown when the mouse rests on it, says what it does.
pub fn icon_button(shape: Shape, name: impl Into<AttrValue>, onclick: Callback<MouseEvent>) -> Html {
    icon_button_of("", shape, name, onclick)
}

/// The same, of a class of its own.
pub fn icon_button_of(
    class: &'static str,
    shape: Shape,
    name: impl Into<AttrValue>,
    onclick: Callback<MouseEvent>,
) -> Html {
    let name = name.into();
    html! {
        <button type="button" class={classes!("tool", class)} aria-label={name.clone()} title={name} {onclick}>
            { icon(shape) }
        </button>
    }
}
