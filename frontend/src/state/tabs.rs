//! What tabs say to each other so that one of them polls for all, what the one that does keeps of the others, and what
//! the others make of what they hear. Pure.

use holdline_shared::limits::ROOMS_PER_POLL;
use holdline_shared::{Cursor, Moment, RoomName, Status};

use super::{status_word, visited_to_json};
use crate::json::{Answered, Decode, Json, Object};

/// What a tab wants to be polled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The tab.
    pub id: String,
    /// Its rooms.
    pub rooms: Vec<RoomName>,
    /// The room where its reader is.
    pub here: Option<RoomName>,
}

/// What a tab says to all others.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// This is what I want to be polled.
    Ask(Tab),
    /// The tab of this id goes.
    Bye(String),
    /// I poll for all from now on: ask me.
    Lead,
    /// There is a reason not to wait.
    Wake,
    /// This was the answer to a poll of these rooms that began here.
    Batch(Cursor, Vec<RoomName>, Answered),
    /// The connection is not live.
    Status(Status),
}

impl Said {
    /// Reads it; moments are told as how far away they are, because each tab has a clock of its own.
    pub fn read(text: &str, now: Moment) -> Option<Self> {
        let json = Json::parse(text)?;
        let why = || json.get("why").text().unwrap_or_default().to_owned();
        let at = || now + Moment::from_millis(json.get("in").number().unwrap_or_default());
        Some(match json.get("t").text()? {
            "ask" => Self::Ask(Tab {
                id: json.get("tab").text()?.to_owned(),
                rooms: Decode::decode(json.get("rooms"))?,
                here: Decode::decode(json.get("here"))?,
            }),
            "bye" => Self::Bye(json.get("tab").text()?.to_owned()),
            "lead" => Self::Lead,
            "wake" => Self::Wake,
            "batch" => Self::Batch(
                Decode::decode(json.get("from"))?,
                Decode::decode(json.get("rooms"))?,
                Decode::decode(json.get("batch"))?,
            ),
            "reconnecting" => Self::Status(Status::Reconnecting { at: at(), why: why() }),
            "refused" => Self::Status(Status::Refused { at: at(), why: why() }),
            "offline" => Self::Status(Status::Offline),
            "repairing" => Self::Status(Status::Repairing),
            "retrying" => Self::Status(Status::Retrying),
            _ => return None,
        })
    }
}

/// A word without anything more.
pub fn word(word: &str) -> Object {
    Object::default().text("t", word)
}

/// Says what a tab wants.
pub fn ask(id: &str, rooms: &[RoomName], here: Option<&RoomName>) -> String {
    let ask = word("ask").text("tab", id).field("rooms", &visited_to_json(rooms));
    match here {
        Some(room) => ask.text("here", room.as_str()).end(),
        None => ask.end(),
    }
}

/// Says what a poll brought, given the answer's text.
pub fn batch(from: Cursor, rooms: &[RoomName], answer: &str) -> String {
    let batch = word("batch").text("from", &from.to_string());
    batch.field("rooms", &visited_to_json(rooms)).field("batch", answer).end()
}

/// Says how the connection is.
pub fn status(status: &Status, now: Moment) -> String {
    let said = word(status_word(status));
    match status {
        Status::Reconnecting { at, why } | Status::Refused { at, why } => {
            let away = at.saturating_sub(now).as_millis().try_into().unwrap_or_default();
            said.number("in", away).text("why", why).end()
        }
        _ => said.end(),
    }
}

/// The other tabs, as the one that polls for them knows them.
#[derive(Debug, Clone, Default)]
pub struct Tabs(Vec<Tab>);

impl Tabs {
    /// A tab wants this from now on.
    pub fn put(&mut self, tab: Tab) {
        self.remove(&tab.id);
        self.0.push(tab);
    }

    /// A tab is gone.
    pub fn remove(&mut self, id: &str) {
        self.0.retain(|tab| tab.id != id);
    }

    /// The rooms to poll, my own before all.
    pub fn rooms(&self, mine: &[RoomName]) -> Vec<RoomName> {
        let mut rooms = union(mine.iter().chain(self.0.iter().flat_map(|tab| &tab.rooms)));
        rooms.truncate(ROOMS_PER_POLL);
        in_order(rooms)
    }

    /// Where the readers of all tabs are.
    pub fn here(&self, mine: Option<&RoomName>) -> Vec<RoomName> {
        in_order(union(mine.into_iter().chain(self.0.iter().filter_map(|tab| tab.here.as_ref()))))
    }
}

/// Few rooms, for which the standard library's sorting would be much.
fn in_order(rooms: Vec<RoomName>) -> Vec<RoomName> {
    let mut sorted: Vec<RoomName> = Vec::with_capacity(rooms.len());
    for room in rooms {
        sorted.insert(sorted.partition_point(|other| *other < room), room);
    }
    sorted
}

fn union<'a>(rooms: impl Iterator<Item = &'a RoomName>) -> Vec<RoomName> {
    let mut all = Vec::new();
    for room in rooms {
        if !all.contains(room) {
            all.push(room.clone());
        }
    }
    all
}

/// How far a tab is that does not poll, compared with the one that does.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Everything up to here was heard. Ahead of the subscription by what was empty.
    reached: Option<Cursor>,
    /// The one that polls is here, and what it told on the way did not fit.
    ahead: Option<Cursor>,
}

impl Place {
    /// Whether an answer to a poll from `from` leaves out nothing for who is at `position`. If not, this is remembered.
    pub fn follows(&mut self, position: Cursor, from: Cursor, to: Cursor) -> bool {
        let reached = self.reached.filter(|at| at.epoch == position.epoch && at.seq > position.seq);
        let reached = reached.unwrap_or(position);
        let follows = from.epoch == reached.epoch && to.epoch == reached.epoch && from.seq <= reached.seq;
        if follows {
            self.reached = Some(if to.seq > reached.seq { to } else { reached });
        } else {
            self.ahead = Some(to);
        }
        follows
    }

    /// An answer came that cannot be used at this moment.
    pub fn miss(&mut self, to: Cursor) {
        self.ahead = Some(to);
    }

    /// Whether who is at `position` has to catch up by a poll of their own. One poll is enough: said once.
    pub fn must_catch_up(&mut self, position: Cursor) -> bool {
        self.ahead.take().is_some_and(|at| at.epoch == position.epoch && at.seq > position.seq)
    }
}

#[cfg(test)]
mod tests;
