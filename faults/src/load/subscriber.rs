//! A subscriber: a thin driver of the shared subscription machine. Executes the machine's actions one at a time and
//! nothing else.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{
    Action, After, Event, History, Jitter, Next, PollQuery, ProblemCode, RoomName, RoomSelection, Seq,
    Subscription,
};
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::oldest_entries::{json, oldest_entries};
use crate::checker::{Gap, Ledger, LedgerPosition, ReaderId, Receives, Violation};
use crate::http::HttpClient;
use crate::poll::poll;

/// The average time between two disturbances by the browser: a reload, a suspend, a change of the network.
const DISTURBANCE: Duration = Duration::from_secs(15);

/// A subscriber of some rooms.
pub(crate) struct Subscriber {
    pub(crate) http: HttpClient,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: RoomSelection,
    /// The rooms of which everything must be delivered, and nothing else.
    pub(crate) owed: RoomSelection,
    pub(crate) rng: Rng,
    pub(crate) name: String,
    /// Whether publishing has ended; after that the subscriber is not absent any more, so that it receives the rest.
    pub(crate) ended: watch::Receiver<bool>,
    /// The longest of its occasional absences, as of a closed laptop; `None` for a subscriber that is never absent.
    pub(crate) longest_absence: Option<Duration>,
}

/// The outstanding action; dropping it cancels it.
type Outstanding = Pin<Box<dyn Future<Output = Event> + Send>>;

impl Subscriber {
    /// Reads from the beginning of the log.
    pub(crate) async fn run(self, events: broadcast::Receiver<Event>) {
        let reader =
            self.ledger.add_reader(self.name.clone(), self.owed.clone(), Seq::START, Receives::Entries);
        self.follow(reader, After::Start, events).await;
    }

    /// Joins later, as browsers do: reads a page of history, then polls from its cursor.
    pub(crate) async fn join(mut self, room: RoomName, events: broadcast::Receiver<Event>) {
        sleep(DISTURBANCE.mul_f64(self.rng.f64() / 4.0)).await;
        let cursor = loop {
            if let Some(history) = history(&self.http, &room).await {
                break history.cursor;
            }
            sleep(DISTURBANCE.mul_f64(self.rng.f64() / 50.0)).await;
        };
        let reader =
            self.ledger.add_reader(self.name.clone(), self.owed.clone(), cursor.seq, Receives::Entries);
        self.follow(reader, After::At(cursor), events).await;
    }

    async fn follow(mut self, reader: ReaderId, after: After, mut events: broadcast::Receiver<Event>) {
        let begun = Instant::now();
        let mut machine = Subscription::new(after);
        let mut outstanding: Outstanding = Box::pin(pending());
        let mut event = Event::Start;
        let mut is_done = true;
        let mut asked = LedgerPosition::default();
        // A fixed time, so that a busy reader is disturbed, too.
        let mut next_disturbance = self.next_disturbance();
        loop {
            let is_answer = matches!(event, Event::Answered(_));
            if matches!(event, Event::Failed { .. } | Event::Refused { .. } | Event::TimedOut) {
                self.ledger.record_failure();
            }
            let step = machine.step(event, begun.elapsed(), Jitter::new(self.rng.f64()));
            if let Some(batch) = step.deliver {
                self.ledger.record_entries(reader, asked, &batch.entries);
            }
            if is_answer {
                self.ledger.record_poll(reader);
            }
            match step.next {
                Next::Do(action) => {
                    asked = self.ledger.position();
                    outstanding = self.perform(action, reader, machine.after());
                }
                Next::Keep if is_done => {
                    self.ledger
                        .report(Violation::Undelivered, format!("{}: the machine has stopped", self.name));
                    return;
                }
                Next::Keep => {}
            }
            (event, is_done) = tokio::select! {
                event = &mut outstanding => (event, true),
                Ok(event) = events.recv() => (event, false),
                () = sleep_until(next_disturbance) => {
                    next_disturbance = self.next_disturbance();
                    (self.disturb(&mut machine), false)
                }
            };
            if event == Event::Start {
                // A new machine continues at the old one's position; the outstanding action is cancelled.
                outstanding = Box::pin(pending());
                is_done = true;
                if let Some(longest) = self.longest_absence {
                    sleep(longest.mul_f64(self.rng.f64())).await;
                }
            }
        }
    }

