//! The focus: where it is, where it goes, and how it returns when a dialog over the page closes.

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlDialogElement, HtmlElement};
use yew::NodeRef;

use super::base::document;

/// The field that takes the focus when nothing else can.
pub const COMPOSER: &str = "composer";

/// The elements that Tab or a script can put the focus on.
const FOCUSABLE: &str = "a[href], button:not([disabled]), input, textarea, [tabindex]";

/// Puts the focus on an element.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<Element>() {
        focus_element(&element);
    }
}

/// Puts the focus on the element with this id.
pub fn focus_id(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        focus_element(&element);
    }
}

/// Puts the focus on the child with this index.
pub fn focus_child(node: &NodeRef, number: usize) {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    if let Some(child) = node.cast::<Element>().and_then(|element| element.children().item(number)) {
        focus_element(&child);
    }
}

/// Puts the focus on an element. Returns whether the element has taken it.
pub(super) fn focus_element(element: &Element) -> bool {
    // If the element cannot be focused, the focus stays where it is.
    let _ = element.dyn_ref::<HtmlElement>().map(HtmlElement::focus);
    document().active_element().as_ref() == Some(element)
}

/// Whether the focus is on an element or on something in it.
pub fn has_focus(node: &NodeRef) -> bool {
    let active = document().active_element();
    active.is_some() && node.cast::<Element>().is_some_and(|element| element.contains(active.as_deref()))
}

/// Whether nothing in particular has the focus.
pub fn is_lost() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// Whether the focus leaves an element, rather than moving inside it.
pub fn focus_leaves(event: &FocusEvent, node: &NodeRef) -> bool {
    let next = event.related_target().and_then(|target| target.dyn_into::<Element>().ok());
    !node.cast::<Element>().is_some_and(|element| element.contains(next.as_deref()))
}

/// Moves the focus out of an element that has it, to the closest focusable ancestor.
pub fn move_out(node: &NodeRef) {
    let element = node.cast::<Element>().filter(|_| has_focus(node));
    let around = element.and_then(|element| element.parent_element()?.closest(FOCUSABLE).ok()?);
    if let Some(around) = around {
        focus_element(&around);
    }
}

/// The element that has the focus, and its focusable ancestors, innermost first.
pub struct WayBack(Vec<Element>);

impl WayBack {
    /// Records the way back to the current focus.
    pub fn from_here() -> Self {
        let mut way = Vec::new();
        let mut next = document().active_element();
        while let Some(element) = next {
            next = element.parent_element().and_then(|parent| parent.closest(FOCUSABLE).ok().flatten());
            way.push(element);
        }
        Self(way)
    }

    /// Puts the focus on the first of these elements that still exists, or on the composer.
    pub fn go(&self) {
        let is_placed = |element: &Element| element.tag_name() != "BODY" && focus_element(element);
        if !self.0.iter().any(is_placed) {
            focus_id(COMPOSER);
        }
    }
}

/// Opens a dialog that blocks the page under it. The dialog takes the focus.
pub fn open_dialog(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>() {
        // A dialog that is already open stays open.
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog. Returns whether no element outside the dialog has the focus.
pub fn close_dialog(node: &NodeRef) -> bool {
    let Some(dialog) = node.cast::<HtmlDialogElement>() else { return false };
    dialog.close();
    let active = document().active_element();
    active.is_none_or(|active| active.tag_name() == "BODY" || dialog.contains(Some(&active)))
}
