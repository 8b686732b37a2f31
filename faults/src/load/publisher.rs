//! A publisher: says one thing after the other, each with its key, and repeats each until an answer comes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use fastrand::Rng;
use holdline_shared::{Backoff, Dice, Entry, MessageText, PublishKey, PublishRequest, RoomName, Session};
use hyper::Method;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::checker::{Ledger, Wrong};
use crate::http::{Ask, Http};

/// After this a publisher asks again, without knowing what became of its request.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest pause between two tries: rounds are short, so that publishers are less polite here than browsers.
const PAUSE: Duration = Duration::from_millis(250);

/// Somebody who publishes.
pub(crate) struct Publisher {
    pub(crate) http: Http,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: Vec<RoomName>,
    /// About how long between two messages.
    pub(crate) pace: Duration,
    pub(crate) rng: Rng,
    pub(crate) name: String,
}

impl Publisher {
    /// Publishes until told to stop, and then until the last one is answered.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let token = self.session().await;
        let mut number = 0;
        while !*stop.borrow() {
            number += 1;
            let room = self.rooms[self.rng.usize(..self.rooms.len())].clone();
            self.say(&token, &room, number).await;
            let pause = self.pace.mul_f64(self.rng.f64() * 2.0);
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// A session, once for ever: it has to outlive every restart.
    async fn session(&mut self) -> String {
        let body = format!(r#"{{"nickname":"{}"}}"#, self.name);
        let mut backoff = Backoff::default();
        loop {
            let ask = Ask::send(Method::POST, "/api/v1/session", body.clone());
            if let Ok(reply) = self.http.ask(ask, PATIENCE).await
                && let Ok(session) = serde_json::from_slice::<Session>(&reply.body)
            {
                return session.token.unwrap_or_default();
            }
            self.pause(&mut backoff, None).await;
        }
    }

    /// Says one thing, once.
    async fn say(&mut self, token: &str, room: &RoomName, number: u32) {
        let mut bytes = [0; 16];
        self.rng.fill(&mut bytes);
        let key = PublishKey::from_random(bytes);
        // With the key in it, no two texts are the same.
        let Ok(text) = MessageText::parse(&format!("{} says {number}: {key}", self.name)) else { return };
        let request = PublishRequest { key, text, reply_to: None };
        let body = serde_json::to_vec(&request).unwrap_or_default();
        let path = format!("/api/v1/rooms/{}/messages", room.as_str());
        self.ledger.tried(key);
        let mut backoff = Backoff::default();
        // Some say it again although it was acknowledged: a browser that was closed before it could take note.
        let mut answers = if self.rng.u8(..16) == 0 { 2 } else { 1 };
        while answers > 0 {
            let ask = Ask::send(Method::POST, &path, body.clone())
                .header("authorization", format!("Bearer {token}"));
            match self.attempt(ask, key).await {
                Ok(None) => answers -= 1,
                Ok(Some(retry_after)) => self.pause(&mut backoff, retry_after).await,
                Err(error) => {
                    return self.ledger.complain(Wrong::Unclear, format!("{}: {error:#}", self.name));
                }
            }
        }
    }

    /// Tries once: done, or to be tried again, or refused for good.
    async fn attempt(&self, ask: Ask<'_>, key: PublishKey) -> Result<Option<Option<Duration>>> {
        let Ok(reply) = self.http.ask(ask, PATIENCE).await else {
            self.ledger.troubled();
            return Ok(Some(None));
        };
        self.ledger.answered(reply.status);
        match reply.status {
            200 | 201 => {
                let entry: Entry = serde_json::from_slice(&reply.body)?;
                self.ledger.acknowledged(key, entry.seq);
                Ok(None)
            }
            408 | 429 | 502 | 503 | 504 | 507 => {
                self.ledger.troubled();
                Ok(Some(reply.retry_after()))
            }
            _ => bail!("a publish was answered with {}", reply.words()),
        }
    }

    async fn pause(&mut self, backoff: &mut Backoff, retry_after: Option<Duration>) {
        let pause = retry_after.unwrap_or_default().max(backoff.fail(Dice::new(self.rng.f64())));
        sleep(pause.min(PAUSE)).await;
    }
}
