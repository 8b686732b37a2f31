//! The rows of a long conversation that are on the page: those in sight and some around them. What is above and below is
//! empty space, so that 100,000 messages cost what a hundred do.

use std::ops::Range;

use holdline_shared::Seq;

use super::Lines;

/// Rows beyond those in sight, on each side: more than a page of them, so that a key for the next page finds it drawn.
const AROUND: usize = 40;

/// The number of messages left on a side below which the window moves.
const NEAR: usize = 15;

/// The number of new messages for which the upper edge moves once, at the newest ones.
const STEP: usize = 16;

/// A part of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first one; none follows the newest.
    first: Option<Seq>,
    /// The number of messages that fit on the screen, at most.
    fit: usize,
}

impl Window {
    /// The newest messages.
    pub fn newest(fit: usize) -> Self {
        Self { first: None, fit }
    }

    /// The messages around the one at this place.
    pub fn around(lines: &Lines, at: usize, fit: usize) -> Self {
        let first = lines.get(at.saturating_sub(AROUND)).map(|line| line.message.seq);
        Self { first, fit }
    }

    /// The messages that are to be there when the one at this place is the first in sight: the same, as long as there are
    /// some around it on both sides.
    #[must_use]
    pub fn follow(self, lines: &Lines, at: usize, fit: usize) -> Self {
        let Range { start, end } = self.range(lines);
        let has_above = start == 0 || start + NEAR <= at;
        let has_below = end == lines.len() || at + fit + NEAR <= end;
        let stays = has_above && has_below && fit == self.fit;
        Self::around(lines, if stays { start + AROUND } else { at }, fit)
    }

    /// Their places.
    pub fn range(self, lines: &Lines) -> Range<usize> {
        let (size, len) = (self.fit + 2 * AROUND, lines.len());
        match self.first {
            None => len.saturating_sub(size) / STEP * STEP..len,
            Some(seq) => {
                let from = lines.find(seq).unwrap_or_else(|at| at);
                from..len.min(from + size + STEP)
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
