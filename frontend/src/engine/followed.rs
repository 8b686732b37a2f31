//! The progress of a tab that does not poll, relative to the tab that polls for it. Pure.

use holdline_shared::Cursor;

/// The position of a tab that follows a leader.
#[derive(Debug, Clone, Default)]
pub(super) struct Followed {
    /// The position up to which everything was received. Ahead of the subscription by the empty answers.
    reached: Option<Cursor>,
    /// The leader's position, when its answers left something out for this tab.
    ahead: Option<Cursor>,
}

impl Followed {
    /// Whether an answer to a poll from `from` leaves nothing out for a tab at `position`. An answer that does leave
    /// something out is remembered.
    pub(super) fn fits(&mut self, position: Cursor, from: Cursor, to: Cursor) -> bool {
        let reached = self.reached.filter(|at| at.epoch == position.epoch && at.seq > position.seq);
        let reached = reached.unwrap_or(position);
        let fits = from.epoch == reached.epoch && to.epoch == reached.epoch && from.seq <= reached.seq;
        if fits {
            self.reached = Some(if to.seq > reached.seq { to } else { reached });
        } else {
            self.ahead = Some(to);
        }
        fits
    }

    /// Remembers an answer that the tab cannot use at this moment.
    pub(super) fn skip(&mut self, to: Cursor) {
        self.ahead = Some(to);
    }

    /// Whether a tab at `position` has to catch up with a poll of its own. Returns `true` only once: one poll is
    /// enough.
    pub(super) fn must_catch_up(&mut self, position: Cursor) -> bool {
        self.ahead.take().is_some_and(|at| at.epoch == position.epoch && at.seq > position.seq)
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::{Epoch, Seq};

    use super::*;
    use crate::state::samples::at;

    #[test]
    fn answer_that_leaves_nothing_out_is_taken() {
        let mut followed = Followed::default();
        assert!(followed.fits(at(5), at(5), at(7)));
        assert!(followed.fits(at(5), at(7), at(9)), "what was empty counts, though the subscription stayed");
        assert!(followed.fits(at(5), at(3), at(4)), "from further back is no gap");
        assert!(followed.fits(at(5), at(9), at(9)), "and takes nothing back");
        assert!(!followed.must_catch_up(at(5)));
    }

    #[test]
    fn tab_that_skipped_an_answer_catches_up_once() {
        let mut followed = Followed::default();
        assert!(!followed.fits(at(5), at(6), at(8)));
        assert!(followed.must_catch_up(at(5)));
        assert!(!followed.must_catch_up(at(5)), "one poll is enough");
        assert!(!followed.fits(at(5), at(8), at(9)));
        assert!(!followed.must_catch_up(at(9)), "it had been caught up already");
        assert!(followed.fits(at(9), at(9), at(10)));
        followed.skip(at(12));
        assert!(followed.must_catch_up(at(10)));
    }

    #[test]
    fn another_log_is_never_taken() {
        let mut followed = Followed::default();
        let other = |seq| Cursor { epoch: Epoch(0xBAD), seq: Seq(seq) };
        assert!(!followed.fits(at(5), other(2), other(3)));
        assert!(!followed.must_catch_up(at(5)), "the subscription finds out by itself");
        assert!(followed.fits(other(3), other(3), other(4)));
    }
}
