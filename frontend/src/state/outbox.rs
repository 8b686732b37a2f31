//! What was sent and has not come back yet as an entry. In order; pure; a hook keeps it in storage and sends it.

use std::rc::Rc;

use holdline_shared::{MessageText, PersonId, PublishKey, PublishRequest, RoomName, Seq, Timestamp};

use super::Line;
use crate::json::{Decode, Json, Object};

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// Where to.
    pub room: RoomName,
    /// What, with the key by which its entry is known again.
    pub request: PublishRequest,
    /// When it was typed, by this machine's clock.
    pub at: Timestamp,
    /// How far it has come.
    pub progress: Progress,
}

/// How far a message on its way has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Progress {
    /// Not acknowledged; it is sent until it is.
    #[default]
    Pending,
    /// The server has it, at this place in the log; the poll will bring it.
    Sent(Seq),
    /// The server refuses it, for this reason; it is not sent again by itself.
    Failed(String),
}

impl Sending {
    /// The body of the request that publishes it.
    pub fn to_request(&self) -> String {
        self.request_fields().end()
    }

    /// The form in which storage keeps it.
    pub fn to_json(&self) -> String {
        let object = self.request_fields().text("room", self.room.as_str()).number("at", self.at.0);
        match &self.progress {
            Progress::Failed(why) => object.text("failed", why).end(),
            Progress::Pending | Progress::Sent(_) => object.end(),
        }
    }

    fn request_fields(&self) -> Object {
        let PublishRequest { key, text, reply_to } = &self.request;
        let object = Object::default().text("key", &key.to_string()).text("text", text.as_str());
        match reply_to {
            Some(seq) => object.number("reply_to", seq.0),
            None => object,
        }
    }
}

impl Decode for Sending {
    fn decode(json: &Json) -> Option<Self> {
        let request = PublishRequest {
            key: Decode::decode(json.get("key"))?,
            text: Decode::decode(json.get("text"))?,
            reply_to: Decode::decode(json.get("reply_to"))?,
        };
        let progress =
            json.get("failed").text().map(|why| Progress::Failed(why.to_owned())).unwrap_or_default();
        let room = Decode::decode(json.get("room"))?;
        Some(Self { room, request, at: Timestamp::decode(json.get("at"))?, progress })
    }
}

/// Messages on their way, in the order in which they were said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outbox {
    items: Vec<Rc<Sending>>,
}

impl Outbox {
    /// Those that storage had kept, sorted by when they were said.
    pub fn restore(items: Vec<Sending>) -> Self {
        let mut outbox = Self::default();
        for item in items {
            outbox.put(item);
        }
        outbox
    }

    /// Takes one that another tab keeps, in place of what was known of it.
    pub fn put(&mut self, item: Sending) {
        let key = item.request.key;
        if let Some(known) = self.items.iter_mut().find(|known| known.request.key == key) {
            *known = Rc::new(item);
            return;
        }
        let at = self.items.iter().position(|other| other.at > item.at).unwrap_or(self.items.len());
        self.items.insert(at, Rc::new(item));
    }

    /// All of them.
    pub fn items(&self) -> &[Rc<Sending>] {
        &self.items
    }

    /// Those of one room.
    pub fn of_room<'a>(&'a self, room: &'a RoomName) -> impl Iterator<Item = &'a Rc<Sending>> {
        self.items.iter().filter(move |item| item.room == *room)
    }

    /// The one to send now.
    pub fn next(&self) -> Option<&Rc<Sending>> {
        self.items.iter().find(|item| item.progress == Progress::Pending)
    }

    /// Adds a new one.
    pub fn say(
        &mut self,
        room: RoomName,
        key: PublishKey,
        text: MessageText,
        reply_to: Option<Seq>,
        at: Timestamp,
    ) {
        let request = PublishRequest { key, text, reply_to };
        self.items.push(Rc::new(Sending { room, request, at, progress: Progress::Pending }));
    }

    /// Records how far one has come.
    pub fn advance(&mut self, key: PublishKey, progress: Progress) {
        if let Some(item) = self.items.iter_mut().find(|item| item.request.key == key) {
            Rc::make_mut(item).progress = progress;
        }
    }

    /// Takes one out, unsent.
    pub fn discard(&mut self, key: PublishKey) {
        self.items.retain(|item| item.request.key != key);
    }

    /// Takes out what has arrived: those that are among `lines` as messages of `me`.
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
