//! A reader that keeps whole entries: of a log that forgets, nobody else knows afterwards what was in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use holdline_shared::{After, Batch, Entry, Seq};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::http::{Ask, Http};

/// A poll is held for a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before it asks again when the server is away.
const PAUSE: Duration = Duration::from_millis(20);
/// Longer than it takes to read the rest.
const END: Duration = Duration::from_secs(45);

/// Reads all rooms from the beginning of the log, without a pause.
pub(crate) struct Scribe {
    entries: Arc<Mutex<BTreeMap<Seq, Entry>>>,
    reading: JoinSet<Result<()>>,
}

impl Scribe {
    /// Begins; the log must not have forgotten anything yet.
    pub(crate) fn start(http: Http) -> Self {
        let entries = Arc::<Mutex<BTreeMap<Seq, Entry>>>::default();
        let mut reading = JoinSet::new();
        reading.spawn(read(http, entries.clone()));
        Self { entries, reading }
    }

    /// Everything that the log ever had, once the scribe is at the end of what it still has.
    pub(crate) async fn end(mut self, kept: &[Entry]) -> Result<Vec<Entry>> {
        let last = kept.last().map_or(Seq::START, |entry| entry.seq);
        let deadline = Instant::now() + END;
        loop {
            if let Some(ended) = self.reading.try_join_next() {
                ended?.context("the scribe knows only a part of the log")?;
            }
            if let Some(entries) = self.entries_upto(last) {
                return Ok(entries);
            }
            if Instant::now() >= deadline {
                bail!("the scribe does not come to the end of the log");
            }
            sleep(PAUSE).await;
        }
    }
}

impl Scribe {
    /// Everything that was read, when that goes as far as this.
    fn entries_upto(&self, last: Seq) -> Option<Vec<Entry>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let is_complete = entries.last_key_value().is_some_and(|(seq, _)| *seq >= last);
        is_complete.then(|| entries.values().cloned().collect())
    }
}

async fn read(http: Http, entries: Arc<Mutex<BTreeMap<Seq, Entry>>>) -> Result<()> {
    let mut after = After::Start;
    loop {
        let path = format!("/api/v1/poll?room=*&after={after}&wait=1");
        match http.ask(Ask::get(&path), PATIENCE).await {
            Ok(reply) if reply.status == 200 => {
                let batch: Batch = serde_json::from_slice(&reply.body)?;
                let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
                entries.extend(batch.entries.into_iter().map(|entry| (entry.seq, entry)));
                after = After::At(batch.cursor);
            }
            Ok(reply) if reply.status == 410 => bail!("it was told of a gap: {}", reply.words()),
            // Its server is away for a moment.
            _ => sleep(PAUSE).await,
        }
    }
}
