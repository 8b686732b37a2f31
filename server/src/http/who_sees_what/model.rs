//! The model: who may read which room, what is in it, and which webhooks work.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The people by their numbers: an admin of the server, members, and from here on guests; then a stranger, and a program with
/// a token of one of the members for some rooms.
pub(super) const GUESTS: usize = 4;
pub(super) const STRANGER: usize = 6;
pub(super) const PROGRAM: usize = 7;
pub(super) const OWNER: usize = 1;
/// The rooms of the token: among them one that never was, with a name as long as that of another one.
pub(super) const PROGRAM_ROOMS: [&str; 3] = ["lobby", "tea-garden", "zzzzzzzzzz"];

/// The truth about rooms, members and texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) ids: Vec<String>,
    pub(super) rooms: BTreeMap<String, Room>,
    pub(super) banned: BTreeSet<usize>,
    pub(super) banned_addresses: BTreeSet<usize>,
    pub(super) is_closed: bool,
    /// The texts that were said, each with its room, none if it was deleted, and its message.
    pub(super) marks: BTreeMap<String, (Option<String>, u64)>,
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
    /// Whether the room is among a few people, whom nobody rules.
    pub(super) is_direct: bool,
    /// Whether the room has rules or members; without, no link makes one.
    pub(super) has_rules: bool,
    /// The members, and whether each is an admin of the room.
    pub(super) members: BTreeMap<usize, bool>,
    pub(super) entries: BTreeSet<u64>,
    /// The messages with their present texts.
    pub(super) messages: BTreeMap<u64, Option<String>>,
}

impl Model {
    /// The names of the rooms, the oldest first: the server makes some of them up, and a seed stands for the same history all the
    /// same.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.rooms.keys().cloned().collect();
        names.sort_by_key(|name| self.rooms[name].entries.first().copied());
        names
    }

    /// Whether this person has an account that may be used.
    pub(super) fn is_member(&self, who: usize) -> bool {
        who < GUESTS && !self.banned.contains(&who)
    }

    /// Whether the door lets this person read anything: at an open one everybody but those who are banned.
    pub(super) fn is_inside(&self, who: usize) -> bool {
        let person = if who == PROGRAM { OWNER } else { who };
        let is_banned = self.banned.contains(&person) || self.banned_addresses.contains(&who);
        !is_banned && (!self.is_closed || person < GUESTS)
    }

    /// Whether this person may read the room.
    pub(super) fn sees(&self, who: usize, room: &str) -> bool {
        let person = if who == PROGRAM { OWNER } else { who };
        let is_meant = who != PROGRAM || PROGRAM_ROOMS.contains(&room);
        let is_open = |room: &Room| !room.is_hidden || room.members.contains_key(&person);
        is_meant && self.is_inside(who) && self.rooms.get(room).is_some_and(is_open)
    }

    /// Whether this person may read a text that was said.
    pub(super) fn may_know(&self, who: usize, mark: &str) -> bool {
        self.marks.get(mark).is_some_and(|(room, _)| room.as_ref().is_some_and(|room| self.sees(who, room)))
    }

    /// The entries that this person may read.
    pub(super) fn entries(&self, who: usize) -> BTreeSet<u64> {
        let seen = self.rooms.iter().filter(|(name, _)| self.sees(who, name));
        seen.flat_map(|(_, room)| room.entries.iter().copied()).collect()
    }

    /// Whether this person rules the room, so that their webhooks work there: an admin of the room with an account, or of the
    /// server as far as they may read the room.
    pub(super) fn rules(&self, who: usize, room: &str) -> bool {
        let found = self.rooms.get(room).filter(|found| self.is_member(who) && !found.is_direct);
        found
            .is_some_and(|found| found.members.get(&who) == Some(&true) || (who == 0 && self.sees(who, room)))
    }

    /// Takes an entry in, as the answer to its author has it.
    pub(super) fn fold(&mut self, entry: &Value) {
        let number = |person: &Value| self.ids.iter().position(|id| Some(&**id) == person["id"].as_str());
        let (author, person) = (number(&entry["author"]), number(&entry["person"]));
        let (name, seq) = (entry["room"].as_str().unwrap().to_owned(), entry["seq"].as_u64().unwrap());
        let (text, kind) = (entry["text"].as_str().map(str::to_owned), entry["kind"].as_str().unwrap());
        let message = if kind == "message" { seq } else { entry["target"].as_u64().unwrap_or_default() };
        if let Some(mark) = text.as_ref().and_then(|text| self.marks.get_mut(text)) {
            mark.1 = message;
        }
        if kind == "message" && !self.hooks.iter().any(|hook| entry["author"]["id"] == *hook.id) {
            let outgoing = self.hooks.iter().filter(|hook| hook.room == name && hook.url.is_none());
            let working = outgoing.filter(|hook| self.rules(hook.maker, &name));
            let deliverable: Vec<_> = working.map(|hook| (hook.id.clone(), seq)).collect();
            self.deliverable.extend(deliverable);
        }
        let room = self.rooms.entry(name).or_default();
        room.entries.insert(seq);
        room.has_rules |= kind == "member" || entry["policy"].is_object();
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
                    room.members
                        .extend(author.filter(|author| *author < GUESTS).map(|author| (author, true)));
                }
            }
            "member" if entry["role"] == "none" => room.members.retain(|member, _| Some(*member) != person),
            "member" => room.members.extend(person.map(|person| (person, entry["role"] == "admin"))),
            _ => {}
        }
    }
}
