//! Keeps the reader's place in a conversation: at the newest message if they are there, and otherwise exactly where
//! they are, whatever is added above or below. Scrolls to where they want to go. Renders only the messages around them,
//! as they move through a room of any length.

mod measured;
mod size_watch;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use web_sys::Element;
use yew::prelude::*;

pub use self::measured::Conversation;
use self::measured::{FIT, Measured, Shown, guess};
use self::size_watch::SizeWatch;
use crate::api::scroll;
use crate::command::Command;
use crate::state::{Goal, Lines, Older, Phase, Place, Window};

/// The distance from the oldest message at which older ones are requested, in CSS pixels.
const AHEAD: i32 = 800;

/// The height of a message until one is measured, in CSS pixels.
const HEIGHT: i32 = 40;

/// The delay after a leap, or after a room has opened, before the messages around those in sight are drawn: longer than
/// the pauses between two leaps while a scroll bar is dragged, and than the first poll takes on most paths.
const REST_MS: u32 = 500;

/// The distance from the upper edge to the first new message: keeps the line above it and some context in sight.
const ABOVE_NEW: f64 = 120.0;

/// The scrolling of a conversation.
#[derive(Clone)]
pub struct Reading {
    /// The element that scrolls.
    pub view: NodeRef,
    /// The element in it whose children are the rows.
    pub rows: NodeRef,
    /// The indexes of the messages to draw.
    pub drawn: Range<usize>,
    /// The space to leave for each of the others, in CSS pixels.
    pub height: i32,
    /// Whether the newest message is in sight.
    pub is_at_end: bool,
    /// Whether, for the moment, little more than the messages in sight is drawn.
    pub is_narrow: bool,
    content: Conversation,
    shown: UseStateSetter<Shown>,
    measured: Rc<RefCell<Measured>>,
    run: Callback<Command>,
}

/// Follows the reader through a conversation.
#[hook]
pub fn use_reading(content: Conversation, run: Callback<Command>) -> Reading {
    let (view, rows) = (use_node_ref(), use_node_ref());
    let first = Shown { is_at_end: true, window: Window::opening(), selected: None };
    let shown = use_state_eq(|| first);
    let measured = use_mut_ref(|| Measured {
        content: None,
        shown: first,
        is_at_end: matches!(content.goal, None | Some(Goal::Newest)),
        place: None,
        height: HEIGHT,
        watch: None,
    });
    let (is_at_end, window) = (shown.is_at_end, shown.window);
    let (drawn, height) = (shown.drawn(&content.room.lines), measured.borrow().height);
    let shown = shown.setter();
    let is_narrow = window.is_narrow();
    let reading = Reading { view, rows, drawn, height, is_at_end, is_narrow, content, shown, measured, run };
    {
        // Right after the rows may have changed, before anything is painted.
        let reading = reading.clone();
        use_effect(move || reading.settle());
    }
    {
        let reading = reading.clone();
        let is_empty = reading.lines().is_empty();
        use_effect_with((window, is_empty), move |_| {
            let rest = (is_narrow && !is_empty).then(|| Timeout::new(REST_MS, move || reading.widen()));
            move || drop(rest)
        });
    }
    {
        let (measured, run) = (Rc::clone(&reading.measured), reading.run.clone());
        use_effect_with(reading.content.room.name.clone(), move |room| {
            let room = room.clone();
            move || {
                let measured = measured.borrow();
                let place = measured.place.filter(|_| !measured.is_at_end);
                run.emit(Command::Leave(room, place));
            }
        });
    }
    reading
}

impl Reading {
    /// Handles scrolling by the reader. While the page takes them to a goal, the goal decides what is drawn.
    pub fn scrolled(&self) {
        if self.content.goal.is_none() || self.content.room.phase != Phase::Ready {
            self.measure();
        }
    }

    /// Measures where the reader is, and draws the messages around them.
    fn measure(&self) {
        let (Some(view), Some(rows)) = (self.view.cast::<Element>(), self.rows.cast::<Element>()) else {
            return;
        };
        let (lines, drawn, height) = (self.lines(), &self.drawn, self.height);
        let mut measured = self.measured.borrow_mut();
        measured.is_at_end = scroll::is_at_end(&view);
        measured.place = scroll::place(&view, &rows);
        measured.learn_height(&rows, drawn, lines.len(), height);
        let is_at_end = measured.is_at_end;
        let place = measured.place.and_then(|place| lines.find(place.seq).ok());
        let window = measured.shown.window;
        drop(measured);
        let fit = scroll::fit(&view);
        let window = match place {
            _ if is_at_end && drawn.end == lines.len() => window.follow_newest(lines, place, fit),
            _ if is_at_end => Window::leap(lines, None, fit),
            Some(at) => window.follow(lines, at, fit),
            None => Window::leap(lines, Some(guess(&view, drawn, lines.len(), height)), fit),
        };
        self.draw(is_at_end, window);
        let room = &self.content.room;
        if room.phase == Phase::Ready && self.content.goal.is_none() {
            self.run.emit(Command::SetAtEnd(room.name.clone(), is_at_end));
        }
        if scroll::above(&view) < AHEAD
            && room.more
            && room.older == Older::Idle
            && let Some(oldest) = room.oldest()
        {
            self.run.emit(Command::LoadOlder(room.name.clone(), oldest));
        }
    }

