//! A server with a few people, the steps that they take, and the looks that they take at everything.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use futures_util::StreamExt as _;
use holdline_shared::{Person, Timestamp, Topic};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use super::model::{GUESTS, Model, Room, STRANGER};
use super::webhooks::Webhooks;
use crate::access::{AccessChange, Invite, InviteGives, Secret, make_id};
use crate::api::{App, HttpConfig, Limits};
use crate::http::routes;
use crate::hub::Hub;
use crate::log::{Draft, MemoryLog};

/// Names of public rooms.
const PUBLIC: [&str; 3] = ["tea", "coffee", "milk"];

/// A repeatable sequence of numbers (Knuth's MMIX generator).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// The router and the tokens, for requests.
#[derive(Clone)]
pub(super) struct Client {
    router: Router,
    tokens: Vec<String>,
}

/// A server, and what should be true of it.
pub(super) struct World {
    pub(super) client: Client,
    pub(super) model: Model,
    pub(super) random: Random,
    pub(super) seed: u64,
    pub(super) webhooks: Webhooks,
    pub(super) marks: usize,
    /// Rooms that were deleted while hidden, whose names stay taken.
    pub(super) gone: BTreeSet<String>,
}

/// The status and the body of an answer to come.
type Answer = JoinHandle<(u16, String)>;

/// The polls of everybody while a step is taken.
pub(super) struct Held {
    pub(super) everywhere: Vec<Answer>,
    pub(super) in_a_room: Vec<(usize, String, Answer)>,
}

