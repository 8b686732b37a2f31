//! Ten thousand readers over a restart: they come back by themselves, the server goes on answering while they do, and
//! nobody misses or doubles what was said meanwhile. Says how long it took them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{
    Action, After, Batch, Event, Jitter, Next, PollQuery, RoomName, RoomSelection, Seq, Subscription,
};
use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::Bench;
use crate::checker::{Hears, Ledger, Line, ReaderId, Wrong};
use crate::http::{Ask, Http};
use crate::report::Report;

/// Readers; each is a connection at both ends, and processes often have no more than 20,000 files.
const READERS: usize = 10_000;
const READERS_SHORT: usize = 1_000;
/// Longer than the longest pause of any client, with much to spare for a slow machine.
const RETURN: Duration = Duration::from_secs(120);
/// Somebody who asks while all come back is answered within this.
const ANSWER: Duration = Duration::from_secs(20);

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let mut server = bench.server()?.flags(&["--max-held", "1000000"]);
    server.start().await?;
    let ledger = Arc::new(Ledger::default());
    let readers = if bench.is_short { READERS_SHORT } else { READERS };
    let http = Http::new(server.address);
    let mut tasks = JoinSet::new();
    for n in 0..readers {
        let rooms = RoomSelection::Named(vec![RoomName::lobby()]);
        let id = ledger.reader(format!("reader {n} of the crowd"), rooms, Seq::START, Hears::Entries);
        let reader = Reader { http: http.clone(), ledger: ledger.clone(), id, rng: bench.rng.fork() };
        tasks.spawn(reader.read());
    }
    back(&http, readers).await?;
    for (name, is_killed) in [("kill -9", true), ("a polite stop", false)] {
        if is_killed {
            server.kill().await?;
        } else {
            server.stop().await?;
        }
        server.start().await?;
        let open = Instant::now();
        let asked = http.ask(Ask::get("/healthz"), ANSWER).await;
        let answered = open.elapsed();
        if asked.is_err() {
            ledger.complain(Wrong::Unclear, format!("no answer within {ANSWER:?} while the crowd came back"));
        }
        let [half, most, all] = back(&http, readers).await?;
        Report::note(&format!(
            "after {name}, {readers} readers were held again: half after {half:.1} s, 99 of 100 after {most:.1} s, all \
             after {all:.1} s; somebody else was answered after {:.2} s",
            answered.as_secs_f64()
        ));
        say(&http, &format!("are all here after {name}?")).await?;
    }
    let heard = || ledger.deliveries() >= readers * 3;
    let end = Instant::now() + RETURN;
    while !heard() && Instant::now() < end {
        sleep(Duration::from_millis(50)).await;
    }
    tasks.abort_all();
    Ok(Outcome::Ran(ledger.check(&server.read_log().await?)))
}

/// Waits until the server holds a poll of every reader; says in seconds how long that took half of them, 99 of 100, all.
async fn back(http: &Http, readers: usize) -> Result<[f64; 3]> {
    let begun = Instant::now();
    let wanted = [readers / 2, readers * 99 / 100, readers];
    let mut took = Vec::new();
    while took.len() < wanted.len() {
        ensure!(begun.elapsed() < RETURN, "not all of {readers} came back: {took:?}");
        let reply = http.ask(Ask::get("/metrics"), ANSWER).await?;
        let text = String::from_utf8_lossy(&reply.body);
        let held =
            text.lines().find_map(|line| line.strip_prefix("holdline_held_polls ")?.parse::<usize>().ok());
        while wanted.get(took.len()).is_some_and(|wanted| held >= Some(*wanted)) {
            took.push(begun.elapsed().as_secs_f64());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok([took[0], took[1], took[2]])
}

async fn say(http: &Http, text: &str) -> Result<()> {
    let reply = http.ask(Ask::send(Method::POST, "/publish", text.to_owned()), ANSWER).await?;
    ensure!(reply.status == 200, "a message was answered with {}", reply.words());
    Ok(())
}

/// One of the crowd: the machine of every client, as thinly driven as can be.
struct Reader {
    http: Http,
    ledger: Arc<Ledger>,
    id: ReaderId,
    rng: Rng,
}

impl Reader {
    async fn read(mut self) {
        let mut machine = Subscription::new(After::Start);
        let begun = Instant::now();
        let mut event = Event::Start;
        let mut asked = Line::default();
        loop {
            let step = machine.step(event, begun.elapsed(), Jitter::new(self.rng.f64()));
            if let Some(batch) = step.deliver {
                self.ledger.saw(self.id, asked, &batch.entries);
            }
            event = match step.next {
                Next::Do(action) => {
                    asked = self.ledger.line();
                    self.perform(action).await
                }
                Next::Keep => {
                    return self.ledger.complain(Wrong::Undelivered, "a machine has stopped".to_owned());
                }
            };
        }
    }

    async fn perform(&self, action: Action) -> Event {
        let failed = |why: String| Event::Failed { why };
        let (after, wait, watchdog) = match action {
            Action::Sleep(pause) => {
                sleep(pause).await;
                return Event::Woke;
            }
            Action::Poll { after, wait, watchdog, .. } => (after, wait, watchdog),
            Action::Repair | Action::RenewSession => {
                self.ledger.complain(Wrong::Repair, "told to repair, though nothing was gone".to_owned());
                return failed("nothing to repair".to_owned());
            }
        };
        let rooms = RoomSelection::Named(vec![RoomName::lobby()]);
        let query = PollQuery { after, wait: Some(wait), ..PollQuery::new(rooms) };
        let path = format!("/api/v1/poll?{}", query.to_query_string());
        match self.http.ask(Ask::get(&path), watchdog).await {
            Ok(reply) if reply.status == 200 => match serde_json::from_slice::<Batch>(&reply.body) {
                Ok(batch) => Event::Answered(batch),
                Err(error) => failed(error.to_string()),
            },
            Ok(reply) => {
                let problem = serde_json::from_slice(&reply.body).ok();
                Event::Refused { status: reply.status, problem, retry_after: reply.retry_after() }
            }
            Err(error) => failed(format!("{error:#}")),
        }
    }
}
