//! Small queries to the document and to events, so that components need not know their types.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    MouseEvent, Node,
};
use yew::NodeRef;

use super::base::document;
use super::focus::focus_element;

/// Returns the text of the field that received the input.
pub fn typed_text(event: &Event) -> String {
    target_of(event).map(|field| text_of(&field)).unwrap_or_default()
}

fn target_of(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Returns the text of a field.
pub fn text_in(node: &NodeRef) -> String {
    node.cast::<Element>().map(|field| text_of(&field)).unwrap_or_default()
}

fn text_of(field: &Element) -> String {
    let input = field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
    let area = || field.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value);
    input.or_else(area).unwrap_or_default()
}

/// Clears a message field immediately: the next key may come before the next render.
pub fn clear(node: &NodeRef) {
    if let Some(area) = node.cast::<HtmlTextAreaElement>() {
        area.set_value("");
    }
}

/// Whether a click opens the link here, not in another tab or window.
pub fn is_plain_click(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// Whether this key was pressed on its own, not as part of composing a character.
pub fn is_key(event: &KeyboardEvent, key: &str) -> bool {
    event.key() == key && !event.is_composing() && event.key_code() != COMPOSING
}

/// The key code during composition: Safari ends the composition before it reports the key that ended it, and only this
/// old code gives that key away.
const COMPOSING: u32 = 229;

/// Fits a field's height to its text; the style sheet limits how far it can grow.
pub fn fit_height(node: &NodeRef) {
    let Some(field) = node.cast::<HtmlElement>() else { return };
    let style = field.style();
    // Browsers ignore an unknown property, too.
    let _ = style.set_property("height", "auto");
    let height = field.scroll_height() + field.offset_height() - field.client_height();
    let _ = style.set_property("height", &format!("{height}px"));
}

/// Whether the reader uses a touch screen, so that focusing a field opens a keyboard over the page.
pub fn is_touched() -> bool {
    let query = web_sys::window().and_then(|window| window.match_media("(pointer: coarse)").ok()?);
    query.is_some_and(|query| query.matches())
}

/// Whether anybody can see the page.
pub fn is_visible() -> bool {
    document().visibility_state() != web_sys::VisibilityState::Hidden
}

/// Whether the page has somebody's attention: it is visible, and its window has the focus.
pub fn is_attended() -> bool {
    is_visible() && document().has_focus().unwrap_or(true)
}

/// Selects the text of an element and copies it. Returns whether that worked. The only way that also works over plain
/// HTTP.
pub fn copy(node: &NodeRef) -> bool {
    let selection = web_sys::window().and_then(|window| window.get_selection().ok()?);
    let is_selected = selection
        .zip(node.cast::<Node>())
        .is_some_and(|(selection, node)| selection.select_all_children(&node).is_ok());
    let document = document().dyn_into::<HtmlDocument>();
    is_selected && document.is_ok_and(|document| document.exec_command("copy").unwrap_or_default())
}

/// Reloads the page.
pub fn reload() {
    // If the browser refuses, the page stays as it is, with its offer to reload.
    let _ = web_sys::window().map(|window| window.location().reload());
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    if document().title() != title {
        document().set_title(title);
    }
}

/// Returns the text in lower case and normalised (NFC). The browser has the tables for all scripts; they would make up
/// a fifth of the client.
pub fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().normalize("NFC").into()
}

/// Moves the focus to the message above or below the one where a key was pressed. Returns whether there is one.
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

/// Whether the event's target is this element itself, and not something in it.
pub fn is_on(event: &Event, node: &NodeRef) -> bool {
    target_of(event).is_some() && target_of(event) == node.cast::<Element>()
}

/// Whether a click was meant for the row itself: not for a control in it, and not the end of selecting text.
pub fn is_on_row(event: &MouseEvent) -> bool {
    let control = target_of(event).and_then(|target| target.closest("a, button, textarea, dialog").ok()?);
    let selection = web_sys::window().and_then(|window| window.get_selection().ok()?);
    control.is_none() && selection.is_none_or(|selection| selection.is_collapsed())
}

/// Whether a key was pressed in a field.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    target_of(event).is_some_and(|target| matches!(target.tag_name().as_str(), "TEXTAREA" | "INPUT"))
}

/// The selector of rows that hold a message.
const MESSAGE: &str = "article.message";
