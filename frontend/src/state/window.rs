//! The rows of a long conversation that are rendered: those in view and some around them. Empty space replaces the
//! rest, above and below, so that 100,000 messages cost what a hundred do.

use std::ops::Range;

use holdline_shared::Seq;

use super::Lines;

/// The number of rows beyond those in view, on each side: more than a page of them, so that Page Up and Page Down find
/// rendered rows.
const AROUND: usize = 40;

/// The same directly after a jump; dragging the scroll bar causes many jumps in a row.
const AROUND_LEAP: usize = 4;

/// The number of messages that a room renders first: enough to fill a phone.
const FIRST: usize = 20;

/// The number of remaining messages on a side below which the window moves.
const NEAR: usize = 15;

/// The step, in new messages, by which the upper edge of the newest window moves.
const STEP: usize = 16;

/// A part of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first message; `None` to follow the newest.
    first: Option<Seq>,
    /// The number of messages that fit on the screen, at most.
    fit: usize,
    /// The number of messages beyond those, on each side.
    around: usize,
}

impl Window {
    /// Returns the window at the newest messages.
    pub fn newest(fit: usize) -> Self {
        Self { first: None, fit, around: AROUND }
    }

    /// Returns the window of a room that opens at the newest message. The others are rendered when the reader pauses,
    /// or at once if these do not fill the screen.
    pub fn opening() -> Self {
        Self { first: None, fit: FIRST, around: 0 }
    }

    /// Returns the window around the message at this index.
    pub fn around(lines: &Lines, at: usize, fit: usize) -> Self {
        Self::newest(fit).at(lines, at)
    }

    /// Returns the window for a jump to the message at this index, or to the newest. The others around it are rendered
    /// when the reader pauses: see [`widened`](Self::widened).
    pub fn leap(lines: &Lines, at: Option<usize>, fit: usize) -> Self {
        let newest = Self { around: AROUND_LEAP, ..Self::newest(fit) };
        at.map_or(newest, |at| newest.at(lines, at))
    }

    fn at(self, lines: &Lines, at: usize) -> Self {
        let first = lines.get(at.saturating_sub(self.around)).map(|line| line.message.seq);
        Self { first, ..self }
    }

    /// Returns the window for a view whose first message is the one at this index: the same, as long as there are some
    /// messages around it on both sides.
    #[must_use]
    pub fn follow(self, lines: &Lines, at: usize, fit: usize) -> Self {
        let Range { start, end } = self.range(lines);
        let near = if self.is_narrow() { 1 } else { NEAR };
        let has_above = start == 0 || start + near <= at;
        let has_below = end == lines.len() || at + fit + near <= end;
        let stays = has_above && has_below && fit == self.fit;
        if stays { self.at(lines, start + self.around) } else { Self::around(lines, at, fit) }
    }

    /// Returns the window for a view that ends at the newest message and begins at this index, if known: the same, as
    /// long as it fills the screen.
    #[must_use]
    pub fn follow_newest(self, lines: &Lines, at: Option<usize>, fit: usize) -> Self {
        let start = self.range(lines).start;
        let fills = start == 0 || at.is_none_or(|at| at > start);
        if self.first.is_none() && self.is_narrow() && fills { self } else { Self::newest(fit) }
    }

    /// Whether the window has no more messages than a jump needs.
    pub fn is_narrow(self) -> bool {
        self.around < AROUND
    }

    /// Returns the same window with the usual number of messages around it.
    #[must_use]
    pub fn widened(self, lines: &Lines) -> Self {
        match self.first {
            None => Self::newest(self.fit),
            Some(_) => Self::around(lines, self.range(lines).start + self.around, self.fit),
        }
    }

