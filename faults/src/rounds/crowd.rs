//! Ten thousand readers over two restarts: they reconnect by themselves, the server answers other requests meanwhile,
//! and no reader misses or doubles an entry. Reports how long the reconnection took.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{
    Action, After, Event, Jitter, MessageText, Next, PollQuery, PublishKey, RoomName, RoomSelection, Seq,
    Subscription,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::context::RoundContext;
use crate::checker::{Ledger, LedgerPosition, ReaderId, Receives, Violation};
use crate::http::{ApiRequest, HttpClient};
use crate::poll::poll;
use crate::report::{Report, RoundResult};
use crate::session::{ApiSession, random_key};

/// The number of readers; each is a connection at both ends, and processes often may have no more than 20,000 files.
const READERS: usize = 10_000;
const READERS_SHORT: usize = 1_000;
/// The people whose sessions the readers share where reading needs one.
const PEOPLE: usize = 200;
/// The time limit for reconnecting: longer than the longest pause of any client, with a reserve for a slow machine.
const RETURN: Duration = Duration::from_secs(120);
/// The time limit of other requests during the reconnection.
const ANSWER: Duration = Duration::from_secs(20);

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let mut server = context.server()?.flags(&["--max-held", "1000000"]);
    server.start().await?;
    let ledger = Arc::new(Ledger::default());
    let readers = context.size(READERS_SHORT, READERS);
    let http = HttpClient::new(server.address);
    let people = context.door.enter_all(&http, "reader", PEOPLE).await?;
    let mut tasks = JoinSet::new();
    for n in 0..readers {
        let rooms = RoomSelection::Named(vec![RoomName::lobby()]);
        let id = ledger.add_reader(format!("reader {n} of the crowd"), rooms, Seq::START, Receives::Entries);
        let http = context.door.reader(&http, people.get(n % PEOPLE));
        let reader = Reader { http, ledger: ledger.clone(), id, rng: context.rng.fork() };
        tasks.spawn(reader.read());
    }
    let session = context.door.enter(&http, "crowd").await?;
    let http = server.client();
    back(&http, readers).await?;
    for (name, is_killed) in [("kill -9", true), ("a polite stop", false)] {
        if is_killed {
            server.kill().await?;
        } else {
            server.stop().await?;
        }
        server.start().await?;
        let open = Instant::now();
        let asked = http.send(ApiRequest::get("/healthz"), ANSWER).await;
        let answered = open.elapsed();
        if asked.is_err() {
            ledger
                .report(Violation::Unclear, format!("no answer within {ANSWER:?} while the crowd came back"));
        }
        let [half, most, all] = back(&http, readers).await?;
        Report::note(&format!(
            "after {name}, {readers} readers were held again: half after {half:.1} s, 99 of 100 after {most:.1} s, all \
             after {all:.1} s; somebody else was answered after {:.2} s",
            answered.as_secs_f64()
        ));
        say(&http, &session, &ledger, random_key(&mut context.rng), &format!("are all here after {name}?"))
            .await?;
    }
    let heard = || ledger.deliveries() >= readers * 3;
    let end = Instant::now() + RETURN;
    while !heard() && Instant::now() < end {
        sleep(Duration::from_millis(50)).await;
    }
    tasks.abort_all();
    Ok(RoundResult::Ran(ledger.check(&server.read_log().await?)))
}

/// Waits until the server holds a poll of every reader; returns the seconds until it held those of half of them, of 99
/// of 100, and of all.
async fn back(http: &HttpClient, readers: usize) -> Result<[f64; 3]> {
    let begun = Instant::now();
    let wanted = [readers / 2, readers * 99 / 100, readers];
    let mut took = Vec::new();
    while took.len() < wanted.len() {
        ensure!(begun.elapsed() < RETURN, "not all of {readers} came back: {took:?}");
        let reply = http.send(ApiRequest::get("/metrics"), ANSWER).await?;
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

async fn say(
    http: &HttpClient,
    session: &ApiSession,
    ledger: &Ledger,
    key: PublishKey,
    text: &str,
) -> Result<()> {
    let text: MessageText = text.parse()?;
    ledger.record_attempt(key, &text);
    let entry = session.publish(http, &RoomName::lobby(), key, text).await?;
    ledger.record_acknowledgement(key, entry.seq);
    Ok(())
}

/// A reader: the subscription machine with a minimal driver.
struct Reader {
    http: HttpClient,
    ledger: Arc<Ledger>,
    id: ReaderId,
    rng: Rng,
}

impl Reader {
    async fn read(mut self) {
        let mut machine = Subscription::new(After::Start);
        let begun = Instant::now();
        let mut event = Event::Start;
        let mut asked = LedgerPosition::default();
        loop {
            let step = machine.step(event, begun.elapsed(), Jitter::new(self.rng.f64()));
            if let Some(batch) = step.deliver {
                self.ledger.record_entries(self.id, asked, &batch.entries);
            }
            event = match step.next {
                Next::Do(action) => {
                    asked = self.ledger.position();
                    self.perform(action).await
                }
                Next::Keep => {
                    return self.ledger.report(Violation::Undelivered, "a machine has stopped".to_owned());
                }
            };
        }
    }

    async fn perform(&self, action: Action) -> Event {
        let (after, wait, watchdog) = match action {
            Action::Sleep(pause) => {
                sleep(pause).await;
                return Event::Woke;
            }
            Action::Poll { after, wait, watchdog, .. } => (after, wait, watchdog),
            Action::Repair | Action::RenewSession => {
                self.ledger.report(Violation::Repair, "told to repair, though nothing was gone".to_owned());
                return Event::Failed { why: "nothing to repair".to_owned() };
            }
        };
        let rooms = RoomSelection::Named(vec![RoomName::lobby()]);
        let query = PollQuery { after, wait: Some(wait), ..PollQuery::new(rooms) };
        poll(&self.http, &query, watchdog).await
    }
}
