//! The state of one room: its loaded messages, the gaps between them, and what is unread. Every entry counts exactly
//! once, by its `seq`, whether it arrives with history, before it or after it.

mod pages;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use holdline_shared::{Cursor, Entry, EntryKind, Message, Person, PersonId, RoomName, Seq, Topic};

use super::{Line, Lines, Notices};

/// The stage of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// The room is not loaded, or out of date: it must be joined before its messages are shown as complete.
    Idle,
    /// The room is polled, and its history is loading; entries wait for it.
    Joining,
    /// The room is complete up to the last batch.
    Ready,
    /// The room does not exist.
    Missing,
    /// The server refuses the room, for this reason.
    Refused(String),
}

impl Phase {
    /// Whether the page shows a reason in place of the room.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Missing | Self::Refused(_))
    }
}

/// The stage of loading older messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Older {
    /// No request is outstanding.
    #[default]
    Idle,
    /// A request is outstanding.
    Loading,
    /// The last request failed.
    Failed,
}

/// A gap directly before a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first message after the gap.
    pub before: Seq,
    /// Whether the log itself was replaced, so that earlier messages cannot be requested.
    pub is_new_log: bool,
}

/// The newest message of a room, as a list of rooms shows it.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// The newest message that is not deleted.
    pub newest: Seq,
    /// The same, by the list before.
    pub newest_before: Option<Seq>,
    /// The position at which the list was read.
    pub upto: Seq,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The room's name.
    pub name: RoomName,
    /// The topic.
    pub topic: Topic,
    /// The room's stage.
    pub phase: Phase,
    /// The loaded messages, in log order.
    pub lines: Lines,
    /// Notices of members who joined or left and of new rules, since the page was loaded.
    pub notices: Notices,
    /// The places between `lines` where messages are missing.
    pub gaps: Vec<Gap>,
    /// Whether older messages exist.
    pub more: bool,
    /// The stage of loading them.
    pub older: Older,
    /// The known messages from others that were not seen yet.
    pub unread: Vec<Seq>,
    /// Whether there may be more unread messages above the loaded ones.
    pub has_unread_above: bool,
    /// Whether there are unread messages that `unread` does not list, because the room was not polled at the time.
    pub has_uncounted: bool,
    /// The last known entry.
    pub head: Seq,
    read_at: Option<Cursor>,
    waiting: Vec<Entry>,
}

impl Room {
    /// Makes a room of which only the seen position is known.
    pub fn new(name: RoomName, seen: Seq) -> Self {
        Self {
            name,
            topic: Topic::default(),
            phase: Phase::Idle,
            lines: Lines::default(),
            notices: Notices::default(),
            gaps: Vec::new(),
            more: false,
            older: Older::Idle,
            unread: Vec::new(),
            has_unread_above: false,
            has_uncounted: false,
            head: seen,
            read_at: None,
            waiting: Vec::new(),
        }
    }

    /// Applies an entry from a poll; while the room is joining, the entry waits.
    pub fn hear(&mut self, entry: Entry, me: Option<&PersonId>) {
        match self.phase {
            Phase::Joining => self.waiting.push(entry),
            Phase::Ready => self.apply(&entry, me),
            Phase::Idle | Phase::Missing | Phase::Refused(_) => {
                if entry.seq > self.head {
                    self.head = entry.seq;
                    self.count(&entry, me);
                }
            }
        }
    }

    /// Applies a list of rooms to this room. Unread messages between the newest one that is left and the position at
    /// which the list was read were deleted. A message counts as unread if the previous list had it, or if there was no
    /// previous list: a poll may still bring a message that is new in this list.
    pub fn see_listed(&mut self, seen: Seq, listed: Listed) {
        let Listed { newest, newest_before, upto } = listed;
        self.unread.retain(|seq| *seq <= newest || *seq > upto);
        self.has_uncounted &= newest > seen;
        if self.phase == Phase::Idle {
            let known = seen.max(self.head);
            self.has_uncounted |= newest_before.unwrap_or(newest).min(newest) > known;
        }
    }

