//! Small questions to the document and to events, so that components need not know their types.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    MouseEvent, Node,
};
use yew::NodeRef;

use super::base::document;
use super::focus::focus_element;

/// The text of the field in which something was typed.
pub fn typed_text(event: &Event) -> String {
    target_of(event).map(|field| text_of(&field)).unwrap_or_default()
}

fn target_of(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
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

/// The code of a key while composing: Safari ends composing before it tells of the key that ended it, whose old code still
/// gives it away.
const COMPOSING: u32 = 229;

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

/// Selects the text of an element and copies it. Whether the browser did: the only way that works over plain HTTP, too.
pub fn copy(node: &NodeRef) -> bool {
    let selection = web_sys::window().and_then(|window| window.get_selection().ok()?);
    let is_selected = selection
        .zip(node.cast::<Node>())
        .is_some_and(|(selection, node)| selection.select_all_children(&node).is_ok());
    let document = document().dyn_into::<HtmlDocument>();
    is_selected && document.is_ok_and(|document| document.exec_command("copy").unwrap_or_default())
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

/// The text in lower case and normalised (NFC). The browser has the tables for all scripts; they would be a fifth of the client.
pub fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().normalize("NFC").into()
}

/// Moves the focus to the message above or below the one where a key was pressed. Whether there is one.
pub fn walk_messages(event: &KeyboardEvent, is_up: bool) -> bool {
    let mut message = target_of(event).and_then(|target| target.closest(MESSAGE).ok().flatten());
    while let Some(element) = message {
        message = if is_up { element.previous_element_sibling() } else { element.next_element_sibling() };
        if let Some(next) = message.as_ref().filter(|next| next.matches(MESSAGE).unwrap_or_default()) {
            return focus_element(next);
        }
    }
    false
}

/// Whether the event is about this element itself, and not about something in it.
pub fn is_on(event: &Event, node: &NodeRef) -> bool {
    target_of(event).is_some() && target_of(event) == node.cast::<Element>()
}

/// Whether a click was for the row itself: not for something in it that has a meaning of its own, and not the end of
/// selecting text.
pub fn is_on_row(event: &MouseEvent) -> bool {
    let control = target_of(event).and_then(|target| target.closest("a, button, textarea, dialog").ok()?);
    let selection = web_sys::window().and_then(|window| window.get_selection().ok()?);
    control.is_none() && selection.is_none_or(|selection| selection.is_collapsed())
}

/// Whether a key was pressed in a field.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    target_of(event).is_some_and(|target| matches!(target.tag_name().as_str(), "TEXTAREA" | "INPUT"))
}

/// Rows that hold a message.
const MESSAGE: &str = "article.message";
