//! The model: who may read which room, and what is in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The people by their numbers: an admin of the server, members, and from here on guests; the last number is a stranger.
pub(super) const GUESTS: usize = 4;
pub(super) const STRANGER: usize = 6;

/// What is true.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) ids: Vec<String>,
    pub(super) rooms: BTreeMap<String, Room>,
    pub(super) banned: BTreeSet<usize>,
    pub(super) is_closed: bool,
    /// Each text that was said, and in which room.
    pub(super) marks: Vec<(String, String)>,
    pub(super) hooks: Vec<Hook>,
    /// The messages that outgoing webhooks may get: the webhook's id, and the message's number.
    pub(super) deliverable: BTreeSet<(String, u64)>,
}

/// A webhook of a room that exists.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) room: String,
    pub(super) maker: usize,
    /// The address of an incoming webhook.
    pub(super) url: Option<String>,
}

/// A room that exists.
#[derive(Debug, Clone, Default)]
pub(super) struct Room {
    pub(super) is_hidden: bool,
    /// The members, and whether each is an admin of the room.
    pub(super) members: BTreeMap<usize, bool>,
    pub(super) entries: BTreeSet<u64>,
    pub(super) messages: BTreeSet<u64>,
}

impl Model {
    /// Whether this person has no session that holds: a stranger, or a member whose sessions a ban has ended.
    pub(super) fn is_stranger(&self, who: usize) -> bool {
        who == STRANGER || (who < GUESTS && self.banned.contains(&who))
    }

    /// Whether the door lets this person read anything. To read without a session is everybody's at an open door.
    pub(super) fn is_inside(&self, who: usize) -> bool {
        let has_key = who < GUESTS && !self.is_stranger(who);
        !self.banned.contains(&who) && (!self.is_closed || has_key)
    }

    /// Whether this person may read the room.
    pub(super) fn sees(&self, who: usize, room: &str) -> bool {
        let is_member = |room: &Room| room.members.contains_key(&who) && !self.is_stranger(who);
        let is_open = |room: &Room| !room.is_hidden || is_member(room);
        self.is_inside(who) && self.rooms.get(room).is_some_and(is_open)
    }

    /// The entries that this person may read.
    pub(super) fn entries(&self, who: usize) -> BTreeSet<u64> {
        let seen = self.rooms.iter().filter(|(name, _)| self.sees(who, name));
        seen.flat_map(|(_, room)| room.entries.iter().copied()).collect()
    }

    /// Whether this person may have webhooks in the room: a member who is an admin of the room, or of the server as far as they
    /// may read the room.
    pub(super) fn may_have_hooks(&self, who: usize, room: &str) -> bool {
        let is_admin = self.rooms.get(room).is_some_and(|found| found.members.get(&who) == Some(&true));
        who < GUESTS && !self.banned.contains(&who) && (is_admin || (who == 0 && self.sees(who, room)))
    }

    /// Takes a message in that was said in a room, by a person or by a webhook.
    pub(super) fn say(&mut self, room: &str, seq: u64, is_by_hook: bool) {
        let found = self.rooms.entry(room.to_owned()).or_default();
        found.entries.insert(seq);
        found.messages.insert(seq);
        let outgoing =
            self.hooks.iter().filter(|hook| hook.room == room && hook.url.is_none() && !is_by_hook);
        let working = outgoing.filter(|hook| self.may_have_hooks(hook.maker, room));
        let deliverable: Vec<_> = working.map(|hook| (hook.id.clone(), seq)).collect();
        self.deliverable.extend(deliverable);
    }

    /// Takes an entry in, as the answer to its author has it.
    pub(super) fn fold(&mut self, entry: &Value) {
        let number =
            |person: &Value| self.ids.iter().position(|id| Some(id.as_str()) == person["id"].as_str());
        let (author, person) = (number(&entry["author"]), number(&entry["person"]));
        let (name, seq) = (entry["room"].as_str().unwrap().to_owned(), entry["seq"].as_u64().unwrap());
        if entry["kind"] == "message" {
            return self.say(&name, seq, false);
        }
        let room = self.rooms.entry(name).or_default();
        room.entries.insert(seq);
        match entry["kind"].as_str().unwrap() {
            "room" => {
                if let Some(visibility) = entry["policy"]["visibility"].as_str() {
                    room.is_hidden = visibility != "public";
                }
                let has_admin = room.members.values().any(|is_admin| *is_admin);
                if !has_admin && entry["policy"].is_object() {
                    room.members.extend(author.map(|author| (author, true)));
                }
            }
            "member" if entry["role"] == "none" => room.members.retain(|member, _| Some(*member) != person),
            "member" => room.members.extend(person.map(|person| (person, entry["role"] == "admin"))),
            _ => {}
        }
    }
}
