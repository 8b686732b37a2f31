//! A reader that continues through restores: the subscription machine, which must be told of each new epoch, recording
//! its deliveries in the ledger of the current incarnation.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{
    Action, After, Cursor, Epoch, Event, History, Jitter, Next, PollQuery, ProblemCode, RoomSelection, Seq,
    Subscription,
};
use tokio::time::{Instant, sleep};

use super::incarnations::Incarnations;
use crate::checker::{LedgerPosition, ReaderId, Receives, Violation};
use crate::http::{ApiRequest, HttpClient};
use crate::poll::poll;

/// The time limit of a request for history.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// The longest pause: the server is down often but briefly, so this reader retries sooner than a browser.
const PAUSE: Duration = Duration::from_millis(500);

/// Reads all rooms through all incarnations of the log.
pub(super) struct PersistentReader {
    pub(super) http: HttpClient,
    pub(super) incarnations: Arc<Incarnations>,
    pub(super) rng: Rng,
    pub(super) name: String,
}

/// The incarnation that the reader is in.
struct Current {
    epoch: Epoch,
    reader: ReaderId,
}

impl PersistentReader {
    /// Reads until dropped.
    pub(super) async fn read(mut self) {
        let mut machine = Subscription::new(After::Start);
        let begun = Instant::now();
        let mut event = Event::Start;
        let mut current: Option<Current> = None;
        let mut is_told = false;
        let mut asked = LedgerPosition::default();
        loop {
            if let Event::Answered(batch) = &event
                && current.is_none()
            {
                // The first answer: the reader started at the beginning of the log.
                current = Some(self.enter(Cursor { epoch: batch.cursor.epoch, seq: Seq::START }));
            }
            if let Event::Repaired(cursor) = event {
                current = Some(self.enter(cursor));
                is_told = false;
            }
            let step = machine.step(event, begun.elapsed(), Jitter::new(self.rng.f64()));
            if let (Some(batch), Some(Current { epoch, reader })) = (step.deliver, &current) {
                self.incarnations.ledger(*epoch).record_entries(*reader, asked, &batch.entries);
            }
            let Next::Do(action) = step.next else { return };
            if let Some(Current { epoch, .. }) = &current {
                asked = self.incarnations.ledger(*epoch).position();
            }
            if action == Action::Repair
                && !is_told
                && let Some(Current { epoch, .. }) = &current
            {
                let what = format!("{} had to find out by itself that the log is another one", self.name);
                self.incarnations.ledger(*epoch).report(Violation::Mixed, what);
            }
            event = self.perform(action).await;
            if let Event::Refused { problem: Some(problem), .. } = &event {
                is_told |= problem.code == ProblemCode::EpochChanged;
            }
        }
    }

    /// Moves the reader to the incarnation of this cursor.
    fn enter(&self, cursor: Cursor) -> Current {
        let ledger = self.incarnations.ledger(cursor.epoch);
        let reader = ledger.add_reader(self.name.clone(), RoomSelection::All, cursor.seq, Receives::Entries);
        self.incarnations.enter(cursor.epoch);
        Current { epoch: cursor.epoch, reader }
    }

    async fn perform(&self, action: Action) -> Event {
        let failed = |why: &str| Event::Failed { why: why.to_owned() };
        match action {
            Action::Sleep(pause) => {
                sleep(pause.min(PAUSE)).await;
                Event::Woke
            }
            Action::Repair => {
                let path = "/api/v1/rooms/lobby/messages?limit=1";
                match self.http.send(ApiRequest::get(path), REQUEST_LIMIT).await {
                    Ok(reply) => match serde_json::from_slice::<History>(&reply.body) {
                        Ok(history) => Event::Repaired(history.cursor),
                        Err(_) => failed("no history"),
                    },
                    Err(_) => failed("no answer"),
                }
            }
            Action::RenewSession => Event::Renewed,
            Action::Poll { after, wait, watchdog, .. } => {
                let query = PollQuery { after, wait: Some(wait), ..PollQuery::new(RoomSelection::All) };
                poll(&self.http, &query, watchdog).await
            }
        }
    }
}
