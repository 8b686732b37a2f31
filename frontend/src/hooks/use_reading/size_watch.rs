//! Watches what moves rows: added and removed ones, the size of the window, an on-screen keyboard, a growing composer.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MutationObserver, MutationObserverInit, ResizeObserver};
use yew::NodeRef;

/// A watch over a conversation. Stops watching when dropped.
pub(super) struct SizeWatch {
    sizes: ResizeObserver,
    rows: MutationObserver,
    #[expect(dead_code, reason = "the observers call it")]
    closure: Closure<dyn FnMut()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.sizes.disconnect();
        self.rows.disconnect();
    }
}

impl SizeWatch {
    /// Calls `changed` for each change of the elements' sizes, and for each change of rows before the browser lays the
    /// page out: Yew runs effects in a later frame if drawing takes longer than 16 ms, and by then readers have seen
    /// the rows move. `None` in a browser that cannot watch.
    pub(super) fn start(view: &NodeRef, rows: &NodeRef, changed: impl FnMut() + 'static) -> Option<Self> {
        let closure = Closure::<dyn FnMut()>::new(changed);
        let (view, rows) = (view.cast::<Element>()?, rows.cast::<Element>()?);
        let sizes = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        sizes.observe(&view);
        sizes.observe(&rows);
        let children = MutationObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        let watched = MutationObserverInit::new();
        watched.set_child_list(true);
        children.observe_with_options(&rows, &watched).ok()?;
        Some(Self { sizes, rows: children, closure })
    }
}
