//! The records of publishers and subscribers, from which the report is made.

use holdline_shared::{Cursor, Entry, EntryKind, PersonId, PublishKey, Role, RoomName, Seq};

/// An answer to a member of the private room.
#[derive(Debug)]
pub(super) struct Hearing {
    pub(super) incarnation: usize,
    pub(super) person: PersonId,
    pub(super) entries: usize,
    /// The newest position of which the answer tells.
    pub(super) newest: Seq,
    /// The head of the log when the answer left the server.
    pub(super) head: Seq,
}

impl Hearing {
    /// Whether the person was no member of the room from the newest position on until the answer left.
    pub(super) fn is_leak(&self, room: &RoomName, log: &[Entry]) -> bool {
        let mut is_member = false;
        for entry in log.iter().filter(|entry| entry.room == *room && entry.seq <= self.head) {
            let EntryKind::Member(change) = &entry.kind else { continue };
            if change.person.id != self.person {
                continue;
            }
            is_member = change.role > Role::None || (is_member && entry.seq > self.newest);
        }
        self.entries > 0 && !is_member
    }
}

/// A message that a publisher wants to publish once.
#[derive(Debug)]
pub(super) struct PublishRecord {
    pub(super) room: RoomName,
    /// The keys used; correct publishers use one.
    pub(super) keys: Vec<PublishKey>,
    pub(super) tries: usize,
    pub(super) is_acknowledged: bool,
}

/// The record of a publisher.
#[derive(Debug)]
pub(super) struct PublisherRecord {
    pub(super) author: PersonId,
    pub(super) publishes: Vec<PublishRecord>,
}

/// The record of a subscriber: the entries and messages that it showed.
#[derive(Debug, Default)]
pub(super) struct SubscriberRecord {
    pub(super) segments: Vec<Segment>,
    /// Whether the history of a joined room is still outstanding.
    pub(super) is_joining: bool,
    /// The number of entries of rooms that the subscriber did not ask for.
    pub(super) unrequested: usize,
}

/// A subscriber's uninterrupted stay in a room, in one incarnation of the log.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) incarnation: usize,
    /// The room; `None` for all rooms.
    pub(super) room: Option<RoomName>,
    /// The position up to which history was read.
    pub(super) from: Seq,
    pub(super) page: Vec<(Seq, PublishKey)>,
    /// The entries that polls delivered after that.
    pub(super) polled: Vec<(Seq, String)>,
    /// The position up to which the polls have come.
    pub(super) upto: Seq,
    pub(super) is_open: bool,
}

impl Segment {
    pub(super) fn concerns(&self, entry: &Entry) -> bool {
        self.room.as_ref().is_none_or(|room| *room == entry.room)
    }
}

impl SubscriberRecord {
    /// Ends the segments of this room, or all.
    pub(super) fn close(&mut self, room: Option<&RoomName>) {
        for segment in
            self.segments.iter_mut().filter(|segment| room.is_none() || segment.room.as_ref() == room)
        {
            segment.is_open = false;
        }
    }

    /// Records the entries of a poll.
    pub(super) fn show(&mut self, entries: &[Entry]) {
        for entry in entries {
            let mut open = self.segments.iter_mut().filter(|segment| segment.is_open);
            match open.find(|segment| segment.concerns(entry)) {
                // Entries that history contained are not shown again.
                Some(segment) if entry.seq <= segment.from => {}
                Some(segment) => segment.polled.push((entry.seq, fingerprint(entry))),
                None => self.unrequested += 1,
            }
        }
    }

    /// Records the cursor of a poll.
    pub(super) fn reach(&mut self, cursor: Cursor) {
        for segment in self.segments.iter_mut().filter(|segment| segment.is_open) {
            segment.upto = segment.upto.max(cursor.seq);
        }
    }

    /// Whether everything in the log was shown.
    pub(super) fn has_all(&self, incarnation: usize, entries: &[Entry]) -> bool {
        let mut open = self.segments.iter().filter(|segment| segment.is_open).peekable();
        !self.is_joining
            && open.peek().is_some()
            && open.all(|segment| {
                let newest =
                    entries.iter().rev().find(|entry| segment.concerns(entry)).map(|entry| entry.seq);
                segment.incarnation == incarnation && newest.is_none_or(|newest| newest <= segment.upto)
            })
    }
}

/// Identifies an entry independently of whether its text was deleted since.
pub(super) fn fingerprint(entry: &Entry) -> String {
    format!("{} {:?}", entry.room, entry.kind.clone().redacted())
}
