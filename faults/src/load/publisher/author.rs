//! The author of a publisher's messages: publishes them and repeats requests until they are answered.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{Backoff, Emoji, Entry, Jitter, MessageText, PublishRequest, RoomName, Seq};
use hyper::Method;
use tokio::time::sleep;

use crate::checker::Ledger;
use crate::http::{ApiRequest, ApiResponse, HttpClient};
use crate::load::recent_messages::RecentMessages;
use crate::session::{ApiSession, random_key};

/// The time limit of a request, after which a publisher repeats it without knowing its outcome.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// The longest pause between two attempts: rounds are short, so publishers retry sooner than browsers do.
const PAUSE: Duration = Duration::from_millis(250);
/// The number of own messages and reactions that an author remembers and may still change.
const REMEMBERED: usize = 16;

/// A publisher's session with its recent messages and reactions.
pub(super) struct Author {
    pub(super) http: HttpClient,
    pub(super) ledger: Arc<Ledger>,
    pub(super) rng: Rng,
    pub(super) name: String,
    pub(super) recent: Arc<RecentMessages>,
    pub(super) has_retention: bool,
    pub(super) session: ApiSession,
    /// Messages that may still be changed.
    pub(super) own: VecDeque<(RoomName, Seq)>,
    /// Reactions that may still be removed.
    pub(super) reacted: VecDeque<(RoomName, Seq, Emoji)>,
}

impl Author {
    /// Publishes one message.
    pub(super) async fn publish(&mut self, room: RoomName, number: u32) -> Result<()> {
        let key = random_key(&mut self.rng);
        // The key makes every text unique.
        let text = MessageText::parse(&format!("{} says {number}: {key}", self.name))?;
        self.ledger.record_attempt(key, &text);
        let body = serde_json::to_vec(&PublishRequest { key, text, reply_to: None })?;
        let path = format!("/api/v1/rooms/{}/messages", room.as_str());
        // Some messages are published again after the acknowledgement, as by a browser that was closed before it could
        // store it.
        let answers = if self.rng.u8(0..16) == 0 { 2 } else { 1 };
        for answer in 0..answers {
            let reply = self.send_until_answered(&Method::POST, &path, &body).await;
            ensure!(matches!(reply.status, 200 | 201), "a publish was answered with {}", reply.describe());
            let entry: Entry = serde_json::from_slice(&reply.body)?;
            self.ledger.record_acknowledgement(key, entry.seq);
            if answer == 0 {
                self.recent.add(room.clone(), entry.seq);
                remember(&mut self.own, (room.clone(), entry.seq));
            }
        }
        Ok(())
    }

    /// Repeats a request until it gets a definite response.
    pub(super) async fn send_until_answered(
        &mut self,
        method: &Method,
        path: &str,
        body: &[u8],
    ) -> ApiResponse {
        let mut backoff = Backoff::default();
        loop {
            let request = ApiRequest::with_body(method.clone(), path, body.to_vec());
            let request = request.header("authorization", &self.session.bearer);
            let retry_after = match self.http.send(request, REQUEST_LIMIT).await {
                Ok(reply) => {
                    self.ledger.record_status(reply.status);
                    if !matches!(reply.status, 408 | 429 | 502 | 503 | 504 | 507) {
                        return reply;
                    }
                    reply.retry_after()
                }
                Err(_) => None,
            };
            self.ledger.record_failure();
            pause(&mut self.rng, &mut backoff, retry_after).await;
        }
    }
}

/// Pauses before the next attempt.
pub(super) async fn pause(rng: &mut Rng, backoff: &mut Backoff, retry_after: Option<Duration>) {
    let pause = retry_after.unwrap_or_default().max(backoff.fail(Jitter::new(rng.f64())));
    sleep(pause.min(PAUSE)).await;
}

/// Adds to a list of limited length.
pub(super) fn remember<T>(list: &mut VecDeque<T>, new: T) {
    if list.len() == REMEMBERED {
        list.pop_front();
    }
    list.push_back(new);
}
