//! The log: the truth about everything that was said. Engines append entries durably and read them back; they know
//! nothing of HTTP, waiting or presence.

mod admit;
mod committed;
#[cfg(test)]
mod contract;
mod draft;
mod error;
mod memory;
mod retention;
mod sqlite;
mod url;

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, pending, ready};
use holdline_shared::{Epoch, Message, RoomName, RoomSelection, Seq, Timestamp, Topic};

pub use committed::Committed;
pub use draft::{Draft, DraftKind};
pub use error::{LogError, Refusal};
pub use memory::MemoryLog;
pub use retention::{InvalidRetention, Retention};
pub use sqlite::SqliteLog;
pub use url::{InvalidLogUrl, LogUrl};

/// What came of an append.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The entry is in the log, durably.
    Appended(Arc<Committed>),
    /// The key was used before by this author; this is the entry of then.
    Repeated(Arc<Committed>),
    /// What was asked is so already; nothing was appended.
    Unchanged,
}

/// Entries read forwards.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// In log order.
    pub entries: Vec<Arc<Committed>>,
    /// Everything that the rooms still have up to here is in `entries`.
    pub upto: Seq,
    /// The newest entry of these rooms that was forgotten: who has seen less has missed something. Zero when there is
    /// none.
    pub forgotten: Seq,
}

/// Messages read backwards.
#[derive(Debug, Clone)]
pub struct Page {
    /// As they stand at `upto`, newest last.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub more: bool,
    /// The head of the log when this was read.
    pub upto: Seq,
}

/// A room as the log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRoom {
    /// Its name.
    pub name: RoomName,
    /// What it is about.
    pub topic: Topic,
    /// Its newest entry.
    pub head: Seq,
    /// When that came.
    pub at: Timestamp,
}

/// Is told of entries once they are durable: each exactly once, in log order, one group a call.
pub type Follower = Arc<dyn Fn(&[Arc<Committed>]) + Send + Sync>;

/// An engine. `log/contract.rs` says in tests what every one of them has to do; [`MemoryLog`] is the reference.
///
/// A new log has one entry: the making of the lobby.
pub trait Log: Send + Sync + 'static {
    /// Which life of the log this is.
    fn epoch(&self) -> Epoch;

    /// A key that stays with the log, for signing what clients carry.
    fn secret(&self) -> [u8; 32];

    /// The last durable entry.
    fn head(&self) -> Seq;

    /// Appends. The draft takes its place in the order of the log when this is called, not when the future is awaited;
    /// the future resolves once the entry is durable and the follower knows it. Dropping the future takes nothing back.
    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>>;

    /// Reads the rooms' entries after `after`, in log order, at most
    /// [`BATCH_ENTRIES`](holdline_shared::limits::BATCH_ENTRIES) and about
    /// [`BATCH_BYTES`](holdline_shared::limits::BATCH_BYTES) of them.
    fn read(&self, rooms: RoomSelection, after: Seq) -> BoxFuture<'static, Result<Chunk, LogError>>;

    /// Reads the newest `limit` messages of a room before `before`, or the newest of all. An unknown room has none.
    fn page(
        &self,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
    ) -> BoxFuture<'static, Result<Page, LogError>>;

    /// Forgets some of the entries that need not be kept, oldest first, and answers whether there are more of them.
    /// The log's last entry always stays.
    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>>;

    /// All rooms, in no particular order.
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>>;

    /// Follows growth from now on. Called once, before anything is appended.
    fn follow(&self, follower: Follower);

    /// Whether appends and reads work now; the error says why not. Answers within a bounded time and changes nothing.
    fn health(&self) -> BoxFuture<'static, Result<(), LogError>> {
        ready(Ok(())).boxed()
    }

    /// Resolves once the log has failed for good, so that only a restart helps.
    fn failed(&self) -> BoxFuture<'static, ()> {
        pending().boxed()
    }

    /// Finishes or refuses what was handed in, and closes the storage. Afterwards appends are refused as closed.
    fn close(&self) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}
