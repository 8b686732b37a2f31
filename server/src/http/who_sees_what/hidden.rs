//! The room that does not exist for its reader: every answer about a hidden room is that about a room that never was, to the last
//! header, and a message of a hidden room is no message anywhere else.

use serde_json::{Value, json};

use super::Checks;
use super::client::{Answer, Ask};
use super::world::World;

/// The beginnings of the names of rooms that were hidden from the first.
const SECRET: [&str; 2] = ["private-", "direct-"];

/// A key that nobody uses otherwise.
const KEY: &str = "7f2c1b9e-4a5d-4c3b-9e8f-ffffffffffff";

/// The name of a room that never was, as long as this one and of its kind.
fn never(room: &str) -> String {
    let start = SECRET.iter().find(|start| room.starts_with(**start)).map_or(0, |start| start.len());
    room[..start].to_owned() + &"z".repeat(room.len() - start)
}

impl World {
    /// Looks in some ways for a room that does not exist for this reader, and in one for its messages.
    pub(super) async fn check_hidden(&mut self, who: usize, room: &str, ways: usize, checks: &mut Checks) {
        let message = self.model.rooms.get(room).and_then(|room| room.messages.keys().next().copied());
        let (seq, other) = (message.unwrap_or(1), self.random.below(self.model.ids.len()));
        let (asks, never) = (self.asks(who, other, room, seq), never(room));
        let of_never = self.asks(who, other, &never, seq);
        for (ask, instead) in self.random.some(ways, asks.into_iter().zip(of_never).collect()) {
            let answers = (self.client.ask(who, ask.clone()).await, self.client.ask(who, instead).await);
            let same = |Answer { status, headers, text }: &Answer| {
                (*status, headers.clone(), text.replace(room, &never))
            };
            assert_eq!(same(&answers.0), same(&answers.1), "seed {}: {who}: {ask:?}", self.seed);
            self.check_refusal(who, &ask, &answers.0, checks);
        }
        if let Some(seq) = message {
            // A number that no log reaches, which ends with the other one.
            let unreached = 9_000_000_000 + seq;
            let asks = about_message("lobby", seq).into_iter().zip(about_message("lobby", unreached));
            for (ask, instead) in self.random.some(1, asks.collect()) {
                let answers = (self.client.ask(who, ask.clone()).await, self.client.ask(who, instead).await);
                let other = answers.1.text.replace(&unreached.to_string(), &seq.to_string());
                let same = (answers.0.status, &answers.0.text) == (answers.1.status, &other);
                assert!(same, "seed {}: {who}: {ask:?}: {answers:?}", self.seed);
                self.check_refusal(who, &ask, &answers.0, checks);
            }
        }
    }

    fn check_refusal(&self, who: usize, ask: &Ask, answer: &Answer, checks: &mut Checks) {
        // The classic route waits for a room that may come.
        let may_succeed = ask.method == "GET" && ask.path.contains("room=");
        assert!(answer.status >= 400 || may_succeed, "seed {}: {who}: {ask:?}: {}", self.seed, answer.text);
        let names_itself = |mark: &str| ask.path.contains(mark);
        if !self.model.rooms.keys().any(|room| names_itself(room)) {
            self.check_marks(who, &answer.text, None);
        }
        checks.hidden += 1;
    }

    /// Everything that can be asked about a room.
    fn asks(&self, who: usize, other: usize, room: &str, seq: u64) -> Vec<Ask> {
        let at = format!("/api/v1/rooms/{room}");
        let own = format!("{at}/members/{}", self.model.ids.get(who).unwrap_or(&self.model.ids[0]));
        let (other, guest) =
            (format!("{at}/members/{}", self.model.ids[other]), format!("{at}/members/guest"));
        let mut asks = about_message(room, seq);
        asks.extend([
            Ask::get(format!("/api/v1/poll?room={room}&after=start&wait=0")),
            Ask::get(format!("/api/v1/poll?room=lobby&room={room}&wait=0")),
            Ask::get(format!("/api/v1/poll?room={room}&after=start&wait=0&here={room}")),
            Ask::get(format!("/api/v1/poll?room=lobby&wait=0&here={room}")),
            Ask::get(format!("/api/v1/events?room={room}&after=start")),
            Ask::get(format!("{at}/messages")),
            Ask::get(format!("{at}/messages?before={seq}&limit=3")),
            Ask::get(format!("{at}/members")),
            Ask::get(format!("/subscribe?room={room}&wait=0")),
            Ask::get(format!("/subscribe?room={room}&wait=0&random=0.5")),
            Ask::new("POST", format!("{at}/messages"), json!({ "key": KEY, "text": "x" })),
            Ask::new("PUT", own.clone(), json!({ "role": "member" })),
            Ask::new("DELETE", own, None),
            Ask::new("PUT", other.clone(), json!({ "role": "admin" })),
            Ask::new("PUT", other.clone(), json!({ "muted_until": 1 })),
            Ask::new("DELETE", other, None),
            // A name that a member has.
            Ask::new("PUT", guest, json!({ "role": "member", "name": "Zoe" })),
            Ask::get(format!("{at}/hooks")),
            Ask::new("POST", format!("{at}/hooks"), json!({ "way": "incoming", "name": "x" })),
            Ask::new("DELETE", format!("{at}/hooks/{}", self.model.ids[0]), None),
            Ask::new("DELETE", format!("{at}?confirm={room}"), None),
            Ask::new("POST", "/api/v1/invites", json!({ "room": room })),
        ]);
        // Whoever makes a room under a name of their own learns that it is taken.
        if SECRET.iter().any(|start| room.starts_with(start)) {
            asks.extend([
                Ask::new("PUT", at.clone(), json!({ "topic": "x" })),
                Ask::new("PUT", at, json!({ "policy": { "visibility": "public" } })),
                Ask::new("POST", format!("/publish?room={room}"), Value::from("x")),
            ]);
        }
        asks
    }
}

/// Everything that can be asked about a message.
fn about_message(room: &str, seq: u64) -> Vec<Ask> {
    let (at, reaction) = (format!("/api/v1/rooms/{room}/messages"), "reactions/%F0%9F%91%8D");
    vec![
        Ask::get(format!("{at}/{seq}")),
        Ask::new("POST", at.clone(), json!({ "key": KEY, "text": "x", "reply_to": seq })),
        Ask::new("PATCH", format!("{at}/{seq}"), json!({ "text": "x" })),
        Ask::new("DELETE", format!("{at}/{seq}"), None),
        Ask::new("PUT", format!("{at}/{seq}/{reaction}"), None),
        Ask::new("DELETE", format!("{at}/{seq}/{reaction}"), None),
        Ask::new("POST", format!("{at}/{seq}/report"), json!({ "reason": "x" })),
    ]
}
