//! A server with a few people, and what should be true of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{Person, Timestamp, Topic};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::{Answer, Ask, Client, Way};
use super::model::{GUESTS, Model, OWNER, PROGRAM, PROGRAM_ROOMS, Room, STRANGER};
use super::webhook_target::WebhookTarget;
use crate::access::{AccessChange, Invite, InviteGives, Secret, make_id};
use crate::api::{App, Limits};
use crate::http::routes;
use crate::hub::{Hub, HubConfig};
use crate::log::{Draft, MemoryLog};
use crate::serve::{ServeConfig, serve};

/// The time for which a poll is held unless something ends it: beyond the patience of the looks, so that a hold that only its time ends is noticed.
pub(super) const HOLD: Duration = Duration::from_secs(600);

/// The beginning of texts, none of which is said twice.
pub(super) const MARK: &str = "mark-";

/// A repeatable sequence of numbers (Knuth's MMIX generator).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// A few items of a list.
    pub(super) fn some<T>(&mut self, number: usize, mut of: Vec<T>) -> Vec<T> {
        (0..number.min(of.len())).map(|_| of.swap_remove(self.below(of.len()))).collect()
    }
}

/// A server, and what should be true of it.
pub(super) struct World {
    pub(super) client: Client,
    pub(super) model: Model,
    pub(super) random: Random,
    pub(super) seed: u64,
    /// Rooms that were deleted while hidden, whose names stay taken.
    pub(super) gone: Vec<String>,
    /// The bans of addresses, by the people who come from there.
    pub(super) bans: BTreeMap<usize, String>,
    pub(super) hub: Arc<Hub>,
    pub(super) webhooks: WebhookTarget,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl World {
    pub(super) async fn new(seed: u64, way: Way, http: &reqwest::Client) -> Self {
        let long_holds = HubConfig { max_wait: HOLD, ..HubConfig::default() };
        let hub = Hub::open_with(Arc::new(MemoryLog::new()), long_holds).await.unwrap();
        let mut config =
            ServeConfig { event_loops: Some(usize::from(way == Way::EventLoops)), ..ServeConfig::default() };
        config.http.limits = Limits::NONE;
        config.http.hook_hosts = WebhookTarget::hosts();
        config.http.trusted_proxies.push("127.0.0.0/8".parse().unwrap());
        let router = routes(App::new(hub.clone(), config.http.clone()));
        let (stop, stopped) = oneshot::channel::<()>();
        let (mut sockets, mut serving) = (None, tokio::spawn(async {}));
        let webhooks = WebhookTarget::start((way == Way::Router).then_some(&hub)).await;
        if way != Way::Router {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sockets = Some((http.clone(), listener.local_addr().unwrap()));
            let stopped = async { drop(stopped.await) };
            serving = tokio::spawn(serve(vec![listener], hub.clone(), config, stopped));
        }
        let client = Client::new(router, sockets);
        let lobby = Room { entries: [1].into(), ..Room::default() };
        let model = Model { rooms: [("lobby".to_owned(), lobby)].into(), ..Model::default() };
        let (gone, bans) = (Vec::new(), BTreeMap::new());
        // Spread, because neighbours would begin alike.
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut world = Self { client, model, random, seed, gone, bans, hub, webhooks, stop, serving };
        world.let_people_in().await;
        world
    }

    /// Ends the server.
    pub(super) async fn close(self) {
        drop(self.stop);
        self.serving.await.unwrap();
    }

    async fn let_people_in(&mut self) {
        let codes = [InviteGives::Admin, InviteGives::Member].map(|gives| (gives, Secret::make()));
        for (gives, code) in &codes {
            let invite = Invite {
                id: make_id(),
                code: code.hash(),
                gives: gives.clone(),
                uses: 3,
                expires: Timestamp(u64::MAX >> 12),
                room: None,
                note: Topic::default(),
            };
            self.hub
                .publish(Draft::access(Person::house(), AccessChange::InviteMade { invite }))
                .await
                .unwrap();
        }
        for number in 0..STRANGER {
            let nickname = ["Zoe", "Yan", "Xia", "Wim", "Vito", "Una"][number];
            let (path, body) = if number < GUESTS {
                let code = codes[number.min(1)].1.reveal();
                ("/api/v1/redeem", json!({ "code": code, "nickname": nickname }))
            } else {
                ("/api/v1/session", json!({ "nickname": nickname }))
            };
            let session = self.succeeds(STRANGER, Ask::new("POST", path, body)).await.json();
            self.client.tokens.push(session["token"].as_str().map(str::to_owned));
            self.model.ids.push(session["person"]["id"].as_str().unwrap().to_owned());
        }
        let body = json!({ "rooms": PROGRAM_ROOMS, "verbs": ["read", "write", "react", "invite"] });
        let made = self.succeeds(OWNER, Ask::new("POST", "/api/v1/tokens", body)).await.json();
        self.client.tokens.resize(PROGRAM, None);
        self.client.tokens.push(made["token"].as_str().map(str::to_owned));
    }

    /// Sends a request that must succeed.
    pub(super) async fn succeeds(&self, who: usize, ask: Ask) -> Answer {
        let answer = self.client.ask(who, ask).await;
        assert!(answer.is_success(), "seed {}: {}", self.seed, answer.text);
        answer
    }

    /// A room, or one that was.
    pub(super) fn any_room(&mut self) -> String {
        let mut names = self.model.names();
        names.extend(self.gone.iter().take(2).cloned());
        let at = self.random.below(names.len());
        names.swap_remove(at)
    }

    /// A text for this room that stands nowhere else.
    pub(super) fn mark(&mut self, room: &str) -> String {
        self.mark_beginning(MARK, room)
    }

    /// A text with this beginning, which its end tells from all others.
    pub(super) fn mark_beginning(&mut self, start: &str, room: &str) -> String {
        let mark = format!("{start}{}-{}.", self.seed, self.model.marks.len());
        self.model.marks.insert(mark.clone(), (Some(room.to_owned()), 0));
        mark
    }

    /// A key that was not used before.
    pub(super) fn key(&self) -> String {
        format!("7f2c1b9e-4a5d-4c3b-9e8f-{:012x}", self.model.marks.len())
    }
}
