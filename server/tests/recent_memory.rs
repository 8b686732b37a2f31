//! The memory of cached entries is `recent_bytes`, as measured by an allocator. A separate binary with a
//! single test, because the allocator counts for the whole process.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_server::Scope;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::{
    Chunk, Draft, Follower, Log, LogError, LogEvent, LoggedRoom, Outcome, Page, Retention, StoredEntry,
};
use holdline_shared::{
    Entry, EntryKind, Epoch, Person, PersonId, PublishKey, RoomName, RoomSelection, Seq, Timestamp,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// A log that stores nothing: all entries are the hub's.
#[derive(Default)]
struct Forgetful(Mutex<Option<Follower>>);

impl Log for Forgetful {
    fn epoch(&self) -> Epoch {
        Epoch(1)
    }
    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
    fn head(&self) -> Seq {
        Seq(0)
    }
    fn append(&self, _: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        ready(Err(LogError::Closed)).boxed()
    }
    fn read(&self, _: &Scope, _: RoomSelection, upto: Seq) -> BoxFuture<'static, Result<Chunk, LogError>> {
        ready(Ok(Chunk { entries: Vec::new(), upto, forgotten: Seq::START })).boxed()
    }
    fn page(
        &self,
        _: &Scope,
        _: RoomName,
        _: Option<Seq>,
        _: usize,
        _: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        ready(Err(LogError::Closed)).boxed()
    }
    fn messages_of(&self, _: PersonId, _: Seq) -> BoxFuture<'static, Result<Vec<(RoomName, Seq)>, LogError>> {
        ready(Ok(Vec::new())).boxed()
    }
    fn prune(&self, _: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        ready(Ok(false)).boxed()
    }
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        ready(Ok(Vec::new())).boxed()
    }
    fn follow(&self, _: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        *self.0.lock().unwrap() = Some(follower);
        ready(Ok(())).boxed()
    }
}

/// Makes an entry as a request would: every string has its own allocation.
fn entry(seq: u64, text: &str) -> Arc<StoredEntry> {
    let kind = EntryKind::Message {
        key: PublishKey::from_bytes(u128::from(seq).to_le_bytes()),
        text: Some(text.parse().unwrap()),
        reply_to: None,
    };
    let author = Person { id: "c5ub5efe7nqikn9m".parse().unwrap(), name: "Ada".parse().unwrap() };
    let room: RoomName = format!("room-{}", seq % 7).parse().unwrap();
    let at = Timestamp(1_800_000_000_000);
    Arc::new(StoredEntry::encode(Entry { seq: Seq(seq), room, at, author, kind }).unwrap())
}

#[tokio::test]
async fn recent_entries_take_as_much_memory_as_they_may() {
    let most = 8 << 20;
    for text in ["hi", &"a longer message ".repeat(6), &"one of many lines ".repeat(200)] {
        let log = Arc::new(Forgetful::default());
        let before = ALLOCATOR.current_usage();
        let mut config = HubConfig::default();
        config.recent_bytes = most;
        let hub = Hub::open_with(log.clone(), config).await.unwrap();
        let follower = log.0.lock().unwrap().take().unwrap();
        // Three times as many entries as fit.
        let json = entry(1, text).json.len();
        for seq in 1..=3 * most as u64 / (json as u64 + 100) {
            follower(LogEvent::Appended(&[entry(seq, text)]));
        }
        let taken = ALLOCATOR.current_usage() - before;
        drop(hub);
        assert!(taken > most * 8 / 10 && taken < most * 12 / 10, "{taken} bytes of {most}, {json} each");
    }
}
