//! The interface of a log. Engines implement [`Log`]; the tests in `contract.rs` define its semantics.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::{Entry, Epoch, Message, PersonId, RoomName, RoomSelection, Seq, Timestamp, Topic};

use super::draft::Draft;
use super::error::LogError;
use super::outcome::Outcome;
use super::retention::Retention;
use super::stored_entry::StoredEntry;
use crate::access::AccessHandle;
use crate::scope::Scope;

/// Entries in log order. Damaged entries are left out, and reported in the server's own log.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The entries, in log order.
    pub entries: Vec<Arc<StoredEntry>>,
    /// The position up to which `entries` contains everything that the log still has of these rooms.
    pub upto: Seq,
    /// The newest entry of these rooms that retention has removed, zero if none: a reader whose cursor is
    /// before this position has missed entries.
    pub forgotten: Seq,
}

/// Messages read backwards; fewer than requested when they are large. A message with a damaged entry is left
/// out.
#[derive(Debug, Clone)]
pub struct Page {
    /// The messages as they stand at `upto`, newest last.
    pub messages: Vec<Message>,
    /// Whether older messages exist.
    pub more: bool,
    /// The head of the log at the time of the read.
    pub upto: Seq,
}

/// A room as the log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRoom {
    /// Its name.
    pub name: RoomName,
    /// Its topic.
    pub topic: Topic,
    /// Its newest entry.
    pub head: Seq,
    /// The date of the newest entry.
    pub at: Timestamp,
    /// Its newest message that is not deleted; zero for none.
    pub said: Seq,
}

/// The loss of a room's oldest entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomCut {
    /// The room.
    pub room: RoomName,
    /// Its entries up to here are gone.
    pub upto: Seq,
}

