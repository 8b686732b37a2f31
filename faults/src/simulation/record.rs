//! What publishers and subscribers know, for the verdict.

use holdline_shared::{Cursor, Entry, EntryKind, PersonId, PublishKey, RoomName, Seq};

/// One thing that a publisher wanted to say, once.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) room: RoomName,
    /// One, for who keeps the rules.
    pub(super) keys: Vec<PublishKey>,
    pub(super) tries: usize,
    pub(super) is_acknowledged: bool,
}

/// What a publisher knows.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) author: PersonId,
    pub(super) wishes: Vec<Wish>,
}

/// What a subscriber was shown.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) segments: Vec<Segment>,
    /// Rooms were asked for whose history is still on its way.
    pub(super) is_joining: bool,
    /// Entries of rooms that nobody asked for.
    pub(super) strays: usize,
}

/// A subscriber's being in a room without a break, in one life of the log.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) life: usize,
    /// `None`: all of them.
    pub(super) room: Option<RoomName>,
    /// History was read up to here.
    pub(super) from: Seq,
    pub(super) page: Vec<(Seq, PublishKey)>,
    /// What the polls brought after that.
    pub(super) polled: Vec<(Seq, String)>,
    /// Everything up to here is said to have been seen.
    pub(super) upto: Seq,
    pub(super) is_open: bool,
}

impl Segment {
    pub(super) fn concerns(&self, entry: &Entry) -> bool {
        self.room.as_ref().is_none_or(|room| *room == entry.room)
    }
}

impl Record {
    /// Nothing more is shown in these segments, or in all.
    pub(super) fn close(&mut self, room: Option<&RoomName>) {
        for segment in
            self.segments.iter_mut().filter(|segment| room.is_none() || segment.room.as_ref() == room)
        {
            segment.is_open = false;
        }
    }

    /// Shows what a poll brought.
    pub(super) fn show(&mut self, entries: &[Entry]) {
        for entry in entries {
            let mut open = self.segments.iter_mut().filter(|segment| segment.is_open);
            match open.find(|segment| segment.concerns(entry)) {
                // What history has told already is not shown again.
                Some(segment) if entry.seq <= segment.from => {}
                Some(segment) => segment.polled.push((entry.seq, mark(entry))),
                None => self.strays += 1,
            }
        }
    }

    /// The polls have come to here.
    pub(super) fn reach(&mut self, cursor: Cursor) {
        for segment in self.segments.iter_mut().filter(|segment| segment.is_open) {
            segment.upto = segment.upto.max(cursor.seq);
        }
    }

    /// Whether there is nothing in the log that was not shown.
    pub(super) fn has_all(&self, life: usize, entries: &[Entry]) -> bool {
        let mut open = self.segments.iter().filter(|segment| segment.is_open).peekable();
        !self.is_joining
            && open.peek().is_some()
            && open.all(|segment| {
                let newest =
                    entries.iter().rev().find(|entry| segment.concerns(entry)).map(|entry| entry.seq);
                segment.life == life && newest.is_none_or(|newest| newest <= segment.upto)
            })
    }
}

/// What an entry is, whatever became of its text since.
pub(super) fn mark(entry: &Entry) -> String {
    let room = &entry.room;
    match &entry.kind {
        EntryKind::Message { key, .. } => format!("{room} message {key}"),
        EntryKind::Edit { target, .. } => format!("{room} edit {target}"),
        EntryKind::Delete { target } => format!("{room} delete {target}"),
        EntryKind::Reaction { target, emoji, on } => format!("{room} reaction {target} {emoji} {on}"),
        EntryKind::Room { topic } => format!("{room} room {topic}"),
        other => format!("{room} {other:?}"),
    }
}
