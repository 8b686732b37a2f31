//! The focus: where it is, where it goes, and how it returns when a dialog over the page closes.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Element, FocusEvent, FocusOptions, HtmlDialogElement, HtmlElement, MutationObserver,
    MutationObserverInit, Node,
};
use yew::NodeRef;

use super::base::document;

/// The field that takes the focus when nothing else can.
pub const COMPOSER: &str = "composer";

/// The elements that Tab or a script can put the focus on.
const FOCUSABLE: &str = "a[href], button:not([disabled]), input, select, textarea, [tabindex]";

/// The elements of which the first visible one takes the focus on a page without a composer.
const CONTROLS: &str = "main :is(a[href], button, input)";

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

/// The element that has the focus, and its focusable ancestors, innermost first.
#[derive(Default)]
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

    /// Whether the element that had the focus cannot have it any more. An element that merely lost the focus, such as
    /// when a phone's keyboard is put away, can.
    fn is_broken(&self) -> bool {
        self.0.first().is_some_and(|element| {
            !element.is_connected() || element.matches(":disabled").unwrap_or_default()
        })
    }

    /// Puts the focus on the first of these elements that still exists, or else on the content. Nothing scrolls.
    pub fn go(&self) {
        if !self.0.iter().any(take_focus) {
            focus_content();
        }
    }
}

/// Puts the focus on the composer, or else on the first control of the page. Nothing scrolls.
pub fn focus_content() {
    let composer = document().get_element_by_id(COMPOSER);
    if !composer.is_some_and(|composer| take_focus(&composer))
        && let Ok(controls) = document().query_selector_all(CONTROLS)
    {
        let mut controls =
            (0..controls.length()).filter_map(|at| controls.item(at)?.dyn_into::<Element>().ok());
        controls.any(|control| take_focus(&control));
    }
}

/// Puts the focus on an element without scrolling. Returns whether the element has taken it.
fn take_focus(element: &Element) -> bool {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let is_body = element.tag_name() == "BODY";
    let focus = |element: &HtmlElement| element.focus_with_options(&options).is_ok();
    !is_body && element.dyn_ref().is_some_and(focus) && document().active_element().as_ref() == Some(element)
}

/// A guard that keeps the focus on the page until dropped: if the focused element is removed or disabled, the closest
/// of its ancestors that remains and can be focused takes the focus.
pub struct FocusGuard {
    observer: MutationObserver,
    #[expect(dead_code, reason = "the observer calls it")]
    closure: Closure<dyn FnMut()>,
    #[expect(dead_code, reason = "listen until they are dropped")]
    listeners: [EventListener; 2],
}

impl FocusGuard {
    /// Starts to watch the page; `None` in a browser that cannot watch.
    pub fn start() -> Option<Self> {
        let last = Rc::new(RefCell::new(WayBack::default()));
        let focused = {
            let last = Rc::clone(&last);
            EventListener::new(&document(), "focusin", move |_| note_focus(&last))
        };
        let pressed = {
            let last = Rc::clone(&last);
            // The reader takes the focus away by pressing on something that cannot have it.
            EventListener::new(&document(), "pointerdown", move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                if document().active_element().is_none_or(|active| !active.contains(target.as_ref())) {
                    last.take();
                }
            })
        };
        let closure = Closure::<dyn FnMut()>::new(move || {
            let is_lost = is_lost();
            if is_lost && last.borrow().is_broken() {
                let last = Rc::clone(&last);
                // Between two elements nothing has the focus, either.
                Timeout::new(0, move || go_back(&last)).forget();
            } else if !is_lost {
                // A window in the background sends no events about the focus.
                note_focus(&last);
            }
        });
        let observer = MutationObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        let watched = MutationObserverInit::new();
        watched.set_child_list(true);
        watched.set_subtree(true);
        watched.set_attribute_filter(&Array::of1(&"disabled".into()));
        observer.observe_with_options(document().body()?.as_ref(), &watched).ok()?;
        Some(Self { observer, closure, listeners: [focused, pressed] })
    }
}

/// Records the way back to the current focus, if that has changed.
fn note_focus(last: &RefCell<WayBack>) {
    let is_known = last.borrow().0.first() == document().active_element().as_ref();
    if !is_known {
        last.replace(WayBack::from_here());
    }
}

fn go_back(last: &RefCell<WayBack>) {
    if is_lost() && last.borrow().is_broken() {
        // Taken first: the way itself changes as it puts the focus somewhere.
        let way = last.take();
        way.go();
    }
}

impl Drop for FocusGuard {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Opens a dialog that blocks the page under it. The dialog takes the focus.
pub fn open_dialog(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>() {
        // A dialog that is already open stays open.
        let _ = dialog.show_modal();
    }
}

/// Whether a dialog is open.
pub fn is_open(node: &NodeRef) -> bool {
    node.cast::<HtmlDialogElement>().is_some_and(|dialog| dialog.open())
}

/// Closes a dialog. Returns whether no element outside the dialog has the focus.
pub fn close_dialog(node: &NodeRef) -> bool {
    let Some(dialog) = node.cast::<HtmlDialogElement>() else { return false };
    dialog.close();
    let active = document().active_element();
    active.is_none_or(|active| active.tag_name() == "BODY" || dialog.contains(Some(&active)))
}
