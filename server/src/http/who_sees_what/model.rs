//! The model: who may read which room, and what is in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::client::{GUESTS, OWNER, PROGRAM, PROGRAM_ROOMS, STRANGER};
use super::webhooks::Hooks;

/// What is true.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) ids: Vec<String>,
    pub(super) rooms: BTreeMap<String, Room>,
    pub(super) banned: BTreeSet<usize>,
    pub(super) banned_addresses: BTreeSet<usize>,
    pub(super) is_closed: bool,
    /// Each text that was said, with its room, none if it was deleted, and its message.
    pub(super) marks: BTreeMap<String, (Option<String>, u64)>,
    pub(super) hooks: Hooks,
}

/// A room that exists.
#[derive(Debug, Clone, Default)]
pub(super) struct Room {
    pub(super) is_hidden: bool,
    /// The members, and whether each is an admin of the room.
    pub(super) members: BTreeMap<usize, bool>,
    pub(super) entries: BTreeSet<u64>,
    /// The messages with their present texts.
    pub(super) messages: BTreeMap<u64, Option<String>>,
}

impl Model {
    /// Whether this person has no session that holds: a stranger, or a member whose sessions a ban has ended.
    pub(super) fn is_stranger(&self, who: usize) -> bool {
        who == STRANGER || (who < GUESTS && self.banned.contains(&who))
    }

    /// Whether the door lets this person read anything. To read without a session is everybody's at an open door.
    pub(super) fn is_inside(&self, who: usize) -> bool {
        let person = if who == PROGRAM { OWNER } else { who };
        let has_key = person < GUESTS && !self.is_stranger(person);
        let is_banned = self.banned.contains(&person) || self.banned_addresses.contains(&who);
        !is_banned && (!self.is_closed || has_key)
    }

    /// Whether this person may read the room.
    pub(super) fn sees(&self, who: usize, room: &str) -> bool {
        let person = if who == PROGRAM { OWNER } else { who };
        let is_member = |room: &Room| room.members.contains_key(&person) && !self.is_stranger(who);
        let is_meant = who != PROGRAM || PROGRAM_ROOMS.contains(&room);
        is_meant
            && self.is_inside(who)
            && self.rooms.get(room).is_some_and(|room| !room.is_hidden || is_member(room))
    }

    /// The entries that this person may read.
    pub(super) fn entries(&self, who: usize) -> BTreeSet<u64> {
        let seen = self.rooms.iter().filter(|(name, _)| self.sees(who, name));
        seen.flat_map(|(_, room)| room.entries.iter().copied()).collect()
    }

    /// Takes an entry in, as the answer to its author has it.
    pub(super) fn fold(&mut self, entry: &Value) {
        let number = |person: &Value| self.ids.iter().position(|id| Some(&**id) == person["id"].as_str());
        let (author, person) = (number(&entry["author"]), number(&entry["person"]));
        let (name, seq) = (entry["room"].as_str().unwrap().to_owned(), entry["seq"].as_u64().unwrap());
        let (text, kind) = (entry["text"].as_str().map(str::to_owned), entry["kind"].as_str().unwrap());
        let message = if kind == "message" { seq } else { entry["target"].as_u64().unwrap_or_default() };
        if kind == "message" {
            self.expect_deliveries(&name, seq);
        }
        if let Some(mark) = text.as_ref().and_then(|text| self.marks.get_mut(text)) {
            mark.1 = message;
        }
        let room = self.rooms.entry(name.clone()).or_default();
        room.entries.insert(seq);
        match kind {
            "message" | "edit" => drop(room.messages.insert(message, text)),
            "delete" => {
                room.messages.insert(message, None);
                self.marks.values_mut().filter(|mark| mark.1 == message).for_each(|mark| mark.0 = None);
            }
            "room" => {
                let visibility = entry["policy"]["visibility"].as_str();
                room.is_hidden = visibility.map_or(room.is_hidden, |visibility| visibility != "public");
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
