//! The steps that people take at random, and what the model makes of them.

use std::collections::BTreeSet;

use holdline_shared::{Role, RoomName};
use serde_json::{Value, json};

use super::client::{Ask, address, seqs};
use super::model::{GUESTS, Model, PROGRAM, Room, STRANGER};
use super::webhooks::HOOK;
use super::world::World;

/// Names of public rooms, each with a length of its own, and none that an id contains by chance.
const PUBLIC: [&str; 3] = ["tea-garden", "coffee-house", "milk-bottle"];

/// An act: the person who acts, and the person and the room that this may concern.
pub(super) struct Act {
    pub(super) who: usize,
    pub(super) whom: usize,
    pub(super) room: String,
}

impl World {
    /// Draws who acts next.
    pub(super) fn draw(&mut self) -> Act {
        Act { who: self.random.below(PROGRAM + 1), whom: self.random.below(STRANGER), room: self.any_room() }
    }

    /// Lets the person do something at random, which may be refused.
    pub(super) async fn step(&mut self, act: &Act) {
        let Act { who, whom, ref room } = *act;
        let at = format!("/api/v1/rooms/{room}");
        let messages = self.model.rooms.get(room).map(|room| room.messages.keys().copied().collect());
        let messages = messages.filter(|messages: &Vec<u64>| !messages.is_empty()).unwrap_or_else(|| vec![1]);
        let message = format!("{at}/messages/{}", messages[self.random.below(messages.len())]);
        let (reaction, member) =
            (format!("{message}/reactions/%F0%9F%91%8D"), format!("{at}/members/{}", self.model.ids[whom]));
        let ask = match self.random.below(32) {
            0..5 => {
                let body = json!({ "key": self.key(), "text": self.mark(room) });
                Ask::new("POST", format!("{at}/messages"), body)
            }
            5 => return self.reply(who, room).await,
            6 => return self.publish_classic(who, room).await,
            7 => Ask::new("PATCH", message, json!({ "text": self.mark(room) })),
            8 => Ask::new("DELETE", message, None),
            9 => Ask::new("PUT", reaction, None),
            10 => Ask::new("DELETE", reaction, None),
            11 => {
                let name = PUBLIC[self.random.below(PUBLIC.len())];
                Ask::new("PUT", format!("/api/v1/rooms/{name}"), json!({ "topic": "for all" }))
            }
            12 => return self.make_private(who).await,
            13..16 => {
                let role = ["member", "admin"][self.random.below(2)];
                Ask::new("PUT", member, json!({ "role": role }))
            }
            16 => Ask::new("DELETE", member, None),
            17 => {
                let own = self.model.ids.get(who).unwrap_or(&self.model.ids[whom]);
                Ask::new("DELETE", format!("{at}/members/{own}"), None)
            }
            18 => return self.open_direct(who).await,
            19 | 20 => {
                let visibility = ["public", "private"][self.random.below(2)];
                Ask::new("PUT", at, json!({ "policy": { "visibility": visibility } }))
            }
            21 => return self.delete_room(who, room).await,
            22 => return self.ban(whom).await,
            23 => return self.ban_address(whom + 2).await,
            24 => return self.invite(who, whom, room).await,
            25..28 => return self.make_hook(who, room).await,
            28 | 29 => return self.post_to_hook().await,
            30 => return self.remove_hook(who).await,
            _ => return self.change_door().await,
        };
        self.act(who, ask).await;
    }

    /// Sends a request about a room, and takes in what became of it; returns whether it succeeded.
    async fn act(&mut self, who: usize, ask: Ask) -> bool {
        let target = ask.path.split(['/', '?']).nth(4).unwrap_or_default().to_owned();
        let may_act = self.model.sees(who, &target) || !self.model.rooms.contains_key(&target);
        let answer = self.client.ask(who, ask.clone()).await;
        assert!(may_act || !answer.is_success(), "seed {}: {who} may not: {ask:?}", self.seed);
        if answer.is_success() && !answer.text.is_empty() {
            self.model.fold(&answer.json());
        }
        answer.is_success()
    }

