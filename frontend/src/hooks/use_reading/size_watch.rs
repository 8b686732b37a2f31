//! Watches the sizes of elements: the window, an on-screen keyboard or a growing composer change them without a change
//! of rows.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::NodeRef;

/// A watch over some elements. Stops watching when dropped.
pub(super) struct SizeWatch(
    ResizeObserver,
    #[expect(dead_code, reason = "the observer calls it")] Closure<dyn FnMut()>,
);

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.0.disconnect();
    }
}

impl SizeWatch {
    /// Calls `changed` for each change of these elements' sizes; `None` in a browser that cannot watch.
    pub(super) fn start(nodes: &[&NodeRef], changed: impl FnMut() + 'static) -> Option<Self> {
        let closure = Closure::<dyn FnMut()>::new(changed);
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        for element in nodes.iter().filter_map(|node| node.cast::<Element>()) {
            observer.observe(&element);
        }
        Some(Self(observer, closure))
    }
}
