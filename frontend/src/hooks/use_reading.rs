//! Keeps the reader's place in a conversation: at the newest message as long as they are there, and otherwise exactly
//! where they are, whatever comes above or below. And keeps drawn what is around it, as they move through a room of
//! any length.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::{Rc, Weak};

use holdline_shared::{PublishKey, Seq};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use super::{Shared, use_shared};
use crate::api::dom;
use crate::api::scroll::{self, Place};
use crate::state::{Lines, Room, Sending, Window};

/// Older messages are asked for this long before the reader gets there, in CSS pixels.
const AHEAD: i32 = 800;

/// How many messages fit before that was measured.
const FIT: usize = 32;

/// How high a message is before any was measured, in CSS pixels.
const HEIGHT: i32 = 40;

/// A conversation's scrolling.
#[derive(Clone)]
pub struct Reading {
    /// The element that scrolls.
    pub view: NodeRef,
    /// The element in it whose children are the rows.
    pub rows: NodeRef,
    /// The places of the messages to draw.
    pub drawn: Range<usize>,
    /// How much room to leave for each of the others, in CSS pixels.
    pub height: i32,
    /// Whether the newest is in sight.
    pub is_at_end: bool,
    shown: Shared<Shown>,
    memory: Rc<RefCell<Memory>>,
    lines: Lines,
    on_top: Callback<()>,
    on_end: Callback<bool>,
}

/// What is drawn.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    is_at_end: bool,
    window: Window,
}

/// What decides where rows stand. What does not, such as tools beside one of them, must not undo a step that the
/// reader has just made and of which the browser has not told yet.
pub type Rows = (Rc<Room>, Vec<Rc<Sending>>, Option<Seq>);

/// What is known between two measurements.
struct Memory {
    content: Option<(Rows, Window)>,
    said: Option<PublishKey>,
    is_at_end: bool,
    place: Option<Place>,
    /// The message to go to as soon as it is drawn.
    goal: Option<Seq>,
    height: i32,
    view: NodeRef,
    rows: NodeRef,
    watch: Option<Watch>,
}

/// When another message is on its way, the reader has spoken and wants to see it. `on_top` is called when the reader
/// comes near the beginning, `on_end` with whether the newest is in sight.
#[hook]
pub fn use_reading(content: Rows, on_top: Callback<()>, on_end: Callback<bool>) -> Reading {
    let said = content.1.last().map(|sending| sending.request.key);
    let shown = use_shared(|| Shown { is_at_end: true, window: Window::newest(FIT) });
    let memory = use_mut_ref(|| Memory {
        content: None,
        said,
        is_at_end: true,
        place: None,
        goal: None,
        height: HEIGHT,
        view: NodeRef::default(),
        rows: NodeRef::default(),
        watch: None,
    });
    let Shown { is_at_end, window } = *shown.get();
    let reading = {
        let (drawn, kept) = (window.range(&content.0.lines), memory.borrow());
        let (view, rows, height) = (kept.view.clone(), kept.rows.clone(), kept.height);
        let (memory, lines) = (Rc::clone(&memory), content.0.lines.clone());
        Reading { view, rows, drawn, height, is_at_end, shown, memory, lines, on_top, on_end }
    };
    let drawn = reading.clone();
    // Right after the rows may have changed, before anything is painted.
    use_effect(move || drawn.settle((content, window), said));
    reading
}

impl Reading {
    /// Sees where the reader has come to.
    pub fn measure(&self) {
        let (Some(view), Some(rows)) = (self.view.cast::<Element>(), self.rows.cast::<Element>()) else {
            return;
        };
        let (lines, drawn, height) = (&self.lines, &self.drawn, self.height);
        let mut memory = self.memory.borrow_mut();
        memory.is_at_end = scroll::is_at_end(&view);
        memory.place = scroll::place(&view, &rows);
        memory.learn_height(&rows, drawn, lines.len(), height);
        let is_at_end = memory.is_at_end;
        let place = memory.place.as_ref().and_then(|place| lines.find(place.seq).ok());
        drop(memory);
        let fit = scroll::fit(&view);
        let window = if is_at_end {
            Window::newest(fit)
        } else {
            let at = place.unwrap_or_else(|| guess(&view, drawn, lines.len(), height));
            self.shown.get().window.follow(lines, at, fit)
        };
        self.shown.set(Shown { is_at_end, window });
        self.on_end.emit(is_at_end);
        if scroll::above(&view) < AHEAD {
            self.on_top.emit(());
        }
    }

    /// Goes to the newest.
    pub fn to_end(&self) {
        if let Some(view) = self.view.cast::<Element>() {
            scroll::to_end(&view);
        }
        self.measure();
    }

    /// Goes to a message, or to the oldest that is here, from where older ones come by themselves.
    pub fn show(&self, seq: Seq) {
        let at = self.lines.find(seq).unwrap_or_default();
        if self.drawn.contains(&at) {
            return go_to(seq);
        }
        self.memory.borrow_mut().goal = Some(seq);
        self.shown.set(Shown { is_at_end: false, window: Window::around(&self.lines, at, FIT) });
    }

    fn settle(&self, content: (Rows, Window), said: Option<PublishKey>) {
        let mut memory = self.memory.borrow_mut();
        if memory.content.as_ref() == Some(&content) {
            return;
        }
        memory.content = Some(content);
        if memory.said != said {
            memory.said = said;
            memory.is_at_end |= said.is_some();
        }
        if memory.watch.is_none() {
            memory.watch = watch_sizes(&self.view, &self.rows, Rc::downgrade(&self.memory));
        }
        let goal = memory.goal.take();
        drop(memory);
        match goal {
            Some(seq) => go_to(seq),
            None => keep_place(&self.view, &self.memory),
        }
        self.measure();
    }
}

impl Memory {
    /// Takes the height of the messages that are drawn for that of the others, once it is clearly another: each change
    /// moves the scroll bar.
    fn learn_height(&mut self, rows: &Element, drawn: &Range<usize>, len: usize, left: i32) {
        let empty = to_pixels(len - drawn.len().min(len)).saturating_mul(left);
        let height = (scroll::height(rows) - empty) / to_pixels(drawn.len()).max(1);
        if (height - self.height).abs() * 4 > self.height && drawn.len() > FIT {
            self.height = height.max(1);
        }
    }
}

/// Which message would be in sight, where there is only the room left for it.
fn guess(view: &Element, drawn: &Range<usize>, len: usize, height: i32) -> usize {
    let rows = |pixels: i32| usize::try_from(pixels / height).unwrap_or_default();
    let above = rows(scroll::above(view));
    if above < drawn.start { above } else { len.saturating_sub(rows(scroll::below(view))) }
}

fn to_pixels(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn go_to(seq: Seq) {
    let id = format!("m-{seq}");
    if scroll::show(&id) {
        dom::focus(&id);
    } else {
        scroll::show_first("m-");
    }
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
fn watch_sizes(view: &NodeRef, rows: &NodeRef, memory: Weak<RefCell<Memory>>) -> Option<Watch> {
    let seen = view.clone();
    let closure = Closure::<dyn FnMut()>::new(move || {
        if let Some(memory) = memory.upgrade() {
            keep_place(&seen, &memory);
        }
    });
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    for node in [view, rows] {
        if let Some(element) = node.cast::<Element>() {
            observer.observe(&element);
        }
    }
    Some(Watch(observer, closure))
}
