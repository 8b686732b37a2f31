//! A log that can be opened and written, but not read.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_server::Scope;
use holdline_server::log::{
    Chunk, Draft, Follower, Log, LogError, LoggedRoom, MemoryLog, Outcome, Page, Retention,
};
use holdline_shared::{Epoch, PersonId, RoomName, RoomSelection, Seq};

/// Accepts drafts; reading entries fails once the hub is open, and reading history panics.
pub(crate) struct BrokenLog(MemoryLog, AtomicBool);

impl BrokenLog {
    pub(crate) fn new() -> Self {
        Self(MemoryLog::new(), AtomicBool::new(false))
    }
}

impl Log for BrokenLog {
    fn epoch(&self) -> Epoch {
        self.0.epoch()
    }
    fn secret(&self) -> [u8; 32] {
        self.0.secret()
    }
    fn head(&self) -> Seq {
        self.0.head()
    }
    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        self.0.append(draft)
    }
    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        if !self.1.swap(true, Ordering::Relaxed) {
            return self.0.read(scope, rooms, after);
        }
        ready(Err(LogError::Unavailable("a disk that fails, made for this test".to_owned()))).boxed()
    }
    fn page(
        &self,
        _: &Scope,
        _: RoomName,
        _: Option<Seq>,
        _: usize,
        _: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        panic!("a bug, made for this test")
    }
    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.0.prune(keep)
    }
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.0.rooms()
    }
    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        self.0.follow(after, follower)
    }
}
