//! Messages that were sent and have not come back as entries. In order; pure: the engine keeps them in storage and sends
//! them.

use std::rc::Rc;

use holdline_shared::{PersonId, PublishKey, PublishRequest, RoomName, Seq, Timestamp};

use super::Line;

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The room.
    pub room: RoomName,
    /// The request, with the key by which its entry is known again.
    pub request: PublishRequest,
    /// The moment when it was typed, by this machine's clock.
    pub at: Timestamp,
    /// The progress on its way.
    pub progress: Progress,
}

/// The progress of a message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Progress {
    /// The message is not acknowledged, and is sent until it is.
    #[default]
    Pending,
    /// The server has it, at this place in the log; the poll will bring it.
    Sent(Seq),
    /// The server refuses it, for this reason; it is not sent again by itself.
    Failed(String),
}

/// Messages on their way, in the order in which they were said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outbox {
    items: Vec<Rc<Sending>>,
    /// The reason why the next one is not being sent at this moment.
    pub delay: Option<String>,
}

impl Outbox {
    /// Messages that storage had kept, sorted by when they were said.
    pub fn restore(items: Vec<Sending>) -> Self {
        let mut outbox = Self::default();
        for item in items {
            outbox.put(item);
        }
        outbox
    }

    /// Takes a message that another tab keeps, in place of what was known of it.
    pub fn put(&mut self, item: Sending) {
        let key = item.request.key;
        if let Some(known) = self.items.iter_mut().find(|known| known.request.key == key) {
            // Storage does not tell that a message was acknowledged.
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

    /// Records how far a message has come.
    pub fn advance(&mut self, key: PublishKey, progress: Progress) {
        if let Some(item) = self.items.iter_mut().find(|item| item.request.key == key) {
            Rc::make_mut(item).progress = progress;
        }
    }

    /// Takes a message out, unsent.
    pub fn discard(&mut self, key: PublishKey) {
        self.items.retain(|item| item.request.key != key);
    }

    /// Takes out what has arrived: the messages that are among `lines` as those of `me`.
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

    /// Takes out what was acknowledged and can only be further up, because everything up to `seq` has been read.
    pub fn settle_up_to(&mut self, room: &RoomName, seq: Seq) {
        self.items.retain(|item| {
            item.room != *room || !matches!(item.progress, Progress::Sent(sent) if sent <= seq)
        });
    }
}
