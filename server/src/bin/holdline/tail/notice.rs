//! Notices about the connection on standard error: lasting outages and their end, but not short ones.

use std::future::pending;
use std::time::Duration;

use holdline_shared::Status;
use tokio::time::{Instant, sleep_until};

use crate::client::{Target, say};

/// The duration of an outage that is not reported: longer than a restart of the server, even with clients that return
/// gradually.
const SHORT_OUTAGE: Duration = Duration::from_secs(3);

/// Receives every status and reports few of them.
pub(super) struct Notice {
    target: Target,
    since: Option<Instant>,
    pending: Option<String>,
    printed: Option<String>,
}

impl Notice {
    /// Makes notices about the connection to this server.
    pub(super) fn new(target: &Target) -> Self {
        Self { target: target.clone(), since: None, pending: None, printed: None }
    }

    /// Records a status.
    pub(super) fn update(&mut self, status: &Status) {
        let sentence = match status {
            Status::Live => {
                if self.printed.take().is_some() {
                    say("live again");
                }
                self.pending = None;
                self.since = None;
                return;
            }
            Status::Connecting | Status::Retrying | Status::Repairing => return,
            Status::Offline => format!("no network; waiting for {}", self.target),
            Status::Reconnecting { why, .. } => format!("waiting for {}: {why}", self.target),
            Status::Refused { why, .. } => format!("{} refuses: {why}; asking again", self.target),
        };
        self.since.get_or_insert_with(Instant::now);
        // The reasons of an outage may vary, so only the first is reported; each different refusal is reported.
        let is_news = match status {
            Status::Refused { .. } => self.printed.as_ref() != Some(&sentence),
            _ => self.printed.is_none(),
        };
        self.pending = is_news.then_some(sentence);
    }

    /// Resolves when a notice is due; then call [`say`](Self::say).
    pub(super) async fn due(&self) {
        match (self.since, &self.pending) {
            (Some(since), Some(_)) => sleep_until(since + SHORT_OUTAGE).await,
            _ => pending().await,
        }
    }

    /// Prints the notice that is due.
    pub(super) fn say(&mut self) {
        if let Some(sentence) = self.pending.take() {
            say(&sentence);
            self.printed = Some(sentence);
        }
    }
}
