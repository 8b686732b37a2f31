//! A right to read that ends at a random moment while every way of reading is in use: whoever lost it reads nothing that was
//! published later.

use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use holdline_shared::{After, Batch, Cursor, EntryKind, MessageText, Person, RoomName, RoomSelection, Seq};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::held_polls::Random;
use super::{names, publish};
use crate::hub::{Begin, Hub, HubConfig, LogReads, PollError, PollRequest, Reply};
use crate::log::{Draft, DraftKind, Log, MemoryLog, SqliteLog};
use crate::scope::Scope;
use crate::scope::tests::RoomsOnly;

/// A time beyond what a test takes.
const LONG: Duration = Duration::from_secs(100);
/// The text of the last message, in the lobby, after which a reader of all rooms stops.
const END: &str = "the end";
const ROUNDS: u64 = 25;

/// A reader, and the newest entry of `tea` that it was shown.
struct Reading {
    hub: Arc<Hub>,
    scope: Scope,
    begin: Seq,
    newest: Seq,
}

impl Reading {
    fn at(&self, seq: Seq) -> After {
        After::At(Cursor { epoch: self.hub.log().epoch(), seq })
    }

    /// Notes what a batch shows; returns its position, or `None` at the end.
    fn note(&mut self, body: &[u8]) -> Option<Seq> {
        let batch: Batch = serde_json::from_slice(body).unwrap();
        let shown = batch.entries.iter().filter(|entry| entry.room == tea()).map(|entry| entry.seq);
        self.newest = self.newest.max(shown.max().unwrap_or_default());
        let is_end = |kind: &EntryKind| matches!(kind, EntryKind::Message { text: Some(text), .. } if text.as_str() == END);
        (!batch.entries.iter().any(|entry| is_end(&entry.kind))).then_some(batch.cursor.seq)
    }

