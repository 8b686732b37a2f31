//! Webhooks as a way in and a way out: made, used and removed at random, and what they were posted.

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::Checks;
use super::looks::PATIENCE;
use super::model::{GUESTS, Hook, STRANGER};
use super::world::{World, is_success, parse};
use crate::hooks::{Deliveries, HookHost};
use crate::hub::Hub;

/// The server's deliveries, and the program that gets them. Both end when this is dropped.
pub(super) struct Webhooks {
    _deliveries: Deliveries,
    hub: Arc<Hub>,
    url: String,
    posted: mpsc::UnboundedReceiver<(String, u64)>,
    target: AbortHandle,
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
        let path = format!("/api/v1/rooms/{room}/hooks");
        let (status, text) = self.client.ask(who, "POST", &path, Some(body)).await;
        let may = self.model.may_have_hooks(who, room) && !room.starts_with("direct-");
        assert_eq!(is_success(status), may, "seed {}: {who}: {room}: {text}", self.seed);
        if may {
            let made = parse(&text);
            let text = |name: &str| made[name].as_str().unwrap().to_owned();
            let url = (!is_outgoing).then(|| text("url"));
            self.model.hooks.push(Hook { id: text("id"), room: room.to_owned(), maker: who, url });
        }
    }

    /// A program posts by a webhook, which works as long as its maker may have it.
    pub(super) async fn post_to_hook(&mut self) {
        let incoming: Vec<Hook> =
            self.model.hooks.iter().filter(|hook| hook.url.is_some()).cloned().collect();
        if incoming.is_empty() {
            return;
        }
        let hook = &incoming[self.random.below(incoming.len())];
        let body = json!({ "text": self.mark(&hook.room) });
        let url = hook.url.clone().unwrap_or_default();
        let (status, text) = self.client.ask(STRANGER, "POST", &url, Some(body)).await;
        let works = self.model.may_have_hooks(hook.maker, &hook.room);
        assert_eq!(is_success(status), works, "seed {}: {hook:?}: {text}", self.seed);
        if works {
            self.model.say(&hook.room, self.webhooks.hub.head().0, true);
        }
    }

    /// Somebody removes a webhook.
    pub(super) async fn remove_hook(&mut self, who: usize) {
        if self.model.hooks.is_empty() {
            return;
        }
        let at = self.random.below(self.model.hooks.len());
        let Hook { id, room, .. } = &self.model.hooks[at];
        let path = format!("/api/v1/rooms/{room}/hooks/{id}");
        let (status, text) = self.client.ask(who, "DELETE", &path, None).await;
        if is_success(status) {
            let may = self.model.sees(who, room);
            assert!(may, "seed {}: {who} may not remove a webhook of {room}: {text}", self.seed);
            self.model.hooks.remove(at);
        }
    }

    /// Waits for what the working outgoing webhooks get, and checks that none ever got anything else.
    pub(super) async fn check_deliveries(&mut self, checks: &mut Checks) {
        let model = &self.model;
        let is_working = |hook: &&Hook| hook.url.is_none() && model.may_have_hooks(hook.maker, &hook.room);
        let working: Vec<Hook> = model.hooks.iter().filter(is_working).cloned().collect();
        let mut awaited = BTreeSet::new();
        for hook in working {
            let key = format!("7f2c1b9e-4a5d-4c3b-9e8d-{:012x}", self.marks);
            let said = json!({ "key": key, "text": self.mark(&hook.room) });
            let path = format!("/api/v1/rooms/{}/messages", hook.room);
            let (status, text) = self.client.ask(hook.maker, "POST", &path, Some(said)).await;
            assert!(is_success(status), "seed {}: {text}", self.seed);
            let entry: Value = parse(&text);
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
        assert!(self.model.deliverable.contains(posted), "seed {}: {posted:?}", self.seed);
        checks.delivered += 1;
    }
}
