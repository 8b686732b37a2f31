//! The measurements of a conversation on the screen, and the part of it that is drawn.

use std::ops::Range;
use std::rc::Rc;

use holdline_shared::Seq;
use web_sys::Element;

use super::size_watch::SizeWatch;
use crate::api::scroll;
use crate::state::{Goal, Lines, Place, Room, Sending, Window};

/// The number of messages that fit, until it is measured.
pub(super) const FIT: usize = 32;

/// The maximum number of messages kept drawn for a text selection that spans them.
const SELECTED: usize = 1_000;

/// The data that decides where rows are. Other renders must not restore the scroll position: a scroll event may still
/// be pending.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The room.
    pub room: Rc<Room>,
    /// The messages on their way to it.
    pub sendings: Vec<Rc<Sending>>,
    /// The message that is being edited.
    pub editing: Option<Seq>,
    /// The place that the reader wants to go to.
    pub goal: Option<Goal>,
}

/// The part that is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Shown {
    pub(super) is_at_end: bool,
    pub(super) window: Window,
    /// The first and the last message of a text selection.
    pub(super) selected: Option<[Seq; 2]>,
}

impl Shown {
    /// Returns the indexes of the messages to draw: those of the window and of the selection, so that copying gets all
    /// of it.
    pub(super) fn drawn(self, lines: &Lines) -> Range<usize> {
        let window = self.window.range(lines);
        let [first, last] =
            self.selected.unwrap_or_default().map(|seq| lines.find(seq).unwrap_or_else(|at| at));
        let (start, end) = (window.start.min(first).min(last), window.end.max(first + 1).max(last + 1));
        let is_wide = self.selected.is_none() || end - start > SELECTED;
        if is_wide { window } else { start..end.min(lines.len()) }
    }
}

/// The state between two measurements.
pub(super) struct Measured {
    pub(super) content: Option<(Conversation, Range<usize>)>,
    pub(super) shown: Shown,
    pub(super) is_at_end: bool,
    pub(super) place: Option<Place>,
    pub(super) height: i32,
    pub(super) watch: Option<SizeWatch>,
}

impl Measured {
    /// Uses the average height of the drawn messages for the others, once it differs clearly: each change moves the
    /// scroll bar.
    pub(super) fn learn_height(&mut self, rows: &Element, drawn: &Range<usize>, len: usize, left: i32) {
        let empty = to_pixels(len - drawn.len().min(len)).saturating_mul(left);
        let height = (scroll::height(rows) - empty) / to_pixels(drawn.len()).max(1);
        if (height - self.height).abs() * 4 > self.height && drawn.len() > FIT {
            self.height = height.max(1);
        }
    }

    /// Scrolls back to the reader's place, whatever has grown or shrunk.
    pub(super) fn keep_place(&self, view: &Element, rows: &Element) {
        match &self.place {
            _ if self.is_at_end => scroll::to_end(view),
            Some(place) => {
                scroll::put_back(view, rows, place);
            }
            None => {}
        }
    }
}

/// Estimates the index of the message in sight where only empty space is drawn.
pub(super) fn guess(view: &Element, drawn: &Range<usize>, len: usize, height: i32) -> usize {
    let rows = |pixels: i32| usize::try_from(pixels / height).unwrap_or_default();
    let above = rows(scroll::above(view));
    if above < drawn.start { above } else { len.saturating_sub(rows(scroll::below(view))) }
}

fn to_pixels(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