    /// The message before which to request older ones.
    pub fn oldest(&self) -> Option<Seq> {
        self.lines.first().map(|line| line.message.seq)
    }

    /// The position of the log at which the newest page of history was read.
    pub fn read_at(&self) -> Option<Cursor> {
        self.read_at
    }

    /// The message with this `seq`, if it is loaded.
    pub fn line(&self, seq: Seq) -> Option<&Rc<Line>> {
        self.lines.get(self.lines.find(seq).ok()?)
    }

    /// Whether the message with this `seq` may exist although it is not loaded: above the loaded messages, or in a gap.
    pub fn may_lack(&self, seq: Seq) -> bool {
        let Err(below) = self.lines.find(seq) else { return false };
        let next = self.lines.get(below).map(|line| line.message.seq);
        let is_in_gap = || self.gaps.iter().any(|gap| Some(gap.before) == next && !gap.is_new_log);
        if below == 0 { self.more } else { is_in_gap() }
    }

    /// Whether the message with this `seq` is known to be deleted, or not to be in the log any more.
    pub fn is_gone(&self, seq: Seq) -> bool {
        match self.line(seq) {
            Some(line) => line.message.text.is_none(),
            None => self.phase == Phase::Ready && seq <= self.head && !self.may_lack(seq),
        }
    }

    /// The newest message of this person that is not deleted.
    pub fn newest_of(&self, person: &Person) -> Option<Seq> {
        let mut newest_first = self.lines.newest_first().map(|line| &line.message);
        newest_first.find(|said| said.author.id == person.id && said.text.is_some()).map(|said| said.seq)
    }

    /// Whether the room has anything unseen.
    pub fn has_news(&self) -> bool {
        self.has_uncounted || !self.unread.is_empty()
    }

    /// Records that everything up to `seen` was on the screen, in this tab or another.
    pub fn read(&mut self, seen: Seq) {
        self.unread.retain(|seq| *seq > seen);
        self.has_unread_above &= self.oldest().is_some_and(|oldest| oldest > seen);
        self.has_uncounted &= self.head > seen;
    }

    /// Marks the room as out of date: it must be joined again before it is shown as complete.
    pub fn must_rejoin(&mut self) {
        self.phase = Phase::Idle;
        self.waiting.clear();
    }

    fn apply(&mut self, entry: &Entry, me: Option<&PersonId>) {
        if entry.seq <= self.head {
            return;
        }
        self.head = entry.seq;
        self.count(entry, me);
        match &entry.kind {
            EntryKind::Message { .. } => {
                if let (Some(message), Err(at)) = (Message::from_entry(entry), self.lines.find(entry.seq)) {
                    self.lines.insert(at, Rc::new(Line { message, as_of: entry.seq }));
                }
            }
            EntryKind::Edit { target, .. }
            | EntryKind::Delete { target }
            | EntryKind::Reaction { target, .. } => {
                if let Ok(at) = self.lines.find(*target)
                    && let Some(line) = self.lines.get_mut(at)
                {
                    Rc::make_mut(line).fold(entry, me);
                }
            }
            EntryKind::Room { topic, policy } => {
                self.topic = topic.clone();
                if policy.is_some() {
                    self.notices.push(entry);
                }
            }
            EntryKind::Member(_) => self.notices.push(entry),
            // A kind from a newer server: moves the head and shows nothing.
            _ => {}
        }
    }

    /// Counts a message of others as unread until it is deleted.
    fn count(&mut self, entry: &Entry, me: Option<&PersonId>) {
        match &entry.kind {
            EntryKind::Message { text: Some(_), .. } if me != Some(&entry.author.id) => {
                self.unread.push(entry.seq);
            }
            EntryKind::Delete { target } => self.unread.retain(|seq| seq != target),
            _ => {}
        }
    }
}
