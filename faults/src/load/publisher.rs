//! A publisher: does one thing after the other, and repeats each until an answer comes. Mostly says something, each
//! message with its key; now and then edits or deletes what it said, or reacts to what somebody said.

mod change;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{
    Backoff, Emoji, Entry, Jitter, MessageText, Person, PublishKey, PublishRequest, RoomName, Seq, Session,
};
use hyper::Method;
use tokio::sync::watch;
use tokio::time::sleep;

use super::recent::Recent;
use crate::checker::{Ledger, Wrong};
use crate::http::{Ask, Http, Reply};

/// After this a publisher asks again, without knowing what became of its request.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest pause between two tries: rounds are short, so that publishers are less polite here than browsers.
const PAUSE: Duration = Duration::from_millis(250);
/// Own messages, and reactions, that a publisher remembers and may still change.
const REMEMBERED: usize = 16;

/// A publisher: its name, its rooms and its pace.
pub(crate) struct Publisher {
    pub(crate) http: Http,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: Vec<RoomName>,
    /// About how long between two messages.
    pub(crate) pace: Duration,
    pub(crate) rng: Rng,
    pub(crate) name: String,
    pub(crate) recent: Arc<Recent>,
    /// Whether messages may be forgotten before they are changed.
    pub(crate) is_forgetful: bool,
}

/// A publisher at work: with a session, and with what it did lately.
struct Author {
    publisher: Publisher,
    person: Person,
    bearer: String,
    /// Messages that it may still change.
    own: VecDeque<(RoomName, Seq)>,
    /// Reactions that it may still take back.
    put: VecDeque<(RoomName, Seq, Emoji)>,
}

impl Publisher {
    /// Publishes until told to stop, and then until the last one is answered.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let session = self.session().await;
        let mut author = Author {
            publisher: self,
            person: session.person,
            bearer: format!("Bearer {}", session.token.unwrap_or_default()),
            own: VecDeque::new(),
            put: VecDeque::new(),
        };
        let mut number = 0;
        while !*stop.borrow() {
            number += 1;
            if let Err(error) = author.act(number).await {
                let Publisher { ledger, name, .. } = &author.publisher;
                return ledger.complain(Wrong::Unclear, format!("{name}: {error:#}"));
            }
            let pause = author.publisher.pace.mul_f64(author.publisher.rng.f64() * 2.0);
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// A session, once for ever: it has to outlive every restart.
    async fn session(&mut self) -> Session {
        let body = format!(r#"{{"nickname":"{}"}}"#, self.name);
        let mut backoff = Backoff::default();
        loop {
            let ask = Ask::send(Method::POST, "/api/v1/session", body.clone());
            if let Ok(reply) = self.http.ask(ask, PATIENCE).await
                && let Ok(session) = serde_json::from_slice::<Session>(&reply.body)
            {
                return session;
            }
            self.pause(&mut backoff, None).await;
        }
    }

    async fn pause(&mut self, backoff: &mut Backoff, retry_after: Option<Duration>) {
        let pause = retry_after.unwrap_or_default().max(backoff.fail(Jitter::new(self.rng.f64())));
        sleep(pause.min(PAUSE)).await;
    }
}

impl Author {
    /// Does one thing: two of three times a message.
    async fn act(&mut self, number: u32) -> Result<()> {
        match self.publisher.rng.u8(..24) {
            0..3 => self.edit(number).await,
            3 => self.delete().await,
            4..7 => self.react().await,
            7 => self.take_back().await,
            _ => {
                let rooms = &self.publisher.rooms;
                let room = rooms[self.publisher.rng.usize(..rooms.len())].clone();
                self.say(room, number).await
            }
        }
    }

    /// Says one thing, once.
    async fn say(&mut self, room: RoomName, number: u32) -> Result<()> {
        let mut bytes = [0; 16];
        self.publisher.rng.fill(&mut bytes);
        let key = PublishKey::from_random(bytes);
        // With the key in it, no two texts are the same.
        let text = MessageText::parse(&format!("{} says {number}: {key}", self.publisher.name))?;
        self.publisher.ledger.tried(key, &text);
        let body = serde_json::to_vec(&PublishRequest { key, text, reply_to: None })?;
        let path = format!("/api/v1/rooms/{}/messages", room.as_str());
        // Some say it again although it was acknowledged: a browser that was closed before it could take note.
        let answers = if self.publisher.rng.u8(..16) == 0 { 2 } else { 1 };
        for answer in 0..answers {
            let reply = self.until_answered(&Method::POST, &path, &body).await;
            ensure!(matches!(reply.status, 200 | 201), "a publish was answered with {}", reply.words());
            let entry: Entry = serde_json::from_slice(&reply.body)?;
            self.publisher.ledger.acknowledged(key, entry.seq);
            if answer == 0 {
                self.publisher.recent.add(room.clone(), entry.seq);
                remember(&mut self.own, (room.clone(), entry.seq));
            }
        }
        Ok(())
    }

    /// Asks until there is an answer that is about what was asked.
    async fn until_answered(&mut self, method: &Method, path: &str, body: &[u8]) -> Reply {
        let mut backoff = Backoff::default();
        loop {
            let ask = Ask::send(method.clone(), path, body.to_vec()).header("authorization", &self.bearer);
            let retry_after = match self.publisher.http.ask(ask, PATIENCE).await {
                Ok(reply) => {
                    self.publisher.ledger.answered(reply.status);
                    if !matches!(reply.status, 408 | 429 | 502 | 503 | 504 | 507) {
                        return reply;
                    }
                    reply.retry_after()
                }
                Err(_) => None,
            };
            self.publisher.ledger.troubled();
            self.publisher.pause(&mut backoff, retry_after).await;
        }
    }
}

fn remember<T>(list: &mut VecDeque<T>, new: T) {
    if list.len() == REMEMBERED {
        list.pop_front();
    }
    list.push_back(new);
}
