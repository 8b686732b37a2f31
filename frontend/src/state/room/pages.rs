//! Merges pages of history into the messages on the screen, and tracks the gaps between them.

use std::rc::Rc;

use holdline_shared::{History, Message, PersonId, Seq};

use super::{Gap, Older, Phase, Room};
use crate::state::Line;

impl Room {
    /// Applies the newest page of history, then the entries that arrived while it was loading. Messages on the screen
    /// are kept, unless the log was replaced. Everything up to `seen` was on the screen before.
    pub fn join(&mut self, page: History, seen: Seq, me: Option<&PersonId>) {
        let is_new_log = self.read_at.is_some_and(|old| old.epoch != page.cursor.epoch);
        if is_new_log {
            self.lines.clear();
            self.notices.clear();
            self.gaps.clear();
        }
        let cut = self.lines.last().map(|newest| newest.message.seq);
        if let Some(first) = page.messages.first().map(|message| message.seq) {
            let leaves_gap = page.more && cut.is_some_and(|newest| newest < first);
            if leaves_gap || (is_new_log && !page.messages.is_empty()) {
                self.gaps.push(Gap { before: first, is_new_log });
            }
        }
        let begins_above =
            page.messages.first().is_some_and(|first| self.oldest().is_some_and(|old| first.seq < old));
        if self.lines.is_empty() || begins_above {
            self.more = page.more;
        }
        self.topic = page.topic;
        // A page from a server that is behind does not move the head back, unless the log was replaced.
        self.head = if is_new_log { page.cursor.seq } else { page.cursor.seq.max(self.lines.last_seq()) };
        self.read_at = Some(page.cursor);
        self.merge(page.messages, page.cursor.seq);
        self.phase = Phase::Ready;
        self.older = Older::Idle;
        for entry in std::mem::take(&mut self.waiting) {
            self.apply(&entry, me);
        }
        let unseen = self.lines.newest_first().take_while(|line| line.message.seq > seen);
        let unread = unseen.filter(|line| line.message.text.is_some() && is_of_others(line, me));
        self.unread = unread.map(|line| line.message.seq).collect();
        self.unread.reverse();
        self.has_unread_above = self.more && self.oldest().is_some_and(|oldest| oldest > seen);
        self.has_uncounted = false;
    }

    /// Applies an older page: the messages before `before`, where the room begins or a gap ends.
    pub fn extend(&mut self, before: Seq, page: History) {
        self.older = Older::Idle;
        if self.read_at.is_none_or(|at| at.epoch != page.cursor.epoch) {
            return;
        }
        let first = page.messages.first().map(|message| message.seq);
        if let Some(gap) = self.gaps.iter().position(|gap| gap.before == before) {
            let (Ok(below) | Err(below)) = self.lines.find(before);
            let above = below.checked_sub(1).and_then(|at| self.lines.get(at));
            let newest_above = above.map(|line| line.message.seq).unwrap_or_default();
            match first {
                Some(first) if page.more && first > newest_above => self.gaps[gap].before = first,
                _ => drop(self.gaps.remove(gap)),
            }
        } else if self.lines.first().is_none_or(|line| line.message.seq == before) {
            self.more = page.more;
        }
        self.merge(page.messages, page.cursor.seq);
    }

    /// Applies messages around a requested one, far above the loaded ones or in a gap. The page ends before `before`,
    /// and the gaps around it are marked.
    pub fn jump(&mut self, before: Seq, page: History) {
        self.older = Older::Idle;
        if self.read_at.is_none_or(|at| at.epoch != page.cursor.epoch) {
            return;
        }
        let (Ok(below) | Err(below)) = self.lines.find(before);
        let seq_at = |at: usize| self.lines.get(at).map(|line| line.message.seq);
        let (above, next) = (below.checked_sub(1).and_then(seq_at), seq_at(below));
        if let Some(first) = page.messages.first().map(|message| message.seq) {
            match above {
                // The old gap remains below the page; the new one is above it.
                Some(above) if page.more && above < first => {
                    self.gaps.push(Gap { before: first, is_new_log: false });
                }
                Some(_) => {}
                None => {
                    self.gaps.extend(next.map(|before| Gap { before, is_new_log: false }));
                    self.more = page.more;
                }
            }
        }
        self.merge(page.messages, page.cursor.seq);
    }

    /// Inserts messages read at `as_of` in log order; of two states of a message the later one is kept.
    fn merge(&mut self, messages: Vec<Message>, as_of: Seq) {
        for message in messages {
            let place = self.lines.find(message.seq);
            let line = Rc::new(Line { message, as_of });
            match place {
                Err(at) => self.lines.insert(at, line),
                Ok(at) => {
                    if let Some(known) = self.lines.get_mut(at).filter(|known| known.as_of < as_of) {
                        *known = line;
                    }
                }
            }
        }
    }
}

fn is_of_others(line: &Line, me: Option<&PersonId>) -> bool {
    me != Some(&line.message.author.id)
}