    /// Draws the messages around those in sight, now that the reader rests after a leap.
    fn widen(&self) {
        let (Some(view), Some(rows)) = (self.view.cast::<Element>(), self.rows.cast::<Element>()) else {
            return;
        };
        let mut measured = self.measured.borrow_mut();
        // The last scroll event may still be pending.
        measured.place = scroll::place(&view, &rows).or(measured.place);
        measured.is_at_end = scroll::is_at_end(&view);
        let (is_at_end, window) = (measured.is_at_end, measured.shown.window);
        drop(measured);
        self.draw(is_at_end, window.widened(self.lines()));
    }

    fn lines(&self) -> &Lines {
        &self.content.room.lines
    }

    fn draw(&self, is_at_end: bool, window: Window) {
        let selected = self.rows.cast::<Element>().and_then(|rows| scroll::selected(&rows));
        let shown = Shown { is_at_end, window, selected };
        self.measured.borrow_mut().shown = shown;
        self.shown.set(shown);
    }

    fn settle(&self) {
        let mut measured = self.measured.borrow_mut();
        let content = Some((self.content.clone(), self.drawn.clone()));
        if measured.content == content {
            return;
        }
        measured.content = content;
        if measured.watch.is_none() {
            measured.watch = self.watch_sizes();
        }
        drop(measured);
        let (Some(view), Some(rows)) = (self.view.cast::<Element>(), self.rows.cast::<Element>()) else {
            return;
        };
        match self.content.goal {
            None => {
                self.measured.borrow().keep_place(&view, &rows);
                self.measure();
            }
            Some(goal) if self.go(&view, &rows, goal) => {
                self.measure();
                self.run.emit(Command::EndGoal(self.content.room.name.clone()));
            }
            // The missing part is being loaded or drawn; then this runs again.
            Some(_) => {}
        }
    }

    fn watch_sizes(&self) -> Option<SizeWatch> {
        let (view, rows, measured) = (self.view.clone(), self.rows.clone(), Rc::downgrade(&self.measured));
        SizeWatch::start(&self.view, &self.rows, move || {
            if let (Some(measured), Some(view), Some(rows)) =
                (measured.upgrade(), view.cast::<Element>(), rows.cast::<Element>())
            {
                measured.borrow().keep_place(&view, &rows);
            }
        })
    }

    /// Scrolls to the place where the reader wants to be. Returns whether they are there; if not, something must be
    /// loaded or drawn first.
    fn go(&self, view: &Element, rows: &Element, goal: Goal) -> bool {
        let room = &self.content.room;
        // New messages are known once the room is loaded; until then, the best of the messages at hand is shown.
        let is_ready = room.phase == Phase::Ready;
        if self.lines().is_empty() {
            return is_ready;
        }
        let seq = match goal {
            Goal::Newest => {
                self.measured.borrow_mut().is_at_end = true;
                let is_drawn = self.drawn.end == self.lines().len();
                if !is_drawn {
                    self.draw(true, Window::newest(FIT));
                }
                scroll::to_end(view);
                return is_drawn && is_ready;
            }
            Goal::Message(seq) | Goal::New(seq) => seq,
            Goal::Place(place) => place.seq,
        };
        if matches!(goal, Goal::Message(_)) && room.may_lack(seq) {
            // The message is being loaded.
            return false;
        }
        let (Ok(at) | Err(at)) = self.lines().find(seq);
        let at = at.min(self.lines().len() - 1);
        let Some(nearest) = self.lines().get(at).map(|line| line.message.seq) else { return true };
        if !self.drawn.contains(&at) {
            self.measured.borrow_mut().is_at_end = false;
            self.draw(false, Window::around(self.lines(), at, FIT));
            return false;
        }
        match goal {
            Goal::Place(place) => scroll::put_back(view, rows, &Place { seq: nearest, ..place }),
            Goal::New(_) => scroll::put_back(view, rows, &Place { seq: nearest, offset: ABOVE_NEW }),
            _ => scroll::show(rows, nearest),
        };
        is_ready
    }
}
