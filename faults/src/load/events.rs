//! A reader of Server-Sent Events that behaves like a browser's `EventSource`: an event counts once its empty line has
//! arrived, and a new connection continues after the last id.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{Batch, Cursor, Problem, RoomSelection, Seq};
use http_body_util::BodyExt as _;
use tokio::time::{sleep, timeout};

use super::oldest_entries::oldest_entries;
use crate::checker::{Gap, Ledger, LedgerPosition, ReaderId, Receives, Violation};
use crate::http::{ApiRequest, HttpClient};

/// The time limit for silence: the server sends a keep-alive every 15 seconds.
const KEEP_ALIVE_LIMIT: Duration = Duration::from_secs(20);
/// The longest pause before a new connection.
const PAUSE: Duration = Duration::from_millis(500);

/// A reader of events.
pub(crate) struct EventReader {
    pub(crate) http: HttpClient,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: RoomSelection,
    pub(crate) rng: Rng,
    pub(crate) name: String,
}

impl EventReader {
    /// Reads from the beginning of the log until dropped.
    pub(crate) async fn run(mut self) {
        let reader =
            self.ledger.add_reader(self.name.clone(), self.rooms.clone(), Seq::START, Receives::Entries);
        let mut last_id = String::new();
        loop {
            self.connect(reader, &mut last_id).await;
            sleep(PAUSE.mul_f64(self.rng.f64())).await;
        }
    }

    /// Reads one connection until it is lost.
    async fn connect(&self, reader: ReaderId, last_id: &mut String) {
        let query = holdline_shared::PollQuery::new(self.rooms.clone()).to_query_string();
        let path = format!("/api/v1/events?{query}&after=start");
        let mut request = ApiRequest::get(&path).header("accept", "text/event-stream");
        if !last_id.is_empty() {
            request = request.header("last-event-id", last_id.clone());
        }
        // The server may have read an event's content as soon as the connection was open.
        let asked = self.ledger.position();
        let Ok(Ok(response)) = timeout(KEEP_ALIVE_LIMIT, self.http.send_streaming(request)).await else {
            return;
        };
        if response.status() == 410 {
            if let Ok(Ok(body)) = timeout(KEEP_ALIVE_LIMIT, response.into_body().collect()).await {
                self.pass_gap(&body.to_bytes(), reader, last_id).await;
            }
            return;
        }
        if response.status() != 200 {
            return;
        }
        let mut body = response.into_body();
        let mut text = Vec::new();
        while let Ok(Some(Ok(frame))) = timeout(KEEP_ALIVE_LIMIT, body.frame()).await {
            text.extend_from_slice(frame.data_ref().map(AsRef::as_ref).unwrap_or_default());
            while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = text.drain(..end + 2).collect();
                self.dispatch(&String::from_utf8_lossy(&event), reader, asked, last_id).await;
            }
        }
    }

    async fn dispatch(&self, event: &str, reader: ReaderId, asked: LedgerPosition, last_id: &mut String) {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        match (field("event"), field("data")) {
            (Some("gap"), Some(data)) => return self.pass_gap(data.as_bytes(), reader, last_id).await,
            // A problem event, after which the server ends the connection.
            (Some(_), _) => return,
            (None, Some(data)) => match serde_json::from_str::<Batch>(data) {
                Ok(batch) => self.ledger.record_entries(reader, asked, &batch.entries),
                Err(error) => {
                    self.ledger.report(Violation::Unclear, format!("{}: no batch: {error}", self.name));
                }
            },
            (None, None) => {}
        }
        if let Some(id) = field("id") {
            id.clone_into(last_id);
        }
        self.ledger.record_poll(reader);
    }

    /// Continues after a gap, from the cursor that the problem contains.
    async fn pass_gap(&self, problem: &[u8], reader: ReaderId, last_id: &mut String) {
        let problem = serde_json::from_slice::<Problem>(problem);
        let Some(cursor) = problem.ok().and_then(|problem| problem.cursor) else {
            return self.ledger.report(Violation::Unclear, format!("{}: a gap without a cursor", self.name));
        };
        let after = last_id.parse::<Cursor>().map_or(Seq::START, |cursor| cursor.seq);
        let oldest = oldest_entries(&self.http, &self.rooms).await.unwrap_or_default();
        self.ledger.record_gap(reader, Gap { after, resumed: cursor.seq, oldest });
        *last_id = cursor.to_string();
    }
}
