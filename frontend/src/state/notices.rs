//! The entries of a room that are shown although they are not messages: who joined or left, who may do what, and which
//! rules apply. Only those since the page was loaded are kept; history contains only messages.

use std::rc::Rc;

use holdline_shared::{Entry, Seq};

/// The maximum number of notices kept per room: nobody scrolls up for more.
const KEPT: usize = 200;

/// The notices, in log order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notices(Vec<Rc<Entry>>);

impl Notices {
    /// Adds a notice that is newer than the others.
    pub fn push(&mut self, entry: &Entry) {
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(Rc::new(entry.clone()));
    }

    /// The notices after one message and before the next; without a next one, all that follow.
    pub fn between(&self, after: Option<Seq>, before: Option<Seq>) -> &[Rc<Entry>] {
        let place = |seq: Seq| self.0.partition_point(|entry| entry.seq < seq);
        let (start, end) = (after.map_or(0, place), before.map_or(self.0.len(), place));
        self.0.get(start..end).unwrap_or_default()
    }

    /// Removes all notices.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::EntryKind;

    use super::*;
    use crate::state::samples::entry;

    #[test]
    fn notices_stand_between_the_messages_around_them() {
        let mut notices = Notices::default();
        for seq in [2, 5, 6] {
            notices.push(&entry(seq, "ada", EntryKind::Room { topic: "x".parse().unwrap(), policy: None }));
        }
        let between = |after: Option<u64>, before: Option<u64>| {
            let found = notices.between(after.map(Seq), before.map(Seq));
            found.iter().map(|entry| entry.seq.0).collect::<Vec<_>>()
        };
        assert_eq!(between(None, Some(4)), [2]);
        assert_eq!(between(Some(4), Some(6)), [5]);
        assert_eq!(between(Some(4), None), [5, 6]);
        assert_eq!(between(Some(9), Some(4)), [0; 0]);
    }

    #[test]
    fn old_notices_go() {
        let mut notices = Notices::default();
        for seq in 1..=300 {
            notices.push(&entry(seq, "ada", EntryKind::Room { topic: "x".parse().unwrap(), policy: None }));
        }
        assert_eq!(notices.between(None, None).len(), KEPT);
    }
}