    /// The indices of the messages.
    pub fn range(self, lines: &Lines) -> Range<usize> {
        let (size, len) = (self.fit + 2 * self.around, lines.len());
        match self.first {
            None if self.is_narrow() => len.saturating_sub(size)..len,
            None => len.saturating_sub(size) / STEP * STEP..len,
            Some(seq) => {
                let from = lines.find(seq).unwrap_or_else(|at| at);
                let spare = if self.is_narrow() { 0 } else { STEP };
                from..len.min(from + size + spare)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::line;

    const FIT: usize = 32;

    fn lines(seqs: Range<u64>) -> Lines {
        let mut lines = Lines::default();
        for seq in seqs {
            lines.insert(lines.len(), line(seq, "ada", seq, "x"));
        }
        lines
    }

    #[test]
    fn few_messages_are_all_there() {
        for window in [Window::newest(FIT), Window::around(&lines(1..50), 20, FIT)] {
            assert_eq!(window.range(&lines(1..50)), 0..49);
        }
        assert_eq!(Window::newest(FIT).range(&Lines::default()), 0..0);
    }

    #[test]
    fn the_newest_are_followed_in_steps() {
        let starts: Vec<_> =
            (1_000..1_032).map(|end| Window::newest(FIT).range(&lines(0..end)).start).collect();
        assert!(starts.is_sorted() && starts[31] - starts[0] == 32);
        assert_eq!(starts.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    }

    #[test]
    fn whoever_reads_has_rows_around_them_and_not_too_many() {
        let lines = lines(0..5_000);
        let mut window = Window::newest(FIT);
        let mut moves = 0;
        for at in (0..5_000 - FIT).rev().chain(0..5_000 - FIT) {
            let next = window.follow(&lines, at, FIT);
            moves += usize::from(next.range(&lines) != window.range(&lines));
            window = next;
            let range = window.range(&lines);
            assert!(range.start <= at.saturating_sub(NEAR), "{at} in {range:?}");
            assert!(range.end >= (at + FIT + NEAR).min(5_000), "{at} in {range:?}");
            assert!(range.len() <= FIT + 2 * AROUND + STEP, "{range:?}");
        }
        assert!(moves < 2 * 5_000 / 20, "it moved {moves} times");
    }

    #[test]
    fn a_leap_draws_what_is_in_sight_and_rest_the_others() {
        let lines = lines(0..5_000);
        for at in [0, 3, 2_500, 4_990, 4_999] {
            let leap = Window::leap(&lines, Some(at), FIT);
            let range = leap.range(&lines);
            assert!(range.start <= at && range.end >= (at + FIT).min(5_000), "{at} in {range:?}");
            assert!(range.len() <= FIT + 2 * AROUND_LEAP, "{range:?}");
            assert_eq!(leap.follow(&lines, at, FIT), leap, "nothing has moved");
            let wide = leap.widened(&lines);
            assert_eq!(wide.range(&lines), Window::around(&lines, at, FIT).range(&lines));
        }
        let leap = Window::leap(&lines, Some(2_500), FIT);
        assert_eq!(leap.follow(&lines, 2_550, FIT), Window::around(&lines, 2_550, FIT), "the reader goes on");
        let first = leap.range(&lines).start;
        assert_eq!(
            leap.follow(&lines, first, FIT),
            Window::around(&lines, first, FIT),
            "nothing is drawn above"
        );
        let newest = Window::leap(&lines, None, FIT);
        assert_eq!(newest.range(&lines).len(), FIT + 2 * AROUND_LEAP);
        assert_eq!(newest.widened(&lines), Window::newest(FIT));
        assert_eq!(leap.follow_newest(&lines, Some(4_990), FIT), Window::newest(FIT));
    }

    #[test]
    fn a_room_opens_with_what_fills_the_screen() {
        let lines = lines(0..50);
        let first = Window::opening();
        assert_eq!(first.range(&Lines::default()), 0..0);
        assert_eq!(first.range(&lines), 30..50);
        assert_eq!(first.follow_newest(&lines, None, FIT), first, "nothing is there yet");
        assert_eq!(first.follow_newest(&lines, Some(35), FIT), first);
        assert_eq!(first.follow_newest(&lines, Some(30), FIT), Window::newest(FIT), "the screen is not full");
        assert_eq!(first.widened(&lines), Window::newest(FIRST));
    }

    #[test]
    fn what_comes_above_or_below_moves_nobody() {
        let window = Window::newest(FIT).follow(&lines(2_000..3_000), 900, FIT);
        let seen = |lines: &Lines| {
            let range = window.range(lines);
            (lines.get(range.start).unwrap().message.seq, range.len())
        };
        let before = seen(&lines(2_000..3_000));
        assert_eq!(seen(&lines(1_800..3_000)), before);
        assert_eq!(before.1, 120, "up to the newest");
        assert_eq!(seen(&lines(2_000..3_100)).1, FIT + 2 * AROUND + STEP);
    }
}
