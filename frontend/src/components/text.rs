//! The simplest elements.

use yew::prelude::*;

use super::{Shape, icon};

/// Words for screen readers only. The key gives other words another element: a browser that translates pages replaces
/// text nodes.
pub fn hidden(text: &'static str) -> Html {
    html! { <span key={text} class="unseen">{ text }</span> }
}

/// Returns a `tabindex`: whether Tab stops at an element, or only scripts and clicks can focus it.
pub fn tab_index(is_reached_by_tab: bool) -> &'static str {
    if is_reached_by_tab { "0" } else { "-1" }
}

/// A button with an icon in place of a word. Its name, also shown on hover, says what it does.
pub fn icon_button(shape: Shape, name: impl Into<AttrValue>, onclick: Callback<MouseEvent>) -> Html {
    icon_button_of("", shape, name, onclick)
}

/// A button with an icon, and with a class of its own.
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