    async fn polls(mut self, rooms: RoomSelection) -> Seq {
        let mut after = self.begin;
        loop {
            match self.hub.poll(&self.scope, &rooms, self.at(after), LONG, None).await {
                Ok(answer) => match self.note(&answer.body) {
                    Some(upto) => after = upto,
                    None => return self.newest,
                },
                Err(PollError::UnknownRoom(name)) if name == tea() => return self.newest,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Polls as an event loop does, on a thread of its own.
    fn polls_in_a_loop(mut self, rooms: &RoomSelection, runtime: &Handle) -> Seq {
        let mut held = self.hub.held_polls(Waker::from(Arc::new(Unpark(std::thread::current()))));
        let mut after = self.begin;
        loop {
            let admitted = self.hub.admit(&self.scope, rooms, self.at(after), LONG);
            let request = admitted.map(|admitted| PollRequest { rooms, admitted, presence: None });
            let begun = request.and_then(|request| held.begin((), request, Instant::now()));
            let mut completed = match begun {
                Err(PollError::UnknownRoom(_)) => return self.newest,
                Err(error) => panic!("{error}"),
                Ok(Begin::Completed(completed)) => Some(completed),
                Ok(Begin::Held(_)) => None,
            };
            while completed.is_none() {
                if held.next_pass().is_none() {
                    std::thread::park();
                }
                held.deliver_ready(Instant::now(), |poll| completed = Some(poll));
            }
            let reply = LogReads::default().reply(self.hub.answers(), completed.unwrap()).1;
            let answer = match reply {
                Reply::Ready(answer) => answer,
                Reply::Reading(read) => runtime.block_on(read),
            };
            match answer.map(|answer| self.note(&answer.body)) {
                Ok(Some(upto)) => after = upto,
                Ok(None) | Err(PollError::UnknownRoom(_)) => return self.newest,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn reads_history(mut self) -> Seq {
        while let Ok(page) = self.hub.history(&self.scope, &tea(), None, 3, None).await.unwrap() {
            self.newest = self.newest.max(page.messages.last().map_or(Seq::START, |message| message.seq));
            tokio::task::yield_now().await;
        }
        self.newest
    }

    async fn lists_rooms(mut self) -> Seq {
        while let Some(listed) = self.hub.rooms(&self.scope).rooms.iter().find(|room| room.name == tea()) {
            self.newest = self.newest.max(listed.head);
            tokio::task::yield_now().await;
        }
        self.newest
    }

    async fn waits_for_messages(mut self) -> Seq {
        let mut after = self.begin;
        loop {
            let wait = Some(Duration::from_millis(1));
            let next = self.hub.next_message(&self.scope, &tea(), self.at(after), wait).await.unwrap();
            after = next.cursor.seq;
            match next.text {
                Some(_) => self.newest = after,
                None if !self.scope.allows(&tea()) => return self.newest,
                None => {}
            }
        }
    }

    async fn reads_the_log(mut self) -> Seq {
        while self.scope.allows(&tea()) {
            let chunk = self.hub.log().read(&self.scope, RoomSelection::All, self.newest).await.unwrap();
            let shown = chunk.entries.iter().filter(|entry| entry.room == tea()).map(|entry| entry.seq);
            self.newest = self.newest.max(shown.max().unwrap_or_default());
        }
        self.newest
    }
}

/// Unparks a thread that keeps polls as an event loop does.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

async fn say(hub: &Hub, room: RoomName, text: &str) {
    let text: MessageText = text.parse().unwrap();
    hub.publish(Draft::say(Person::stdin(), room, text)).await.unwrap();
}

/// Begins to read in every way.
fn read_in_every_way(hub: &Arc<Hub>, readers: &Arc<RoomsOnly>) -> Vec<(&'static str, JoinHandle<Seq>)> {
    let begin = hub.head();
    let reading = || Reading { hub: hub.clone(), scope: readers.scope(), begin, newest: Seq::START };
    let selections = [
        ("poll", RoomSelection::Named(names(&["tea"]))),
        ("poll of several", RoomSelection::Named(names(&["lobby", "tea"]))),
        ("poll of all", RoomSelection::All),
    ];
    let mut ways = vec![
        ("history", tokio::spawn(reading().reads_history())),
        ("rooms", tokio::spawn(reading().lists_rooms())),
        ("next message", tokio::spawn(reading().waits_for_messages())),
        ("log", tokio::spawn(reading().reads_the_log())),
    ];
    for (name, rooms) in selections {
        ways.push((name, tokio::spawn(reading().polls(rooms.clone()))));
        let (in_a_loop, runtime) = (reading(), Handle::current());
        ways.push((name, tokio::task::spawn_blocking(move || in_a_loop.polls_in_a_loop(&rooms, &runtime))));
    }
    ways
}

async fn remove_at_random_moments(log: Arc<dyn Log>, recent_bytes: usize) {
    let config = HubConfig { recent_bytes, ..HubConfig::default() };
    let hub = Hub::open_with(log, config).await.unwrap();
    let make = Draft { author: Person::house(), room: tea(), kind: DraftKind::room() };
    hub.publish(make).await.unwrap();
    for seed in 0..ROUNDS {
        let mut random = Random(seed);
        let readers = RoomsOnly::new(&["lobby", "tea"]);
        let ways = read_in_every_way(&hub, &readers);
        for _ in 0..random.below(8) {
            publish(&hub, &tea()).await;
            for _ in 0..random.below(4) {
                tokio::task::yield_now().await;
            }
        }
        readers.revoke(&tea());
        let removed_at = hub.log().head();
        if random.below(2) == 0 {
            hub.scopes_changed(&RoomSelection::Named(vec![tea()]));
        }
        for _ in 0..3 {
            publish(&hub, &tea()).await;
            publish(&hub, &RoomName::lobby()).await;
        }
        hub.scopes_changed(&RoomSelection::All);
        say(&hub, RoomName::lobby(), END).await;
        for (way, newest) in ways {
            let newest = newest.await.unwrap();
            assert!(
                newest <= removed_at,
                "{way}: {newest} was shown, the removal is at {removed_at}; seed {seed}"
            );
        }
    }
    assert_eq!(hub.held(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_after_a_removal_is_read_from_the_cache() {
    remove_at_random_moments(Arc::new(MemoryLog::new()), 1_000_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_after_a_removal_is_read_from_the_log() {
    remove_at_random_moments(Arc::new(MemoryLog::new()), 0).await;
    let folder = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(&folder.path().join("holdline.db")).unwrap();
    remove_at_random_moments(Arc::new(log), 1_000).await;
}
