//! Webhooks as a way in and a way out: made, used and removed at random, and what they were posted.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::time::timeout;

use super::client::Ask;
use super::model::{GUESTS, Hook, STRANGER};
use super::world::World;
use super::{Checks, PATIENCE};

/// The beginning of the names of webhooks, none of which is used twice.
pub(super) const HOOK: &str = "hook-";

impl World {
    /// Makes a webhook in a person's name. Its own name is nobody's business who may not read the room; the person mostly may.
    pub(super) async fn make_hook(&mut self, who: usize, room: &str) {
        let model = &self.model;
        let names = model.names();
        let pairs = (0..GUESTS).flat_map(|who| names.iter().map(move |room| (who, room.clone())));
        let able: Vec<_> = pairs.filter(|(who, room)| model.rules(*who, room)).collect();
        let chosen = self.random.below(able.len() + 2);
        let (who, room) = able.get(chosen).map_or((who, room), |(who, room)| (*who, room));
        let name = self.mark_beginning(HOOK, room);
        let is_outgoing = self.random.below(2) == 0;
        let body = if is_outgoing {
            json!({ "way": "outgoing", "name": name, "url": self.webhooks.url })
        } else {
            json!({ "way": "incoming", "name": name })
        };
        let made = self.client.ask(who, Ask::new("POST", format!("/api/v1/rooms/{room}/hooks"), body)).await;
        let may = self.model.rules(who, room) && self.model.is_inside(who);
        assert_eq!(made.is_success(), may, "seed {}: {who}: {room}: {}", self.seed, made.text);
        if may {
            let made = made.json();
            let text = |name: &str| made[name].as_str().unwrap().to_owned();
            let url = (!is_outgoing).then(|| text("url"));
            self.model.hooks.push(Hook { id: text("id"), room: room.to_owned(), maker: who, url });
        }
    }

    /// A program posts by a webhook, which works as long as its maker may have it.
    pub(super) async fn post_to_hook(&mut self) {
        let incoming = self.model.hooks.iter().filter(|hook| hook.url.is_some()).cloned().collect();
        let Some(Hook { id, room, maker, url: Some(url) }) = self.random.some(1, incoming).pop() else {
            return;
        };
        let text = self.mark(&room);
        let posted = self.client.ask(STRANGER, Ask::new("POST", url, json!({ "text": text }))).await;
        let works = self.model.rules(maker, &room) && !self.model.banned_addresses.contains(&STRANGER);
        assert_eq!(posted.is_success(), works, "seed {}: {maker}: {room}: {}", self.seed, posted.text);
        if works {
            let (seq, author) = (self.hub.head().0, json!({ "id": id }));
            let said = json!({ "seq": seq, "room": room, "author": author, "kind": "message", "text": text });
            self.model.fold(&said);
        }
    }

    /// Removes a webhook in a person's name.
    pub(super) async fn remove_hook(&mut self, who: usize) {
        let hooks = (0..self.model.hooks.len()).collect();
        let Some(at) = self.random.some(1, hooks).pop() else { return };
        let Hook { id, room, .. } = &self.model.hooks[at];
        let removed =
            self.client.ask(who, Ask::new("DELETE", format!("/api/v1/rooms/{room}/hooks/{id}"), None)).await;
        let may = self.model.rules(who, room) && self.model.is_inside(who);
        assert_eq!(removed.is_success(), may, "seed {}: {who}: {room}: {}", self.seed, removed.text);
        if may {
            self.model.hooks.remove(at);
        }
    }

    /// Waits for what the working outgoing webhooks get, and checks that none ever got anything else.
    pub(super) async fn check_deliveries(&mut self, checks: &mut Checks) {
        let model = &self.model;
        let is_working = |hook: &&Hook| hook.url.is_none() && model.rules(hook.maker, &hook.room);
        // A webhook works, too, while its maker's address is banned, but its maker then says nothing.
        let working = model.hooks.iter().filter(is_working).filter(|hook| model.is_inside(hook.maker));
        let mut awaited = BTreeSet::new();
        for Hook { id, room, maker, .. } in working.cloned().collect::<Vec<_>>() {
            let body = json!({ "key": self.key(), "text": self.mark(&room) });
            let said =
                self.succeeds(maker, Ask::new("POST", format!("/api/v1/rooms/{room}/messages"), body)).await;
            let entry = said.json();
            self.model.fold(&entry);
            awaited.insert((id, entry["seq"].as_u64().unwrap()));
        }
        // Each webhook gets its messages in order, so that these are the last ones.
        while !awaited.is_empty() {
            let posted = timeout(PATIENCE, self.webhooks.posted.recv()).await;
            let posted = posted.unwrap_or_else(|_| panic!("seed {}: {awaited:?}", self.seed)).unwrap();
            self.check_delivery(&posted, checks);
            awaited.remove(&posted);
        }
        while let Ok(posted) = self.webhooks.posted.try_recv() {
            self.check_delivery(&posted, checks);
        }
    }

    fn check_delivery(&self, posted: &(String, u64), checks: &mut Checks) {
        assert!(self.model.deliverable.contains(posted), "seed {}: {posted:?}", self.seed);
        checks.delivered += 1;
    }
}
