//! Small questions to the document and to events, so that components need not know their types.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, FocusEvent, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, MouseEvent,
};
use yew::NodeRef;

use super::base::document;

/// The text of the field in which something was typed.
pub fn typed_text(event: &Event) -> String {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.map(|field| text_of(&field)).unwrap_or_default()
}

/// The text that stands in a field.
pub fn text_in(node: &NodeRef) -> String {
    node.cast::<Element>().map(|field| text_of(&field)).unwrap_or_default()
}

fn text_of(field: &Element) -> String {
    let input = field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
    let area = || field.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value);
    input.or_else(area).unwrap_or_default()
}

/// Empties a field of a message, at once: the next key may come before anything is drawn.
pub fn clear(node: &NodeRef) {
    if let Some(area) = node.cast::<HtmlTextAreaElement>() {
        area.set_value("");
    }
}

/// A click that asks for the link here, not in another tab or window.
pub fn is_plain_click(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// A key of its own, not one that is part of composing a character.
pub fn is_key(event: &KeyboardEvent, key: &str) -> bool {
    event.key() == key && !event.is_composing() && event.key_code() != COMPOSING
}

/// Safari ends composing before it tells of the key that ended it; the key's old code still gives it away.
const COMPOSING: u32 = 229;

/// Puts the focus on an element, and scrolls nothing.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // An element that cannot have the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Puts the focus on the first thing in an element that can have it.
pub fn focus_inside(node: &NodeRef) {
    let first = node.cast::<Element>().and_then(|element| element.query_selector(FOCUSABLE).ok()?);
    if let Some(element) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// What Tab stops at.
const FOCUSABLE: &str = "a[href], button:not([disabled]), input, textarea";

/// Whether the focus is on an element or on something in it.
pub fn has_focus(node: &NodeRef) -> bool {
    let active = document().active_element();
    node.cast::<Element>().is_some_and(|element| element.contains(active.as_deref()))
}

/// Whether the focus leaves an element, and does not merely move inside it.
pub fn focus_leaves(event: &FocusEvent, node: &NodeRef) -> bool {
    let next = event.related_target().and_then(|target| target.dyn_into::<Element>().ok());
    !node.cast::<Element>().is_some_and(|element| element.contains(next.as_deref()))
}

/// Puts the focus on the element with this id.
pub fn focus_id(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Gives a field the height of its text; how far it may grow is the style sheet's to say.
pub fn fit_height(node: &NodeRef) {
    let Some(field) = node.cast::<HtmlElement>() else { return };
    let style = field.style();
    // An unknown property is ignored by browsers, too.
    let _ = style.set_property("height", "auto");
    let height = field.scroll_height() + field.offset_height() - field.client_height();
    let _ = style.set_property("height", &format!("{height}px"));
}

/// Whether the page is touched with fingers, so that focusing a field opens a keyboard over it.
pub fn is_touched() -> bool {
    let query = web_sys::window().and_then(|window| window.match_media("(pointer: coarse)").ok()?);
    query.is_some_and(|query| query.matches())
}

/// Whether anybody can see the page.
pub fn is_visible() -> bool {
    document().visibility_state() != web_sys::VisibilityState::Hidden
}

/// Whether somebody looks at the page: it can be seen, and its window has the focus.
pub fn is_attended() -> bool {
    is_visible() && document().has_focus().unwrap_or(true)
}

/// Loads the page anew.
pub fn reload() {
    // A browser that refuses leaves the page as it is, with its offer.
    let _ = web_sys::window().map(|window| window.location().reload());
}

/// The title in the window's frame.
pub fn set_title(title: &str) {
    if document().title() != title {
        document().set_title(title);
    }
}

/// In lower case and normalised (NFC). The browser has the tables for all scripts; they would be a fifth of the client.
pub fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().normalize("NFC").into()
}

/// Moves the focus to the message above or below the one where a key was pressed. Whether there is one.
pub fn walk_messages(event: &KeyboardEvent, is_up: bool) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let mut message = target.and_then(|target| target.closest(MESSAGE).ok().flatten());
    while let Some(element) = message {
        message = if is_up { element.previous_element_sibling() } else { element.next_element_sibling() };
        if let Some(next) = message.as_ref().filter(|next| next.matches(MESSAGE).unwrap_or_default()) {
            let _ = next.clone().dyn_into::<HtmlElement>().map(|next| next.focus());
            return true;
        }
    }
    false
}

/// Whether a key was pressed in a field.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "TEXTAREA" | "INPUT"))
}

/// Rows that hold a message.
const MESSAGE: &str = "article.message";