/// A change of the log. Followers are told of each once, in the order of the log.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum LogEvent<'a> {
    /// The entries of a group are durable.
    Appended(&'a [Arc<StoredEntry>]),
    /// Messages of some rooms were deleted, by entries that were told before.
    MessagesDeleted {
        /// These rooms, each with its newest message that is left; zero for none.
        newest: &'a [(RoomName, Seq)],
    },
    /// Some rooms have lost their oldest entries: whoever follows one of them from before its cut has missed entries.
    Pruned(&'a [RoomCut]),
    /// Some rooms are gone, with all that they had.
    RoomsExpired {
        /// Their names.
        rooms: &'a [RoomName],
        /// The newest entry of any room that ever expired: a follower of all rooms whose position is before
        /// it has missed entries.
        forgotten: Seq,
    },
    /// A person's name was taken out of earlier entries: whatever is kept of them is to be read anew.
    Rewritten,
    /// The log is another one from here on, because its journal was replaced or restored. Earlier positions
    /// are meaningless.
    Replaced {
        /// The epoch of the log from now on.
        epoch: Epoch,
        /// The rooms of the log.
        head: Seq,
        /// The newest entry of any room that retention has removed.
        rooms: &'a [LoggedRoom],
        /// The newest entry of any room that retention has removed.
        forgotten: Seq,
    },
}

/// A callback for the log's changes, called once they are durable.
pub type Follower = Arc<dyn Fn(LogEvent<'_>) + Send + Sync>;

/// A callback for the time that each commit took.
pub type CommitObserver = Arc<dyn Fn(Duration) + Send + Sync>;

/// Answers whether somebody uses a room, which then does not expire. Called on the log's own thread: it must not wait.
pub type RoomInUse = Arc<dyn Fn(&RoomName) -> bool + Send + Sync>;

/// The longest wait for [`Log::health`]: longer than any write of a disk that is merely busy.
pub const HEALTH_TIME: Duration = Duration::from_secs(5);

/// A log. A new log has one entry, which creates the lobby.
pub trait Log: Send + Sync + 'static {
    /// The name of this incarnation of the log. Changes only together with [`LogEvent::Replaced`].
    fn epoch(&self) -> Epoch;

    /// The key for signing sessions, which stays the same as long as the log exists.
    fn secret(&self) -> [u8; 32];

    /// The rights of people, as the log's newest entries have them. Replaced before followers are told of these entries.
    fn access(&self) -> AccessHandle {
        AccessHandle::default()
    }

    /// The last durable entry that can be read.
    fn head(&self) -> Seq;

    /// Whether the log has reached `position`. A log whose order comes from elsewhere may have reached more
    /// than its [`head`](Log::head): a reader from such a position waits, and is not refused.
    fn has_reached(&self, position: Seq) -> bool {
        position <= self.head()
    }

    /// Appends. The draft gets its place in log order when this function is called, not when the future is
    /// awaited; the future resolves once the entry is durable and the follower was told. Dropping the future
    /// undoes nothing.
    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>>;

    /// Reads the entries of those of the rooms that `scope` allows after `after`, in log order, at most
    /// [`BATCH_ENTRIES`](holdline_shared::limits::BATCH_ENTRIES) and about
    /// [`BATCH_BYTES`](holdline_shared::limits::BATCH_BYTES) of them. Passes over the entries of other rooms; after some
    /// thousands of them the chunk may end without an entry before the head. The scope is asked once the entries are in
    /// hand, and once every change that they make to it has been made.
    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>>;

    /// Reads the newest `limit` messages of a room, before `before` if given, as `reader` sees them; fewer if
    /// they exceed [`HISTORY_BYTES`](holdline_shared::limits::HISTORY_BYTES). An unknown room has none. The same holds
    /// for a room that `scope` does not allow.
    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>>;

    /// Reads the places of some messages of this author after `after` that were not deleted, in log order; none if there are
    /// no more.
    fn messages_of(
        &self,
        author: PersonId,
        after: Seq,
    ) -> BoxFuture<'static, Result<Vec<(RoomName, Seq)>, LogError>>;

    /// Removes some of the entries that retention does not keep, oldest first, and returns whether more of
    /// them exist. The log's last entry always stays.
    fn prune(&self, retention: Retention) -> BoxFuture<'static, Result<bool, LogError>>;

    /// Removes some of the rooms that have no messages, are unused, and whose newest entry is older than
    /// `idle`; returns whether more of them exist. The lobby stays, and so does the room of the log's last
    /// entry. The entries of removed rooms count as forgotten.
    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        let _ = (idle, is_in_use);
        ready(Ok(false)).boxed()
    }

    /// Reads entries before `before` that say who may do what, of all rooms, at most `limit`, the newest first. They contain
    /// hashes of secrets: callers show admins what they may see of them. A log that keeps none need not implement it.
    fn access_entries(&self, before: Seq, limit: usize) -> BoxFuture<'static, Result<Vec<Entry>, LogError>> {
        let _ = (before, limit);
        ready(Ok(Vec::new())).boxed()
    }

    /// Reads all rooms, in no particular order.
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>>;

    /// Tells `follower` of the entries after `after`, and from then on of every change. Resolves once the
    /// follower was told of all entries that existed. Called once.
    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>>;

    /// Tells `observer` how long each commit takes, its fsync included. Called once. An engine that waits for no disk of its
    /// own need not implement it.
    fn observe_commits(&self, observer: CommitObserver) {
        let _ = observer;
    }

    /// Ends the log in order: takes no more drafts, finishes those that were handed in or answers them with
    /// [`LogError::Closed`], and leaves complete files. Resolves within five seconds, whatever the storage does. A second
    /// call has nothing to do. An engine that has nothing to finish need not implement it.
    fn close(&self) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }

    /// Resolves if the engine can never append again although the log was not closed: the process should end,
    /// so that its supervisor restarts it.
    fn failed(&self) -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }

    /// Checks whether the log can be read and appended to right now, as far as possible without appending.
    /// Callers wait for at most [`HEALTH_TIME`].
    fn health(&self) -> BoxFuture<'static, Result<(), LogError>> {
        ready(Ok(())).boxed()
    }
}
