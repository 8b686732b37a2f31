//! The log: the truth about everything that was said. Engines append entries durably and read them back; they know
//! nothing of HTTP, waiting or presence.

mod admit;
mod clock;
mod committed;
#[cfg(test)]
mod contract;
mod draft;
mod error;
mod memory;
mod page_limit;
mod retention;
mod sqlite;
mod url;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::{Epoch, Message, PersonId, RoomName, RoomSelection, Seq, Timestamp, Topic};

pub use committed::Committed;
pub use draft::{Draft, DraftKind};
pub use error::{LogError, Refusal};
pub use memory::MemoryLog;
pub use retention::{InvalidRetention, Retention};
pub use sqlite::{Checked, Exported, Restored, SqliteLog};
pub use url::{InvalidLogUrl, LogUrl};

/// What came of an append.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The entry is in the log, durably.
    Appended(Arc<Committed>),
    /// The same, and the draft's room did not exist before: this entry made it.
    Made(Arc<Committed>),
    /// The key was used before by this author; this is the entry of then.
    Repeated(Arc<Committed>),
    /// What was asked is so already; nothing was appended.
    Unchanged,
}

/// Entries read forwards. One that the storage has damaged is not among them: it is passed over, and said in the server's
/// own log.
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

/// Messages read backwards; a page has fewer than were asked for when they are large. One whose entry the storage has
/// damaged is passed over.
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

/// An event that followers are told of, in the order of the log.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum LogEvent<'a> {
    /// These entries are durable. Each is told exactly once, one group at a time.
    Appended(&'a [Arc<Committed>]),
    /// These rooms are gone, with all that they had.
    RoomsExpired {
        /// Their names.
        rooms: &'a [RoomName],
        /// The newest entry of a room that ever expired: who follows all rooms and has seen less has missed something.
        forgotten: Seq,
    },
}

/// Is told of the log's changes once they are durable.
pub type Follower = Arc<dyn Fn(LogEvent<'_>) + Send + Sync>;

/// Answers whether somebody uses a room, which then does not expire. Called on the log's own thread: it must not wait.
pub type RoomInUse = Arc<dyn Fn(&RoomName) -> bool + Send + Sync>;

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

    /// Reads the newest `limit` messages of a room before `before`, or the newest of all, as `reader` sees them: fewer
    /// when they are of more than [`HISTORY_BYTES`](holdline_shared::limits::HISTORY_BYTES). An unknown room has none.
    fn page(
        &self,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>>;

    /// Forgets some of the entries that need not be kept, oldest first, and answers whether there are more of them.
    /// The log's last entry always stays.
    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>>;

    /// Removes some of the rooms that have no messages, whose newest entry is older than `idle` and that nobody uses, and
    /// answers whether there are more of them. The lobby stays, and so does the room of the log's last entry. What they
    /// had counts as forgotten.
    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        let _ = (idle, is_in_use);
        ready(Ok(false)).boxed()
    }

    /// All rooms, in no particular order.
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>>;

    /// Follows growth from now on. Called once, before anything is appended.
    fn follow(&self, follower: Follower);

    /// Ends the log in order: takes no more drafts, finishes those that were handed in or answers them with
    /// [`LogError::Closed`], and leaves complete files. Resolves within five seconds, whatever the storage does. A second
    /// call has nothing to do. An engine that has nothing to finish need not say anything.
    fn close(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Resolves once the engine can never append again, although nobody has closed it: its process should end, so that
    /// whoever supervises it starts it anew.
    fn failed(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    /// Whether the log can be read and appended to right now, as far as can be said without appending anything. Answers
    /// within [`HEALTH_TIME`].
    fn health(&self) -> BoxFuture<'static, Result<(), LogError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The longest time that [`Log::health`] takes: somebody waits for it who restarts what does not answer.
pub const HEALTH_TIME: Duration = Duration::from_secs(2);
