//! What is worth a line on standard error about the connection: trouble that lasts, and its end. Blips are not.

use std::future::pending;
use std::time::Duration;

use holdline_shared::Status;
use tokio::time::{Instant, sleep_until};

use crate::client::{Target, say};

/// A restart of the server is over sooner than this, even when it asks its clients to take their time to come back.
const BLIP: Duration = Duration::from_secs(3);

/// Hears every status, and says few of them.
pub(super) struct Notice {
    target: Target,
    since: Option<Instant>,
    unsaid: Option<String>,
    said: Option<String>,
}

impl Notice {
    /// About the connection to this server.
    pub(super) fn new(target: &Target) -> Self {
        Self { target: target.clone(), since: None, unsaid: None, said: None }
    }

    /// Takes note of how things are.
    pub(super) fn hear(&mut self, status: &Status) {
        let sentence = match status {
            Status::Live => {
                if self.said.take().is_some() {
                    say("live again");
                }
                self.unsaid = None;
                self.since = None;
                return;
            }
            Status::Connecting | Status::Retrying | Status::Repairing => return,
            Status::Offline => format!("no network; waiting for {}", self.target),
            Status::Reconnecting { why, .. } => format!("waiting for {}: {why}", self.target),
            Status::Refused { why, .. } => format!("{} refuses: {why}; asking again", self.target),
        };
        self.since.get_or_insert_with(Instant::now);
        // Why it does not work may change with each attempt; that it refuses is news again.
        let is_news = match status {
            Status::Refused { .. } => self.said.as_ref() != Some(&sentence),
            _ => self.said.is_none(),
        };
        self.unsaid = is_news.then_some(sentence);
    }

    /// Resolves when there is something to [`say`](Self::say).
    pub(super) async fn due(&self) {
        match (self.since, &self.unsaid) {
            (Some(since), Some(_)) => sleep_until(since + BLIP).await,
            _ => pending().await,
        }
    }

    /// Says what lasts.
    pub(super) fn say(&mut self) {
        if let Some(sentence) = self.unsaid.take() {
            say(&sentence);
            self.said = Some(sentence);
        }
    }
}
