//! A recorder of whole entries: after entries have expired, nothing else knows what the log contained.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use holdline_shared::{After, Batch, Entry, Seq};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::http::{ApiRequest, HttpClient};

/// The time limit of a request; polls are held for a second.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// The pause before a retry while the server is down.
const PAUSE: Duration = Duration::from_millis(20);
/// The time limit for reading the rest of the log.
const END: Duration = Duration::from_secs(45);

/// Reads all rooms from the beginning of the log without a pause.
pub(crate) struct LogRecorder {
    entries: Arc<Mutex<BTreeMap<Seq, Entry>>>,
    reading: JoinSet<Result<()>>,
}

impl LogRecorder {
    /// Starts recording. No entry may have expired yet.
    pub(crate) fn start(http: HttpClient) -> Self {
        let entries = Arc::<Mutex<BTreeMap<Seq, Entry>>>::default();
        let mut reading = JoinSet::new();
        reading.spawn(read(http, entries.clone()));
        Self { entries, reading }
    }

    /// Returns all entries that the log ever had, once the recorder has reached the end of `kept`, the entries that it
    /// still has.
    pub(crate) async fn end(mut self, kept: &[Entry]) -> Result<Vec<Entry>> {
        let last = kept.last().map_or(Seq::START, |entry| entry.seq);
        let deadline = Instant::now() + END;
        loop {
            if let Some(ended) = self.reading.try_join_next() {
                ended?.context("the recorder knows only a part of the log")?;
            }
            if let Some(entries) = self.entries_upto(last) {
                return Ok(entries);
            }
            if Instant::now() >= deadline {
                bail!("the recorder does not come to the end of the log");
            }
            sleep(PAUSE).await;
        }
    }
}

impl LogRecorder {
    /// Returns all recorded entries if they reach up to `last`.
    fn entries_upto(&self, last: Seq) -> Option<Vec<Entry>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let is_complete = entries.last_key_value().is_some_and(|(seq, _)| *seq >= last);
        is_complete.then(|| entries.values().cloned().collect())
    }
}

async fn read(http: HttpClient, entries: Arc<Mutex<BTreeMap<Seq, Entry>>>) -> Result<()> {
    let mut after = After::Start;
    loop {
        let path = format!("/api/v1/poll?room=*&after={after}&wait=1");
        match http.send(ApiRequest::get(&path), REQUEST_LIMIT).await {
            Ok(reply) if reply.status == 200 => {
                let batch: Batch = serde_json::from_slice(&reply.body)?;
                let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
                entries.extend(batch.entries.into_iter().map(|entry| (entry.seq, entry)));
                after = After::At(batch.cursor);
            }
            Ok(reply) if reply.status == 410 => bail!("it was told of a gap: {}", reply.describe()),
            // The server is restarting.
            _ => sleep(PAUSE).await,
        }
    }
}
