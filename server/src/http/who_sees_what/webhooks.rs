//! Webhooks as a way in and a way out: made, used and removed at random, and what they were posted.

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::Checks;
use super::client::{Ask, GUESTS, STRANGER, parse};
use super::holds::PATIENCE;
use super::model::Model;
use super::world::World;
use crate::hooks::{Deliveries, HookHost};
use crate::hub::Hub;

/// The webhooks that exist, in the model.
#[derive(Debug, Clone, Default)]
pub(super) struct Hooks {
    pub(super) made: Vec<Hook>,
    /// The messages that outgoing webhooks may get: the webhook's id, and the message's number.
    deliverable: BTreeSet<(String, u64)>,
}

/// A webhook of a room that exists.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    id: String,
    pub(super) room: String,
    maker: usize,
    /// The address of an incoming webhook.
    url: Option<String>,
}

/// The server's deliveries, and the program that gets them. Both end when this is dropped.
pub(super) struct Webhooks {
    _deliveries: Deliveries,
    hub: Arc<Hub>,
    url: String,
    posted: mpsc::UnboundedReceiver<(String, u64)>,
    target: AbortHandle,
}

impl Model {
    /// Whether this person may have webhooks in the room: a member who is an admin of the room, or of the server as far as they
    /// may read the room.
    fn may_have_hooks(&self, who: usize, room: &str) -> bool {
        let is_admin = self.rooms.get(room).is_some_and(|found| found.members.get(&who) == Some(&true));
        who < GUESTS && !self.banned.contains(&who) && (is_admin || (who == 0 && self.sees(who, room)))
    }

    /// Takes in that a message of a person's may be delivered by the room's outgoing webhooks.
    pub(super) fn expect_deliveries(&mut self, room: &str, seq: u64) {
        let outgoing = self.hooks.made.iter().filter(|hook| hook.room == room && hook.url.is_none());
        let working = outgoing.filter(|hook| self.may_have_hooks(hook.maker, room));
        let deliverable: Vec<_> = working.map(|hook| (hook.id.clone(), seq)).collect();
        self.hooks.deliverable.extend(deliverable);
    }
}

impl Webhooks {
    /// The hosts to which the server may connect.
    pub(super) fn hosts() -> Vec<HookHost> {
        vec!["127.0.0.1".parse().unwrap()]
    }

    pub(super) async fn start(hub: &Arc<Hub>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (told, posted) = mpsc::unbounded_channel();
        let answer = move |body: String| {
            let body = parse(&body);
            let seq = body["entry"]["seq"].as_u64().unwrap();
            // Nobody listens once the history is over.
            let _ = told.send((body["hook"].as_str().unwrap().to_owned(), seq));
            ready(StatusCode::OK)
        };
        let app = Router::new().fallback(answer);
        let target = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        let deliveries = Deliveries::start(hub, Self::hosts());
        Self { _deliveries: deliveries, hub: hub.clone(), url, posted, target }
    }
}

impl Drop for Webhooks {
    fn drop(&mut self) {
        self.target.abort();
    }
}

impl World {
    /// Somebody makes a webhook, whose name is nobody's business who may not read the room; mostly somebody who may.
    pub(super) async fn make_hook(&mut self, who: usize, room: &str) {
        let model = &self.model;
        let rooms = |who| model.rooms.keys().filter(move |room| model.may_have_hooks(who, room));
        let able: Vec<_> =
            (0..GUESTS).flat_map(|who| rooms(who).map(move |room| (who, room.clone()))).collect();
        let chosen = self.random.below(able.len() + 2);
        let (who, room) = able.get(chosen).map_or((who, room), |(who, room)| (*who, room));
        let name = self.mark(room);
        let is_outgoing = self.random.below(2) == 0;
        let body = if is_outgoing {
            json!({ "way": "outgoing", "name": name, "url": self.webhooks.url })
        } else {
            json!({ "way": "incoming", "name": name })
        };
        let ask = Ask::new("POST", format!("/api/v1/rooms/{room}/hooks"), body);
        let answer = self.client.ask(who, ask).await;
        let may = self.model.may_have_hooks(who, room)
            && !self.model.banned_addresses.contains(&who)
            && !room.starts_with("direct-");
        assert_eq!(answer.is_success(), may, "seed {}: {who}: {room}: {}", self.seed, answer.text);
        if may {
            let made = answer.json();
            let text = |name: &str| made[name].as_str().unwrap().to_owned();
            let url = (!is_outgoing).then(|| text("url"));
            self.model.hooks.made.push(Hook { id: text("id"), room: room.to_owned(), maker: who, url });
        }
    }

    /// A program posts by a webhook, which works as long as its maker may have it.
    pub(super) async fn post_to_hook(&mut self) {
        let incoming: Vec<Hook> =
            self.model.hooks.made.iter().filter(|hook| hook.url.is_some()).cloned().collect();
        if incoming.is_empty() {
            return;
        }
        let hook = &incoming[self.random.below(incoming.len())];
        let mark = self.mark(&hook.room);
        let ask = Ask::new("POST", hook.url.clone().unwrap_or_default(), json!({ "text": mark }));
        let answer = self.client.ask(STRANGER, ask).await;
        let works = self.model.may_have_hooks(hook.maker, &hook.room);
        let works = works && !self.model.banned_addresses.contains(&STRANGER);
        assert_eq!(answer.is_success(), works, "seed {}: {hook:?}: {}", self.seed, answer.text);
        if works {
            let seq = self.webhooks.hub.head().0;
            let room = self.model.rooms.entry(hook.room.clone()).or_default();
            room.entries.insert(seq);
            room.messages.insert(seq, Some(mark.clone()));
            self.model.marks.insert(mark, (Some(hook.room.clone()), seq));
        }
    }

    /// Somebody removes a webhook.
    pub(super) async fn remove_hook(&mut self, who: usize) {
        if self.model.hooks.made.is_empty() {
            return;
        }
        let at = self.random.below(self.model.hooks.made.len());
        let Hook { id, room, .. } = &self.model.hooks.made[at];
        let answer =
            self.client.ask(who, Ask::new("DELETE", format!("/api/v1/rooms/{room}/hooks/{id}"), None)).await;
        if answer.is_success() {
            let may = self.model.sees(who, room);
            assert!(may, "seed {}: {who} may not remove a webhook of {room}: {}", self.seed, answer.text);
            self.model.hooks.made.remove(at);
        }
    }

    /// Waits for what the working outgoing webhooks get, and checks that none ever got anything else.
    pub(super) async fn check_deliveries(&mut self, checks: &mut Checks) {
        let model = &self.model;
        let is_working = |hook: &&Hook| {
            hook.url.is_none()
                && model.may_have_hooks(hook.maker, &hook.room)
                && !model.banned_addresses.contains(&hook.maker)
        };
        let working: Vec<Hook> = model.hooks.made.iter().filter(is_working).cloned().collect();
        let mut awaited = BTreeSet::new();
        for hook in working {
            let said = json!({ "key": self.key(), "text": self.mark(&hook.room) });
            let ask = Ask::new("POST", format!("/api/v1/rooms/{}/messages", hook.room), said);
            let entry = self.succeeds(hook.maker, ask).await.json();
            self.model.fold(&entry);
            awaited.insert((hook.id.clone(), entry["seq"].as_u64().unwrap()));
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
        assert!(self.model.hooks.deliverable.contains(posted), "seed {}: {posted:?}", self.seed);
        checks.delivered += 1;
    }
}
