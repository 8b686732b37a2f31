//! Messages that were sent and have not come back as entries, in order. Pure state: the engine stores and sends them.

use std::rc::Rc;

use holdline_shared::{PersonId, PublishKey, PublishRequest, RoomName, Seq, Timestamp};

use super::Line;

/// An outgoing message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The room.
    pub room: RoomName,
    /// The request, with the key that identifies its entry.
    pub request: PublishRequest,
    /// The time at which it was written, by this machine's clock.
    pub at: Timestamp,
    /// The message's progress.
    pub progress: Progress,
}

/// The progress of an outgoing message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Progress {
    /// The message is not acknowledged; sending is retried until it is.
    #[default]
    Pending,
    /// The server has the message, at this position in the log; a poll will bring its entry.
    Sent(Seq),
    /// The server refused the message, for this reason; it is not retried automatically.
    Failed(String),
}

/// Outgoing messages, in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outbox {
    items: Vec<Rc<Sending>>,
    /// The reason why the next message is not being sent at the moment.
    pub delay: Option<String>,
}

impl Outbox {
    /// Restores stored messages, sorted by the time at which they were written.
    pub fn restore(items: Vec<Sending>) -> Self {
        let mut outbox = Self::default();
        for item in items {
            outbox.put(item);
        }
        outbox
    }

    /// Adds a message that another tab stored, or replaces the known version of it.
    pub fn put(&mut self, item: Sending) {
        let key = item.request.key;
        if let Some(known) = self.items.iter_mut().find(|known| known.request.key == key) {
            // Storage does not record that a message was acknowledged.
            if !matches!(known.progress, Progress::Sent(_)) || item.progress != Progress::Pending {
                *known = Rc::new(item);
            }
            return;
        }
        let at = self.items.iter().position(|other| other.at > item.at).unwrap_or(self.items.len());
        self.items.insert(at, Rc::new(item));
    }

    /// The messages.
    pub fn items(&self) -> &[Rc<Sending>] {
        &self.items
    }

    /// The messages of one room.
    pub fn of_room<'a>(&'a self, room: &'a RoomName) -> impl Iterator<Item = &'a Rc<Sending>> {
        self.items.iter().filter(move |item| item.room == *room)
    }

    /// The message with this key.
    pub fn get(&self, key: PublishKey) -> Option<&Rc<Sending>> {
        self.items.iter().find(|item| item.request.key == key)
    }

    /// The message to send now.
    pub fn next(&self) -> Option<&Rc<Sending>> {
        self.items.iter().find(|item| item.progress == Progress::Pending)
    }

    /// Whether the server has refused a message of this room.
    pub fn has_failed(&self, room: &RoomName) -> bool {
        self.of_room(room).any(|item| matches!(item.progress, Progress::Failed(_)))
    }

    /// Adds a new message.
    pub fn push(&mut self, room: RoomName, request: PublishRequest, at: Timestamp) {
        self.items.push(Rc::new(Sending { room, request, at, progress: Progress::Pending }));
    }

    /// Records the progress of a message.
    pub fn advance(&mut self, key: PublishKey, progress: Progress) {
        if let Some(item) = self.items.iter_mut().find(|item| item.request.key == key) {
            Rc::make_mut(item).progress = progress;
        }
    }

    /// Holds all messages back until the reader sends them again, for this reason.
    pub fn hold_back(&mut self, why: &str) {
        for item in self.items.iter_mut().filter(|item| item.progress == Progress::Pending) {
            Rc::make_mut(item).progress = Progress::Failed(why.to_owned());
        }
    }

    /// Removes a message.
    pub fn discard(&mut self, key: PublishKey) {
        self.items.retain(|item| item.request.key != key);
    }

    /// Removes messages that have arrived: those among `lines` whose author is `me`.
    pub fn settle<'a>(&mut self, lines: impl IntoIterator<Item = &'a Rc<Line>>, me: Option<&PersonId>) {
        if self.items.is_empty() {
            return;
        }
        for line in lines {
            if me == Some(&line.message.author.id) {
                self.discard(line.message.key);
            }
        }
    }

    /// Removes acknowledged messages up to `seq`: the room has been read that far, so they can only be further up.
    pub fn settle_up_to(&mut self, room: &RoomName, seq: Seq) {
        self.items.retain(|item| {
            item.room != *room || !matches!(item.progress, Progress::Sent(sent) if sent <= seq)
        });
    }
}
