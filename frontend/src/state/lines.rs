//! A room's messages in log order, in pages that successive states share, so that a new message in a room of 100,000
//! copies one page and not the room.

use std::rc::Rc;

use holdline_shared::Seq;

use super::Line;

/// The maximum number of messages on a page: about the square root of a large room, so that neither the pages nor the
/// messages on one are many.
const PAGE: usize = 256;

type Page = Vec<Rc<Line>>;

/// A room's messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines(Rc<Vec<Rc<Page>>>);

impl Lines {
    /// The number of messages.
    pub fn len(&self) -> usize {
        self.0.iter().map(|page| page.len()).sum()
    }

    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message at this index.
    pub fn get(&self, at: usize) -> Option<&Rc<Line>> {
        let (page, at) = self.locate(at);
        self.0.get(page)?.get(at)
    }

    /// The oldest message.
    pub fn first(&self) -> Option<&Rc<Line>> {
        self.0.first()?.first()
    }

    /// The newest message.
    pub fn last(&self) -> Option<&Rc<Line>> {
        self.0.last()?.last()
    }

    /// The newest message's position in the log; the log's start if there are no messages.
    pub fn last_seq(&self) -> Seq {
        self.last().map(|line| line.message.seq).unwrap_or_default()
    }

    /// The messages from the newest to the oldest.
    pub fn newest_first(&self) -> impl Iterator<Item = &Rc<Line>> {
        self.0.iter().rev().flat_map(|page| page.iter().rev())
    }

    /// Returns the index of the message with this `seq`, or the index at which to insert it.
    pub fn find(&self, seq: Seq) -> Result<usize, usize> {
        let mut before = 0;
        for page in self.0.iter() {
            if page.last().is_some_and(|line| line.message.seq >= seq) {
                let found = page.binary_search_by_key(&seq, |line| line.message.seq);
                return found.map(|at| before + at).map_err(|at| before + at);
            }
            before += page.len();
        }
        Err(before)
    }

    /// The message at this index, mutable.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Rc<Line>> {
        let (page, at) = self.locate(at);
        Rc::make_mut(Rc::make_mut(&mut self.0).get_mut(page)?).get_mut(at)
    }

    /// Inserts a message at this index.
    pub fn insert(&mut self, at: usize, line: Rc<Line>) {
        let (page, at) = self.locate(at);
        let pages = Rc::make_mut(&mut self.0);
        let Some(here) = pages.get_mut(page).map(Rc::make_mut) else {
            return pages.push(Rc::new(vec![line]));
        };
        if here.len() < PAGE {
            return here.insert(at, line);
        }
        let mut rest = here.split_off(at);
        if at < PAGE {
            here.push(line);
        } else {
            rest.push(line);
        }
        if !rest.is_empty() {
            pages.insert(page + 1, Rc::new(rest));
        }
    }

    /// Removes all messages.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the page and the index on it. An index between two pages belongs to the start of the second.
    fn locate(&self, mut at: usize) -> (usize, usize) {
        let last = self.0.len().saturating_sub(1);
        for (number, page) in self.0.iter().enumerate() {
            if at < page.len() || number == last {
                return (number, at);
            }
            at -= page.len();
        }
        (0, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::line;

    /// Returns the lines with these numbers, inserted one after the other.
    fn lines(seqs: impl IntoIterator<Item = u64>) -> Lines {
        let mut lines = Lines::default();
        for seq in seqs {
            let at = lines.find(Seq(seq)).unwrap_err();
            lines.insert(at, line(seq, "ada", seq, "x"));
        }
        lines
    }

    fn check(lines: &Lines, expected: &[u64]) {
        assert_eq!(lines.len(), expected.len());
        let mut seqs: Vec<_> = lines.newest_first().map(|line| line.message.seq.0).collect();
        seqs.reverse();
        assert_eq!(seqs, expected);
        for (at, &seq) in expected.iter().enumerate() {
            assert_eq!(lines.get(at).map(|line| line.message.seq), Some(Seq(seq)));
            assert_eq!(lines.find(Seq(seq)), Ok(at));
        }
        assert!(lines.get(expected.len()).is_none());
        assert!(lines.0.iter().all(|page| !page.is_empty() && page.len() <= PAGE));
    }

    #[test]
    fn stay_in_order_wherever_they_come() {
        let all: Vec<u64> = (1..=1_500).collect();
        check(&lines(all.iter().copied()), &all);
        check(&lines(all.iter().rev().copied()), &all);
        let odd_first = all.iter().filter(|seq| *seq % 2 == 1).chain(all.iter().filter(|seq| *seq % 2 == 0));
        check(&lines(odd_first.copied()), &all);
        let pages_of_history = all.rchunks(200).flat_map(|page| page.iter().copied());
        check(&lines(pages_of_history), &all);
        check(&Lines::default(), &[]);
    }

    #[test]
    fn a_new_one_copies_one_page() {
        let before = lines(1..=2_000);
        let mut after = before.clone();
        after.insert(2_000, line(2_001, "bob", 0, "new"));
        let shared = before.0.iter().zip(after.0.iter()).filter(|(old, new)| Rc::ptr_eq(old, new)).count();
        assert!(shared + 1 >= before.0.len(), "{shared} of {} pages are shared", before.0.len());
        assert_eq!((before.len(), after.len()), (2_000, 2_001));
        Rc::make_mut(after.get_mut(7).unwrap()).message.text = None;
        assert!(before.get(7).unwrap().message.text.is_some());
        assert_ne!(before, after);
    }
}
