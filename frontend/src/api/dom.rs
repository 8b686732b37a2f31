//! Small questions to the document and to events, so that components need not know their types.

use holdline_shared::Seq;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent, MouseEvent};

use super::base::document;

/// The text of the field in which something was typed.
pub fn typed_text(event: &Event) -> String {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
    target.map(|area| area.value()).unwrap_or_default()
}

/// The text that stands in a field.
pub fn text_in(node: &yew::NodeRef) -> String {
    node.cast::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default()
}

/// The text that stands in the field with this id.
pub fn typed_in(id: &str) -> String {
    let area = element(id).and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok());
    area.map(|area| area.value()).unwrap_or_default()
}

/// Empties a field, at once.
pub fn clear(node: &yew::NodeRef) {
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

/// Enter without Shift.
pub fn is_send_key(event: &KeyboardEvent) -> bool {
    is_key(event, "Enter") && !event.shift_key()
}

/// Puts the focus on the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        // An element that cannot have the focus leaves it where it is.
        let _ = element.focus();
    }
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

/// Loads the page anew.
pub fn reload() {
    // A browser that refuses leaves the page as it is, with its offer.
    let _ = web_sys::window().map(|window| window.location().reload());
}

/// The title in the window's frame.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// In lower case. The browser has the tables for all scripts; they would be a tenth of the client.
pub fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The address bar's path.
pub fn path() -> String {
    web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// Puts another address into the address bar, as a step that "back" undoes.
pub fn push_path(path: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    // A browser that refuses (it limits how often) leaves the address as it is; the page goes on.
    let _ = history.map(|history| history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path)));
}

/// The element with this id.
pub(crate) fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Puts the focus on an element.
pub fn focus_node(node: &yew::NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// What the thing that was clicked, or something around it, says in `data-act`.
pub fn act_of(event: &Event) -> Option<String> {
    closest(event, "[data-act]")?.get_attribute("data-act")
}

/// Where the link that was clicked leads, as it stands in the page.
pub fn href_of(event: &Event) -> String {
    closest(event, "a").and_then(|link| link.get_attribute("href")).unwrap_or_default()
}

/// The message in which something happened.
pub fn message_of(event: &Event) -> Option<Seq> {
    closest(event, "[data-seq]")?.get_attribute("data-seq")?.parse().ok().map(Seq)
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Arrow up and down go from message to message, unless something is being typed.
pub fn walk_messages(event: &KeyboardEvent) {
    let (up, down) = (is_key(event, "ArrowUp"), is_key(event, "ArrowDown"));
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if !(up || down) || target.tag_name() == "TEXTAREA" {
        return;
    }
    let mut message = target.closest(MESSAGE).ok().flatten();
    while let Some(element) = message {
        message = if up { element.previous_element_sibling() } else { element.next_element_sibling() };
        if let Some(next) = message.as_ref().filter(|next| next.matches(MESSAGE).unwrap_or_default()) {
            event.prevent_default();
            let _ = next.clone().dyn_into::<HtmlElement>().map(|next| next.focus());
            return;
        }
    }
}

/// Rows that hold a message.
const MESSAGE: &str = "article.message";