    /// Answers a message, of this room or of any other.
    async fn reply(&mut self, who: usize, room: &str) {
        let quotable: BTreeSet<u64> =
            self.model.rooms.values().flat_map(|room| room.messages.keys().copied()).collect();
        let Some(quoted) = self.random.some(1, Vec::from_iter(quotable)).pop() else { return };
        let is_here = self.model.rooms.get(room).is_some_and(|room| room.messages.contains_key(&quoted));
        let body = json!({ "key": self.key(), "text": self.mark(room), "reply_to": quoted });
        let is_said = self.act(who, Ask::new("POST", format!("/api/v1/rooms/{room}/messages"), body)).await;
        assert!(is_here || !is_said, "seed {}: {who} quotes {quoted} in {room}", self.seed);
    }

    async fn publish_classic(&mut self, who: usize, room: &str) {
        let ask = Ask::new("POST", format!("/publish?room={room}"), Value::from(self.mark(room)));
        if self.client.ask(who, ask).await.is_success() {
            assert!(self.model.sees(who, room), "seed {}: {who} may not write in {room}", self.seed);
            let poll =
                self.succeeds(who, Ask::get(format!("/api/v1/poll?room={room}&after=start&wait=0"))).await;
            self.model.fold(poll.json()["entries"].as_array().unwrap().last().unwrap());
        }
    }

    async fn make_private(&mut self, who: usize) {
        let mark = self.mark("?");
        let answer = self.client.ask(who, Ask::new("POST", "/api/v1/rooms", json!({ "title": mark }))).await;
        let may = self.model.is_member(who) && self.model.is_inside(who);
        assert_eq!(answer.is_success(), may, "seed {}: {who}: {}", self.seed, answer.text);
        if may {
            let entry = answer.json();
            self.model.marks.insert(mark, (entry["room"].as_str().map(str::to_owned), 0));
            self.model.fold(&entry);
        }
    }

    async fn open_direct(&mut self, who: usize) {
        let mut people: BTreeSet<usize> = (0..2).map(|_| self.random.below(STRANGER)).collect();
        // Of a room that a banned person would be in, its maker is told until that is refused.
        people.retain(|person| !self.model.banned.contains(person));
        let ids: Vec<&String> = people.iter().map(|person| &self.model.ids[*person]).collect();
        let answer = self.client.ask(who, Ask::new("POST", "/api/v1/direct", json!({ "people": ids }))).await;
        if !answer.is_success() {
            return;
        }
        let room = answer.json()["room"].as_str().unwrap().to_owned();
        let everybody: BTreeSet<usize> = people.into_iter().chain([who]).collect();
        let poll = self.client.get(who, format!("/api/v1/poll?room={room}&after=start&wait=0")).await;
        let made = self.model.rooms.entry(room).or_insert_with(|| Room {
            is_hidden: true,
            is_direct: true,
            has_rules: true,
            members: everybody.iter().map(|person| (*person, false)).collect(),
            entries: seqs(&poll.text),
            ..Room::default()
        });
        let members: BTreeSet<usize> = made.members.keys().copied().collect();
        assert_eq!(members, everybody, "seed {}: exactly these people", self.seed);
    }

    async fn delete_room(&mut self, who: usize, room: &str) {
        let path = format!("/api/v1/rooms/{room}?confirm={room}");
        if self.client.ask(who, Ask::new("DELETE", path, None)).await.is_success() {
            assert!(self.model.sees(who, room), "seed {}: {who} may not delete {room}", self.seed);
            self.model.hooks.retain(|hook| hook.room != room);
            let was_hidden = self.model.rooms.remove(room).is_some_and(|room| room.is_hidden);
            if was_hidden {
                self.gone.push(room.to_owned());
            }
            // What was said there is nowhere any more, for nobody; but the audit keeps the names of the webhooks of a public room.
            for (mark, (place, _)) in &mut self.model.marks {
                if place.as_deref() == Some(room) {
                    *place = (!was_hidden && mark.starts_with(HOOK)).then(|| "lobby".to_owned());
                }
            }
        }
    }