impl Client {
    pub(super) async fn ask(
        &self,
        who: usize,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, String) {
        let response = self.begin(who, method, path, body).await;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn begin(
        &self,
        who: usize,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        if let Some(token) = self.tokens.get(who) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => {
                request.header("content-type", "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        self.router.clone().oneshot(request.unwrap()).await.unwrap()
    }

    /// The first event of a stream.
    pub(super) async fn first_event(&self, who: usize, path: &str) -> (u16, String) {
        let response = self.begin(who, "GET", path, None).await;
        let status = response.status().as_u16();
        let mut frames = response.into_body().into_data_stream();
        let first = frames.next().await.map_or_else(Default::default, Result::unwrap);
        (status, String::from_utf8(first.to_vec()).unwrap())
    }
}

pub(super) fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text:?}"))
}

pub(super) fn seqs(entries: &Value) -> BTreeSet<u64> {
    entries.as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

pub(super) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

impl World {
    pub(super) async fn new(seed: u64) -> Self {
        let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
        let webhooks = Webhooks::start(&hub).await;
        let config =
            HttpConfig { limits: Limits::NONE, hook_hosts: Webhooks::hosts(), ..HttpConfig::default() };
        let router = routes(App::new(hub.clone(), config));
        let mut client = Client { router, tokens: Vec::new() };
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
            hub.publish(Draft::access(Person::house(), AccessChange::InviteMade { invite })).await.unwrap();
        }
        let mut ids = Vec::new();
        for number in 0..STRANGER {
            let nickname = ["Zoe", "Yan", "Xia", "Wim", "Vito", "Una"][number];
            let (path, body) = if number < GUESTS {
                let code = codes[number.min(1)].1.reveal();
                ("/api/v1/redeem", json!({ "code": code, "nickname": nickname }))
            } else {
                ("/api/v1/session", json!({ "nickname": nickname }))
            };
            let (status, text) = client.ask(STRANGER, "POST", path, Some(body)).await;
            assert!(is_success(status), "{text}");
            client.tokens.push(parse(&text)["token"].as_str().unwrap().to_owned());
            ids.push(parse(&text)["person"]["id"].as_str().unwrap().to_owned());
        }
        let lobby = Room { entries: [1].into(), ..Room::default() };
        let model = Model { ids, rooms: [("lobby".to_owned(), lobby)].into(), ..Model::default() };
        Self { client, model, random: Random(seed), seed, webhooks, marks: 0, gone: BTreeSet::new() }
    }

    pub(super) fn any_viewer(&mut self) -> usize {
        self.random.below(STRANGER + 1)
    }

    fn any_room(&mut self) -> String {
        let mut names: Vec<String> = self.model.rooms.keys().cloned().collect();
        names.extend(self.gone.iter().take(2).cloned());
        let at = self.random.below(names.len());
        names.swap_remove(at)
    }

    pub(super) fn mark(&mut self, room: &str) -> String {
        self.marks += 1;
        let mark = format!("mark-{}-{}.", self.seed, self.marks);
        self.model.marks.push((mark.clone(), room.to_owned()));
        mark
    }

    /// Holds a poll of all rooms for everybody, and one of a room for some who may read it.
    pub(super) async fn hold(&mut self) -> Held {
        let hold = |client: &Client, who: usize, path: String| {
            let client = client.clone();
            tokio::spawn(async move { client.ask(who, "GET", &path, None).await })
        };
        let (_, list) = self.client.ask(0, "GET", "/api/v1/rooms", None).await;
        let cursor = parse(&list)["cursor"].as_str().unwrap().to_owned();
        let poll = |room: &str| format!("/api/v1/poll?room={room}&after={cursor}&wait=100");
        let everywhere = (0..=STRANGER).map(|who| hold(&self.client, who, poll("*"))).collect();
        let mut in_a_room = Vec::new();
        for who in 0..=STRANGER {
            let room = self.any_room();
            if self.model.sees(who, &room) {
                in_a_room.push((who, room.clone(), hold(&self.client, who, poll(&room))));
            }
        }
        // The polls begin before the step, or not: both are right.
        tokio::task::yield_now().await;
        Held { everywhere, in_a_room }
    }

    /// One of the people does something at random, which may be refused.
    pub(super) async fn step(&mut self) {
        let (who, room) = (self.random.below(STRANGER), self.any_room());
        let (whom, at) = (self.random.below(STRANGER), format!("/api/v1/rooms/{room}"));
        let messages =
            self.model.rooms.get(&room).map(|room| room.messages.iter().copied().collect::<Vec<_>>());
        let messages = messages.filter(|messages| !messages.is_empty()).unwrap_or_else(|| vec![1]);
        let message = format!("{at}/messages/{}", messages[self.random.below(messages.len())]);
        let member = format!("{at}/members/{}", self.model.ids[whom]);
        let (method, path, body) = match self.random.below(26) {
            0..6 => {
                let key = format!("7f2c1b9e-4a5d-4c3b-9e8f-{:012x}", self.marks);
                let text = self.mark(&room);
                ("POST", format!("{at}/messages"), Some(json!({ "key": key, "text": text })))
            }
            6 => ("PATCH", message, Some(json!({ "text": self.mark(&room) }))),
            7 => ("DELETE", message, None),
            8 => ("PUT", format!("{message}/reactions/%F0%9F%91%8D"), None),
            9 => {
                let name = PUBLIC[self.random.below(PUBLIC.len())];
                ("PUT", format!("/api/v1/rooms/{name}"), Some(json!({ "topic": "for all" })))
            }
            10 => return self.make_private(who).await,
            11..14 => {
                let role = ["member", "admin"][self.random.below(2)];
                ("PUT", member, Some(json!({ "role": role })))
            }
            14 | 15 => ("DELETE", member, None),
            16 => ("DELETE", format!("{at}/members/{}", self.model.ids[who]), None),
            17 => return self.open_direct(who).await,
            18 => {
                let visibility = ["public", "private"][self.random.below(2)];
                ("PUT", at, Some(json!({ "policy": { "visibility": visibility } })))
            }
            19 => return self.delete_room(who, &room).await,
            20 => return self.ban(whom).await,
            21 | 22 => return self.make_hook(who, &room).await,
            23 => return self.post_to_hook().await,
            24 => return self.remove_hook(who).await,
            _ => return self.change_door().await,
        };
        let target = path.split(['/', '?']).nth(4).unwrap_or_default().to_owned();
        let may_act = self.model.sees(who, &target) || !self.model.rooms.contains_key(&target);
        let (status, text) = self.client.ask(who, method, &path, body).await;
        if is_success(status) {
            assert!(may_act, "seed {}: {who} may not {method} {path}", self.seed);
            if !text.is_empty() {
                self.model.fold(&parse(&text));
            }
        }
    }

    async fn make_private(&mut self, who: usize) {
        let mark = self.mark("?");
        let (status, text) =
            self.client.ask(who, "POST", "/api/v1/rooms", Some(json!({ "title": mark }))).await;
        assert_eq!(
            is_success(status),
            who < GUESTS && !self.model.is_stranger(who),
            "seed {}: {text}",
            self.seed
        );
        if is_success(status) {
            let entry = parse(&text);
            self.model.marks.last_mut().unwrap().1 = entry["room"].as_str().unwrap().to_owned();
            self.model.fold(&entry);
        }
    }

    async fn open_direct(&mut self, who: usize) {
        let people: BTreeSet<usize> = (0..2).map(|_| self.random.below(STRANGER)).collect();
        let ids: Vec<&String> = people.iter().map(|person| &self.model.ids[*person]).collect();
        let (status, text) =
            self.client.ask(who, "POST", "/api/v1/direct", Some(json!({ "people": ids }))).await;
        if !is_success(status) {
            return;
        }
        let room = parse(&text)["room"].as_str().unwrap().to_owned();
        let everybody: BTreeSet<usize> = people.into_iter().chain([who]).collect();
        let (_, text) =
            self.client.ask(who, "GET", &format!("/api/v1/poll?room={room}&after=start&wait=0"), None).await;
        let made = self.model.rooms.entry(room.clone()).or_insert_with(|| Room {
            is_hidden: true,
            members: everybody.iter().map(|person| (*person, *person == who)).collect(),
            entries: seqs(&parse(&text)["entries"]),
            ..Room::default()
        });
        let members: BTreeSet<usize> = made.members.keys().copied().collect();
        assert_eq!(members, everybody, "seed {}: exactly these people", self.seed);
    }

    async fn delete_room(&mut self, who: usize, room: &str) {
        let path = format!("/api/v1/rooms/{room}?confirm={room}");
        let (status, _) = self.client.ask(who, "DELETE", &path, None).await;
        if is_success(status) {
            assert!(self.model.sees(who, room), "seed {}: {who} may not delete {room}", self.seed);
            self.model.hooks.retain(|hook| hook.room != room);
            if self.model.rooms.remove(room).is_some_and(|room| room.is_hidden) {
                self.gone.insert(room.to_owned());
            }
            // What was said there is nowhere any more, for nobody.
            for mark in self.model.marks.iter_mut().filter(|mark| mark.1 == room) {
                mark.1 = "nowhere".to_owned();
            }
        }
    }

    /// Bans a guest, or lifts the ban; a member at most once in a history, whose session does not come back.
    async fn ban(&mut self, whom: usize) {
        let path = format!("/api/v1/people/{}/ban", self.model.ids[whom]);
        if whom >= GUESTS && self.model.banned.remove(&whom) {
            let (status, text) = self.client.ask(0, "DELETE", &path, None).await;
            assert!(is_success(status), "{text}");
        } else if whom > 0 && self.model.banned.insert(whom) {
            let (status, text) = self.client.ask(0, "PUT", &path, Some(json!({ "reason": "loud" }))).await;
            assert!(is_success(status), "{text}");
        }
    }

    async fn change_door(&mut self) {
        let door = if self.model.is_closed { "open" } else { "invite" };
        let (status, text) = self.client.ask(0, "PUT", "/api/v1/door", Some(json!({ "door": door }))).await;
        assert!(is_success(status), "{text}");
        self.model.is_closed = !self.model.is_closed;
    }
}
