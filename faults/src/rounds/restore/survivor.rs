//! A reader that outlives the log: the machine of every client, which has to be told each time that the log is another
//! one, and writes down what it sees in the ledger of the life that it is in.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{
    Action, After, Batch, Cursor, Epoch, Event, History, Jitter, Next, PollQuery, Problem, ProblemCode,
    RoomSelection, Seq, Subscription,
};
use tokio::time::{Instant, sleep};

use super::lives::Lives;
use crate::checker::{Hears, Line, ReaderId, Wrong};
use crate::http::{Ask, Http};

/// For history.
const PATIENCE: Duration = Duration::from_secs(10);
/// The server is away for a moment again and again; nobody waits here as long as a browser would.
const PAUSE: Duration = Duration::from_millis(500);

/// Reads everything, through all lives of the log.
pub(super) struct Survivor {
    pub(super) http: Http,
    pub(super) lives: Arc<Lives>,
    pub(super) rng: Rng,
    pub(super) name: String,
}

/// The life that a survivor is in.
struct Present {
    epoch: Epoch,
    reader: ReaderId,
}

impl Survivor {
    /// Reads until it is dropped.
    pub(super) async fn read(mut self) {
        let mut machine = Subscription::new(After::Start);
        let begun = Instant::now();
        let mut event = Event::Start;
        let mut present: Option<Present> = None;
        let mut is_told = false;
        let mut asked = Line::default();
        loop {
            if let Event::Answered(batch) = &event
                && present.is_none()
            {
                // The very first answer: it began at the start of the log.
                present = Some(self.enter(Cursor { epoch: batch.cursor.epoch, seq: Seq::START }));
            }
            if let Event::Repaired(cursor) = event {
                present = Some(self.enter(cursor));
                is_told = false;
            }
            let step = machine.step(event, begun.elapsed(), Jitter::new(self.rng.f64()));
            if let (Some(batch), Some(Present { epoch, reader })) = (step.deliver, &present) {
                self.lives.ledger(*epoch).saw(*reader, asked, &batch.entries);
            }
            let Next::Do(action) = step.next else { return };
            if let Some(Present { epoch, .. }) = &present {
                asked = self.lives.ledger(*epoch).line();
            }
            if action == Action::Repair
                && !is_told
                && let Some(Present { epoch, .. }) = &present
            {
                let what = format!("{} had to find out by itself that the log is another one", self.name);
                self.lives.ledger(*epoch).complain(Wrong::Mixed, what);
            }
            event = self.perform(action).await;
            if let Event::Refused { problem: Some(problem), .. } = &event {
                is_told |= problem.code == ProblemCode::EpochChanged;
            }
        }
    }

    /// From here on it reads the life of this cursor.
    fn enter(&self, cursor: Cursor) -> Present {
        let ledger = self.lives.ledger(cursor.epoch);
        let reader = ledger.reader(self.name.clone(), RoomSelection::All, cursor.seq, Hears::Entries);
        self.lives.enter(cursor.epoch);
        Present { epoch: cursor.epoch, reader }
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
                match self.http.ask(Ask::get(path), PATIENCE).await {
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
                let path = format!("/api/v1/poll?{}", query.to_query_string());
                match self.http.ask(Ask::get(&path), watchdog).await {
                    Ok(reply) if reply.status == 200 => match serde_json::from_slice::<Batch>(&reply.body) {
                        Ok(batch) => Event::Answered(batch),
                        Err(_) => failed("no batch"),
                    },
                    Ok(reply) => {
                        let problem: Option<Problem> = serde_json::from_slice(&reply.body).ok();
                        Event::Refused { status: reply.status, problem, retry_after: reply.retry_after() }
                    }
                    Err(_) => failed("no answer"),
                }
            }
        }
    }
}