    /// Bans a guest, or lifts the ban; a member at most once in a history, whose session does not come back.
    async fn ban(&mut self, whom: usize) {
        let path = format!("/api/v1/people/{}/ban", self.model.ids[whom]);
        if whom >= GUESTS && self.model.banned.remove(&whom) {
            self.succeeds(0, Ask::new("DELETE", path, None)).await;
        } else if whom > 0 && self.model.banned.insert(whom) {
            self.succeeds(0, Ask::new("PUT", path, json!({ "reason": "loud" }))).await;
            self.note_successors(whom);
        }
    }

    /// Takes in who follows a banned admin in the rooms that have no other one. That is the longest member who can sign in;
    /// here it may be any, because moments do not tell who came first.
    fn note_successors(&mut self, gone: usize) {
        let Model { ids, rooms, banned, .. } = &mut self.model;
        let access = self.hub.log().access().snapshot();
        for (name, room) in rooms {
            let is_able = |(who, _): &(&usize, &mut bool)| **who < GUESTS && !banned.contains(*who);
            let was_admin = !room.is_direct && room.members.get(&gone) == Some(&true);
            let mut able: Vec<_> = room.members.iter_mut().filter(is_able).collect();
            if !was_admin || able.iter().any(|(_, is_admin)| **is_admin) {
                continue;
            }
            let is_next = |who: usize| {
                let (room, id) = (RoomName::parse(name).unwrap(), ids[who].parse().unwrap());
                access.room(&room).is_some_and(|room| room.role(&id) == Role::Admin)
            };
            for (who, is_admin) in &mut able {
                **is_admin = is_next(**who);
            }
            let successors = able.iter().filter(|(_, is_admin)| **is_admin).count();
            assert_eq!(successors, able.len().min(1), "seed {}: {name}", self.seed);
        }
    }

    /// Bans the address from which somebody comes, or lifts the ban.
    async fn ban_address(&mut self, whom: usize) {
        if let Some(ban) = self.bans.remove(&whom) {
            self.succeeds(0, Ask::new("DELETE", format!("/api/v1/bans/{ban}"), None)).await;
            self.model.banned_addresses.remove(&whom);
        } else {
            let body = json!({ "visitor": address(whom), "until": u64::MAX >> 12 });
            let ban = self.succeeds(0, Ask::new("POST", "/api/v1/bans", body)).await.json();
            self.bans.insert(whom, ban["id"].as_str().unwrap().to_owned());
            self.model.banned_addresses.insert(whom);
        }
    }

    /// Makes a link to a room, which another member uses.
    async fn invite(&mut self, who: usize, whom: usize, room: &str) {
        let made = self.client.ask(who, Ask::new("POST", "/api/v1/invites", json!({ "room": room }))).await;
        if !made.is_success() {
            return;
        }
        assert!(self.model.sees(who, room), "seed {}: {who} may not invite to {room}", self.seed);
        let code = made.json()["code"].clone();
        if !self.model.is_member(whom) || !self.model.is_inside(whom) {
            return;
        }
        let redeem = Ask::new("POST", "/api/v1/redeem", json!({ "code": code }));
        if self.client.ask(whom, redeem).await.is_success()
            && let Some(room) = self.model.rooms.get_mut(room).filter(|room| room.has_rules)
        {
            room.members.entry(whom).or_insert(false);
        }
    }

    async fn change_door(&mut self) {
        let door = if self.model.is_closed { "open" } else { "invite" };
        self.succeeds(0, Ask::new("PUT", "/api/v1/door", json!({ "door": door }))).await;
        self.model.is_closed = !self.model.is_closed;
    }
}
