//! The simplest elements.

use yew::prelude::*;

use super::{Shape, icon};

/// Words that may change or go, in an element that other words do not share. A browser that translates pages replaces
/// text nodes, and a node that is gone from the page can neither be updated nor have anything put before it. For the
/// same reason, no text beside elements that come and go stands without an element of its own.
pub fn changing(text: impl Into<AttrValue>) -> Html {
    keyed(None, text.into())
}

/// Changing words for screen readers only.
pub fn hidden(text: impl Into<AttrValue>) -> Html {
    keyed(Some("unseen"), text.into())
}

fn keyed(class: Option<&'static str>, text: AttrValue) -> Html {
    html! { <span key={&*text} {class}>{ text }</span> }
}

/// A name, or anything else that browsers must not translate.
pub fn verbatim(text: impl Into<AttrValue>) -> Html {
    let text: AttrValue = text.into();
    html! { <span translate="no">{ text }</span> }
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
