//! A log in memory with faults that a test sets: failing appends, failing or hanging reads, bad health, its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, pending, ready};
use holdline_server::Scope;
use holdline_server::log::{
    AccessHandle, Chunk, Draft, Follower, Log, LogError, LoggedRoom, MemoryLog, Outcome, Page, Retention,
};
use holdline_shared::{Epoch, PersonId, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

type Answer<T> = BoxFuture<'static, Result<T, LogError>>;

/// The behaviour of an operation.
#[derive(Default)]
pub(crate) enum Fault {
    #[default]
    None,
    Error(LogError),
    Hang,
    Panic,
}

impl Fault {
    fn or<T: Send + 'static>(&self, answer: impl FnOnce() -> Answer<T>) -> Answer<T> {
        match self {
            Self::None => answer(),
            Self::Error(error) => ready(Err(error.clone())).boxed(),
            Self::Hang => pending().boxed(),
            Self::Panic => panic!("a bug, made for this test"),
        }
    }
}

/// A log whose faults can be set at any time; without any it works.
pub(crate) struct FaultyLog {
    log: MemoryLog,
    pub(crate) appends: Mutex<Fault>,
    /// The fault of reading entries and history.
    pub(crate) reads: Mutex<Fault>,
    pub(crate) health: Mutex<Fault>,
    /// The number of appends and reads.
    pub(crate) calls: AtomicUsize,
    /// The number of health checks.
    pub(crate) checks: AtomicUsize,
    /// Has a permit once the log has failed.
    failed: Arc<Semaphore>,
}

impl FaultyLog {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            log: MemoryLog::new(),
            appends: Mutex::default(),
            reads: Mutex::default(),
            health: Mutex::default(),
            calls: AtomicUsize::new(0),
            checks: AtomicUsize::new(0),
            failed: Arc::new(Semaphore::new(0)),
        })
    }

    /// Lets the log fail for good.
    pub(crate) fn fail(&self) {
        self.failed.add_permits(1);
    }
}

impl Log for FaultyLog {
    fn epoch(&self) -> Epoch {
        self.log.epoch()
    }
    fn secret(&self) -> [u8; 32] {
        self.log.secret()
    }
    fn head(&self) -> Seq {
        self.log.head()
    }
    fn append(&self, draft: Draft) -> Answer<Outcome> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.appends.lock().or(|| self.log.append(draft))
    }
    fn read(&self, scope: &Scope, rooms: RoomSelection, after: Seq) -> Answer<Chunk> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.reads.lock().or(|| self.log.read(scope, rooms, after))
    }
    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> Answer<Page> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.reads.lock().or(|| self.log.page(scope, room, before, limit, reader))
    }
    fn messages_of(&self, author: PersonId, after: Seq) -> Answer<Vec<(RoomName, Seq)>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.log.messages_of(author, after)
    }
    fn prune(&self, keep: Retention) -> Answer<bool> {
        self.log.prune(keep)
    }
    fn access(&self) -> AccessHandle {
        self.log.access()
    }
    fn rooms(&self) -> Answer<Vec<LoggedRoom>> {
        self.log.rooms()
    }
    fn follow(&self, after: Seq, follower: Follower) -> Answer<()> {
        self.log.follow(after, follower)
    }
    fn health(&self) -> Answer<()> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        self.health.lock().or(|| ready(Ok(())).boxed())
    }
    fn failed(&self) -> BoxFuture<'static, ()> {
        let failed = self.failed.clone();
        async move { drop(failed.acquire().await) }.boxed()
    }
}
