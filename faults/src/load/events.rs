//! A reader of Server-Sent Events, as a browser's `EventSource` does it: an event counts when its empty line has come,
//! and a lost connection goes on after the last id.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{Batch, Cursor, Problem, RoomSelection, Seq};
use http_body_util::BodyExt as _;
use tokio::time::{sleep, timeout};

use super::oldest::oldest_entries;
use crate::checker::{Gap, Hears, Ledger, Line, ReaderId, Wrong};
use crate::http::{Ask, Http};

/// The server shows that it is alive every 15 seconds.
const SILENCE: Duration = Duration::from_secs(20);
/// The longest pause before it connects again.
const PAUSE: Duration = Duration::from_millis(500);

/// Somebody who reads events.
pub(crate) struct EventReader {
    pub(crate) http: Http,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: RoomSelection,
    pub(crate) rng: Rng,
    pub(crate) name: String,
}

impl EventReader {
    /// Reads from the beginning of the log, for ever.
    pub(crate) async fn run(mut self) {
        let reader = self.ledger.reader(self.name.clone(), self.rooms.clone(), Seq::START, Hears::Entries);
        let mut last_id = String::new();
        loop {
            self.connect(reader, &mut last_id).await;
            sleep(PAUSE.mul_f64(self.rng.f64())).await;
        }
    }

    /// One connection, until it is lost.
    async fn connect(&self, reader: ReaderId, last_id: &mut String) {
        let query = holdline_shared::PollQuery::new(self.rooms.clone()).to_query_string();
        let path = format!("/api/v1/events?{query}&after=start");
        let mut ask = Ask::get(&path).header("accept", "text/event-stream");
        if !last_id.is_empty() {
            ask = ask.header("last-event-id", last_id.clone());
        }
        // What an event says may have been read as soon as the connection was made.
        let asked = self.ledger.line();
        let Ok(Ok(response)) = timeout(SILENCE, self.http.open(ask)).await else { return };
        if response.status() == 410 {
            if let Ok(Ok(body)) = timeout(SILENCE, response.into_body().collect()).await {
                self.pass_gap(&body.to_bytes(), reader, last_id).await;
            }
            return;
        }
        if response.status() != 200 {
            return;
        }
        let mut body = response.into_body();
        let mut text = Vec::new();
        while let Ok(Some(Ok(frame))) = timeout(SILENCE, body.frame()).await {
            text.extend_from_slice(frame.data_ref().map(AsRef::as_ref).unwrap_or_default());
            while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = text.drain(..end + 2).collect();
                self.dispatch(&String::from_utf8_lossy(&event), reader, asked, last_id).await;
            }
        }
    }

    async fn dispatch(&self, event: &str, reader: ReaderId, asked: Line, last_id: &mut String) {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        match (field("event"), field("data")) {
            (Some("gap"), Some(data)) => return self.pass_gap(data.as_bytes(), reader, last_id).await,
            // Something is wrong for a while, and the connection ends.
            (Some(_), _) => return,
            (None, Some(data)) => match serde_json::from_str::<Batch>(data) {
                Ok(batch) => self.ledger.saw(reader, asked, &batch.entries),
                Err(error) => {
                    self.ledger.complain(Wrong::Unclear, format!("{}: no batch: {error}", self.name));
                }
            },
            (None, None) => {}
        }
        if let Some(id) = field("id") {
            id.clone_into(last_id);
        }
        self.ledger.polled(reader);
    }

    /// Goes on behind a gap, from the cursor that came with the news of it.
    async fn pass_gap(&self, problem: &[u8], reader: ReaderId, last_id: &mut String) {
        let problem = serde_json::from_slice::<Problem>(problem);
        let Some(cursor) = problem.ok().and_then(|problem| problem.cursor) else {
            return self.ledger.complain(Wrong::Unclear, format!("{}: a gap without a cursor", self.name));
        };
        let after = last_id.parse::<Cursor>().map_or(Seq::START, |cursor| cursor.seq);
        let oldest = oldest_entries(&self.http, &self.rooms).await.unwrap_or_default();
        self.ledger.gap(reader, Gap { after, resumed: cursor.seq, oldest });
        *last_id = cursor.to_string();
    }
}
