//! Keeps the reader's place in a conversation: at the newest message as long as they are there, and otherwise exactly
//! where they are, whatever comes above or below.

use std::cell::RefCell;
use std::rc::Rc;

use holdline_shared::PublishKey;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use crate::api::scroll::{self, Place};

/// Older messages are asked for this long before the reader gets there, in CSS pixels.
const AHEAD: i32 = 800;

/// A conversation's scrolling.
#[derive(Clone, PartialEq)]
pub struct Reading {
    /// The element that scrolls.
    pub view: NodeRef,
    /// The element in it whose children are the rows.
    pub rows: NodeRef,
    /// Whether the newest is in sight.
    pub is_at_end: bool,
    /// To be called when it was scrolled.
    pub on_scroll: Callback<Event>,
    /// Goes to the newest.
    pub to_end: Callback<()>,
}

/// What is known between two measurements.
struct Memory {
    said: Option<PublishKey>,
    is_at_end: bool,
    place: Option<Place>,
}

/// `content` is anything that changes when the rows do. When `said` changes to something, the reader has spoken and
/// wants to see it. `on_top` is called when the reader comes near the beginning,
/// `on_end` with whether the newest is in sight.
#[hook]
pub fn use_reading<T: PartialEq + 'static>(
    content: T,
    said: Option<PublishKey>,
    on_top: Callback<()>,
    on_end: Callback<bool>,
) -> Reading {
    let (view, rows) = (use_node_ref(), use_node_ref());
    let memory = use_mut_ref(|| Memory { said, is_at_end: true, place: None });
    let is_at_end = use_state_eq(|| true);
    let measure = {
        let (view, rows, memory, set) = (view.clone(), rows.clone(), Rc::clone(&memory), is_at_end.setter());
        Rc::new(move || {
            let (Some(view), Some(rows)) = (view.cast::<Element>(), rows.cast::<Element>()) else { return };
            let mut memory = memory.borrow_mut();
            memory.is_at_end = scroll::is_at_end(&view);
            memory.place = scroll::place(&view, &rows);
            set.set(memory.is_at_end);
            on_end.emit(memory.is_at_end);
            if scroll::above(&view) < AHEAD {
                on_top.emit(());
            }
        })
    };
    {
        // Right after the rows have changed, before anything is painted.
        let (view, memory, measure) = (view.clone(), Rc::clone(&memory), Rc::clone(&measure));
        use_effect_with((content, said), move |(_, said)| {
            let has_spoken = memory.borrow().said != *said;
            if has_spoken {
                let mut memory = memory.borrow_mut();
                memory.said.clone_from(said);
                memory.is_at_end |= said.is_some();
            }
            keep_place(&view, &memory);
            measure();
        });
    }
    {
        let (view, rows, memory) = (view.clone(), rows.clone(), Rc::clone(&memory));
        use_effect_with((), move |()| {
            let watch = watch_sizes(&view, &rows, &memory);
            move || drop(watch)
        });
    }
    let to_end = {
        let (view, measure) = (view.clone(), Rc::clone(&measure));
        Callback::from(move |()| {
            if let Some(view) = view.cast::<Element>() {
                scroll::to_end(&view);
            }
            measure();
        })
    };
    Reading { view, rows, is_at_end: *is_at_end, on_scroll: Callback::from(move |_| measure()), to_end }
}

fn keep_place(view: &NodeRef, memory: &RefCell<Memory>) {
    let Some(view) = view.cast::<Element>() else { return };
    let memory = memory.borrow();
    match &memory.place {
        _ if memory.is_at_end => scroll::to_end(&view),
        Some(place) => scroll::put_back(&view, place),
        None => {}
    }
}

/// Stops watching when dropped.
struct Watch(ResizeObserver, #[expect(dead_code, reason = "the observer calls it")] Closure<dyn FnMut()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.disconnect();
    }
}

/// The window, a keyboard on the screen or a growing composer change sizes without any row having changed.
fn watch_sizes(view: &NodeRef, rows: &NodeRef, memory: &Rc<RefCell<Memory>>) -> Option<Watch> {
    let (seen, memory) = (view.clone(), Rc::clone(memory));
    let closure = Closure::<dyn FnMut()>::new(move || keep_place(&seen, &memory));
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    for node in [view, rows] {
        if let Some(element) = node.cast::<Element>() {
            observer.observe(&element);
        }
    }
    Some(Watch(observer, closure))
}