    fn next_disturbance(&mut self) -> Instant {
        let disturbance = if self.longest_absence.is_some() { DISTURBANCE / 8 } else { DISTURBANCE };
        Instant::now() + disturbance.mul_f64(0.2 + self.rng.f64() * 1.6)
    }

    /// A random disturbance by the browser.
    fn disturb(&mut self, machine: &mut Subscription) -> Event {
        let kinds = if *self.ended.borrow() { 4 } else { 5 };
        match self.rng.u8(..kinds) {
            0 => Event::Offline,
            1 => Event::Online,
            2 => Event::Hurry,
            3 => Event::Suspended,
            _ => {
                *machine = Subscription::new(machine.after());
                Event::Start
            }
        }
    }

    fn perform(&self, action: Action, reader: ReaderId, after: After) -> Outstanding {
        let http = self.http.clone();
        match action {
            Action::Sleep(pause) => Box::pin(async move {
                sleep(pause).await;
                Event::Woke
            }),
            Action::Poll { after, wait, watchdog, presence, .. } => {
                let query =
                    PollQuery { after, wait: Some(wait), presence, ..PollQuery::new(self.rooms.clone()) };
                let (ledger, name) = (self.ledger.clone(), self.name.clone());
                Box::pin(async move { poll_and_report(&http, &query, watchdog, &ledger, &name).await })
            }
            Action::Repair => {
                let (ledger, rooms) = (self.ledger.clone(), self.rooms.clone());
                Box::pin(async move { repair(&http, &ledger, reader, &rooms, after).await })
            }
            Action::RenewSession => {
                self.ledger.report(Violation::Repair, format!("{} was told to get a session", self.name));
                Box::pin(async { Event::Renewed })
            }
        }
    }
}

/// Polls once, and reports an unexpected refusal.
async fn poll_and_report(
    http: &HttpClient,
    query: &PollQuery,
    watchdog: Duration,
    ledger: &Ledger,
    name: &str,
) -> Event {
    let event = poll(http, query, watchdog).await;
    if let Event::Refused { status, problem, .. } = &event
        && problem.as_ref().is_none_or(|problem| problem.code != ProblemCode::Gap)
        && !matches!(status, 408 | 429 | 502..=504)
    {
        ledger.report(Violation::Unclear, format!("{name}: a poll was answered with {status}: {problem:?}"));
    }
    event
}

/// Recovers from a gap as a browser does: reads history and continues from its cursor. Records the gap for the checker.
async fn repair(
    http: &HttpClient,
    ledger: &Ledger,
    reader: ReaderId,
    rooms: &RoomSelection,
    after: After,
) -> Event {
    let failed = |why: &str| Event::Failed { why: why.to_owned() };
    let Some(oldest) = oldest_entries(http, rooms).await else { return failed("no entries") };
    let room = match rooms {
        RoomSelection::Named(names) => names.first().cloned(),
        RoomSelection::All => None,
    };
    let room = room.unwrap_or_else(RoomName::lobby);
    let Some(page) = history(http, &room).await else { return failed("no history") };
    let after = match after {
        After::At(cursor) => cursor.seq,
        After::Start | After::Now => Seq::START,
    };
    ledger.record_gap(reader, Gap { after, resumed: page.cursor.seq, oldest });
    Event::Repaired(page.cursor)
}

async fn history(http: &HttpClient, room: &RoomName) -> Option<History> {
    json(http, &format!("/api/v1/rooms/{}/messages?limit=1", room.as_str())).await
}
