//! A subscriber: a thin driver of the shared subscription machine. Does what the machine says, one action at a time,
//! and nothing else.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{
    Action, After, Batch, Event, History, Jitter, Next, PollQuery, Problem, ProblemCode, RoomName,
    RoomSelection, Seq, Subscription,
};
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep, sleep_until};

use super::oldest::{json, oldest_entries};
use crate::checker::{Gap, Hears, Ledger, Line, ReaderId, Wrong};
use crate::http::{Ask, Http};

/// About how long between two things that a browser does to its machine by itself: reload, wake, lose its network.
const WHIM: Duration = Duration::from_secs(15);

/// Somebody who reads.
pub(crate) struct Subscriber {
    pub(crate) http: Http,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: RoomSelection,
    pub(crate) rng: Rng,
    pub(crate) name: String,
    /// Stays away for up to so long now and then, as a laptop does that is closed.
    pub(crate) longest_nap: Option<Duration>,
}

/// What is being done; dropping it gives it up.
type Outstanding = Pin<Box<dyn Future<Output = Event> + Send>>;

impl Subscriber {
    /// Reads from the beginning of the log.
    pub(crate) async fn run(self, news: broadcast::Receiver<Event>) {
        let reader = self.ledger.reader(self.name.clone(), self.rooms.clone(), Seq::START, Hears::Entries);
        self.follow(reader, After::Start, news).await;
    }

    /// Joins later, as browsers do: a page of history, then polls from its cursor.
    pub(crate) async fn join(mut self, room: RoomName, news: broadcast::Receiver<Event>) {
        sleep(WHIM.mul_f64(self.rng.f64() / 4.0)).await;
        let cursor = loop {
            if let Some(history) = history(&self.http, &room).await {
                break history.cursor;
            }
            sleep(WHIM.mul_f64(self.rng.f64() / 50.0)).await;
        };
        let reader = self.ledger.reader(self.name.clone(), self.rooms.clone(), cursor.seq, Hears::Entries);
        self.follow(reader, After::At(cursor), news).await;
    }

    async fn follow(mut self, reader: ReaderId, after: After, mut news: broadcast::Receiver<Event>) {
        let begun = Instant::now();
        let mut machine = Subscription::new(after);
        let mut outstanding: Outstanding = Box::pin(pending());
        let mut event = Event::Start;
        let mut is_done = true;
        let mut asked = Line::default();
        // Also of a reader that is told something all the time.
        let mut next_whim = self.next_whim();
        loop {
            let is_answer = matches!(event, Event::Answered(_));
            if matches!(event, Event::Failed { .. } | Event::Refused { .. } | Event::TimedOut) {
                self.ledger.troubled();
            }
            let step = machine.step(event, begun.elapsed(), Jitter::new(self.rng.f64()));
            if let Some(batch) = step.deliver {
                self.ledger.saw(reader, asked, &batch.entries);
            }
            if is_answer {
                self.ledger.polled(reader);
            }
            match step.next {
                Next::Do(action) => {
                    asked = self.ledger.line();
                    outstanding = self.perform(action, reader, machine.after());
                }
                Next::Keep if is_done => {
                    self.ledger
                        .complain(Wrong::Undelivered, format!("{}: the machine has stopped", self.name));
                    return;
                }
                Next::Keep => {}
            }
            (event, is_done) = tokio::select! {
                event = &mut outstanding => (event, true),
                Ok(event) = news.recv() => (event, false),
                () = sleep_until(next_whim) => {
                    next_whim = self.next_whim();
                    (self.whim(&mut machine), false)
                }
            };
            if event == Event::Start {
                // A new machine, from where the old one was: what it had under way is given up.
                outstanding = Box::pin(pending());
                is_done = true;
                if let Some(longest) = self.longest_nap {
                    sleep(longest.mul_f64(self.rng.f64())).await;
                }
            }
        }
    }

    fn next_whim(&mut self) -> Instant {
        let whim = if self.longest_nap.is_some() { WHIM / 8 } else { WHIM };
        Instant::now() + whim.mul_f64(0.2 + self.rng.f64() * 1.6)
    }

    /// Something that happens to a browser.
    fn whim(&mut self, machine: &mut Subscription) -> Event {
        match self.rng.u8(..5) {
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
            Action::Poll { after, wait, watchdog, presence } => {
                let query =
                    PollQuery { after, wait: Some(wait), presence, ..PollQuery::new(self.rooms.clone()) };
                let (ledger, name) = (self.ledger.clone(), self.name.clone());
                Box::pin(async move { poll(&http, &query, watchdog, &ledger, &name).await })
            }
            Action::Repair => {
                let (ledger, rooms) = (self.ledger.clone(), self.rooms.clone());
                Box::pin(async move { repair(&http, &ledger, reader, &rooms, after).await })
            }
            Action::RenewSession => {
                self.ledger.complain(Wrong::Repair, format!("{} was told to get a session", self.name));
                Box::pin(async { Event::Renewed })
            }
        }
    }
}

/// One poll, as an event.
async fn poll(http: &Http, query: &PollQuery, watchdog: Duration, ledger: &Ledger, name: &str) -> Event {
    let path = format!("/api/v1/poll?{}", query.to_query_string());
    let Ok(answer) = tokio::time::timeout(watchdog, http.ask(Ask::get(&path), watchdog * 2)).await else {
        return Event::TimedOut;
    };
    let reply = match answer {
        Ok(reply) => reply,
        Err(error) => return Event::Failed { why: format!("{error:#}") },
    };
    if reply.status == 200 {
        return match serde_json::from_slice::<Batch>(&reply.body) {
            Ok(batch) => Event::Answered(batch),
            Err(error) => Event::Failed { why: error.to_string() },
        };
    }
    let problem: Option<Problem> = serde_json::from_slice(&reply.body).ok();
    let is_gap = problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::Gap);
    if !is_gap && !matches!(reply.status, 408 | 429 | 502..=504) {
        ledger.complain(Wrong::Unclear, format!("{name}: a poll was answered with {}", reply.words()));
    }
    Event::Refused { status: reply.status, problem, retry_after: reply.retry_after() }
}

/// Recovers from a gap as a browser does: reads history and goes on from there. Tells the checker what was missing.
async fn repair(
    http: &Http,
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
    ledger.gap(reader, Gap { after, resumed: page.cursor.seq, oldest });
    Event::Repaired(page.cursor)
}

async fn history(http: &Http, room: &RoomName) -> Option<History> {
    json(http, &format!("/api/v1/rooms/{}/messages?limit=1", room.as_str())).await
}
