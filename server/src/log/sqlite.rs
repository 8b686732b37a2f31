//! `sqlite:PATH` the default engine: journal and projection are one file (WAL, `synchronous=FULL`) and change in one
//! transaction. One writer thread commits groups; readers have read-only connections of their own and never wait for it.

mod backup;
mod check;
mod contention;
mod database;
mod export;
mod file_error;
mod inspect;
mod jobs;
mod life;
mod lineage;
mod location;
mod lock;
mod locked_here;
mod opening;
mod readers;
#[cfg(test)]
mod tests;
mod upkeep;
mod wal;
mod wal_index;
mod watched_files;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, pending, try_join};
use holdline_shared::{Entry, Epoch, PersonId, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub use self::backup::{Restored, back_up, restore};
pub use self::check::{Checked, check};
pub use self::export::{Exported, export, import};
use self::jobs::{Job, Reply, Shared};
use self::life::{CLOSE_TIME, Life, ReadKind, Stage};
use self::opening::Opened;
use self::readers::{CONNECTIONS, Readers};
use self::writer::Writer;
use super::draft::Draft;
use super::engine::{Chunk, CommitObserver, Follower, Log, LoggedRoom, Page, RoomInUse};
use super::error::LogError;
use super::journal::Identity;
use super::outcome::Outcome;
use super::projection::{self, ROOMS_AT_ONCE};
use super::retention::Retention;
use crate::access::AccessHandle;
use crate::scope::Scope;

/// The number of appends that may wait for the writer. At a few hundred bytes each this bounds memory, and
/// the last of them waits well under a second on any disk, because a handful of commits takes all of them.
const QUEUE: usize = 8192;

/// A log in a SQLite database.
pub struct SqliteLog {
    identity: Identity,
    shared: Arc<Shared>,
    readers: Arc<Readers>,
    /// Readers for health checks, which must not wait behind clients' reads.
    probe: Arc<Readers>,
    /// `None` once the log is being dropped, which ends the writer.
    queue: Option<mpsc::Sender<Job>>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl SqliteLog {
    /// Opens the log at `path`, or makes a new one. Blocks while it does.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let path = &location::resolve(path)?;
        let Opened { connection, upkeep, lock } = opening::open(path)?;
        let lock = Arc::new(lock);
        let identity = projection::identity(&connection)?;
        let readers = Arc::new(Readers::open(path, CONNECTIONS, lock.clone())?);
        let probe = Arc::new(Readers::open(path, 1, lock.clone())?);
        let shared = Arc::new(Shared::default());
        let writer = Writer::new(connection, upkeep, path, shared.clone(), lock, identity.epoch)?;
        location::make_private(path);
        let waiting = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|e| LogError::Unavailable(e.to_string()))?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let life = shared.life.clone();
        let writer = std::thread::Builder::new()
            .name("holdline-writer".to_owned())
            .spawn(move || {
                // Set also when the writer panics.
                let failed = EndOfWriter(life);
                let stage = writer.run(jobs, &waiting);
                failed.0.end(stage);
            })
            .map_err(|e| LogError::Unavailable(e.to_string()))?;
        Ok(Self { identity, shared, readers, probe, queue: Some(queue), writer: Mutex::new(Some(writer)) })
    }
}

/// Marks the writer as failed when dropped, unless its last stage was noted before.
struct EndOfWriter(Arc<Life>);

impl Drop for EndOfWriter {
    fn drop(&mut self) {
        self.0.end(Stage::Failed);
    }
}

impl SqliteLog {
    /// Stops taking jobs, and tells the writer to finish.
    fn begin_closing(&self) {
        self.shared.life.begin_closing();
        // Readers are closed first, so that the writer's connection is the last and can checkpoint everything
        // into one file.
        self.readers.close();
        self.probe.close();
        if let Some(queue) = &self.queue {
            // With a full queue, the writer wakes anyway.
            let _ = queue.try_send(Job::Wake);
        }
    }

    /// Runs a read, and notes whether it succeeded.
    fn read_as<T: Send + 'static>(
        &self,
        kind: ReadKind,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let (life, read) = (self.shared.life.clone(), Readers::run(self.readers.clone(), read));
        async move {
            let read = read.await;
            life.was_read(kind, &read);
            read
        }
        .boxed()
    }

    /// Queues a job for the writer at once; the future resolves with its result.
    fn hand_over<T: Send + 'static>(
        &self,
        job: impl FnOnce(Reply<T>) -> Job,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        if self.shared.life.is_closing() {
            return std::future::ready(Err(LogError::Closed)).boxed();
        }
        hand_over(self.queue.as_ref(), job)
    }
}

fn hand_over<T: Send + 'static>(
    queue: Option<&mpsc::Sender<Job>>,
    job: impl FnOnce(Reply<T>) -> Job,
) -> BoxFuture<'static, Result<T, LogError>> {
    let (reply, answer) = oneshot::channel();
    let sent = match queue {
        Some(queue) => queue.try_send(job(reply)).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => LogError::Busy,
            mpsc::error::TrySendError::Closed(_) => LogError::Closed,
        }),
        None => Err(LogError::Closed),
    };
    async move {
        sent?;
        answer.await.unwrap_or(Err(LogError::Closed))
    }
    .boxed()
}

impl Log for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.identity.epoch
    }

    fn secret(&self) -> [u8; 32] {
        self.identity.secret
    }

    fn access(&self) -> AccessHandle {
        self.shared.access.clone()
    }

    fn head(&self) -> Seq {
        Seq(self.shared.head.load(Ordering::Acquire))
    }

    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        self.hand_over(|reply| Job::Append { draft, reply })
    }

    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        let (shared, scope) = (self.shared.clone(), scope.clone());
        self.read_as(ReadKind::Entries, move |db| {
            let mut chunk = projection::read(db, &scope, &rooms, after)?;
            if chunk.upto > after {
                shared.saw(chunk.upto);
            }
            chunk.entries.retain(|entry| scope.allows(&entry.room));
            Ok(chunk)
        })
    }

    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        asking: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        let (shared, scope) = (self.shared.clone(), scope.clone());
        self.read_as(ReadKind::Messages, move |db| {
            let readable = Some(&room).filter(|room| scope.allows(room));
            let mut page = projection::page(db, readable, before, limit, asking.as_ref())?;
            shared.saw(page.upto);
            if !scope.allows(&room) {
                (page.messages, page.more) = (Vec::new(), false);
            }
            Ok(page)
        })
    }

    fn messages_of(
        &self,
        author: PersonId,
        after: Seq,
    ) -> BoxFuture<'static, Result<Vec<(RoomName, Seq)>, LogError>> {
        self.read_as(ReadKind::Messages, move |db| projection::messages_of(db, &author, after))
    }

    fn prune(&self, retention: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.hand_over(|reply| Job::Prune { retention, reply })
    }

    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        // Only the writer has retention's clock, so it decides whether these rooms are idle.
        let empty = Readers::run(self.readers.clone(), |db| projection::empty_rooms(db, None));
        // Weak, so that a search for rooms does not keep the writer alive.
        let queue = self.queue.as_ref().map(mpsc::Sender::downgrade);
        async move {
            let mut rooms = empty.await?;
            rooms.retain(|name| !is_in_use(name));
            let mut more = false;
            // One job for each portion, so that publishers get their turn in between.
            for rooms in rooms.chunks(ROOMS_AT_ONCE) {
                let (rooms, is_in_use) = (rooms.to_vec(), is_in_use.clone());
                let queue = queue.as_ref().and_then(mpsc::WeakSender::upgrade);
                more |=
                    hand_over(queue.as_ref(), |reply| Job::Expire { rooms, idle, is_in_use, reply }).await?;
            }
            Ok(more)
        }
        .boxed()
    }

    fn access_entries(&self, before: Seq, limit: usize) -> BoxFuture<'static, Result<Vec<Entry>, LogError>> {
        self.read_as(ReadKind::Entries, move |db| projection::some_access_entries(db, before, limit))
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.read_as(ReadKind::Rooms, projection::rooms)
    }

    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        self.hand_over(|reply| Job::Follow { after, follower, reply })
    }

    fn observe_commits(&self, observer: CommitObserver) {
        // There is one hub for a log, and so one observer.
        let _ = self.shared.commit_observer.set(observer);
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.begin_closing();
        let ended = self.shared.life.ended();
        async move {
            if timeout(CLOSE_TIME, ended).await.is_err() {
                tracing::error!("the log could not be closed in time; the next start puts it in order");
            }
        }
        .boxed()
    }

    fn failed(&self) -> BoxFuture<'static, ()> {
        let ended = self.shared.life.ended();
        async move {
            if ended.await != Stage::Failed {
                pending::<()>().await;
            }
        }
        .boxed()
    }

    fn health(&self) -> BoxFuture<'static, Result<(), LogError>> {
        let appends = self.hand_over(|reply| Job::Probe { reply });
        let reads = Readers::run(self.probe.clone(), |db| projection::head(db).map(drop));
        let life = self.shared.life.clone();
        async move {
            try_join(appends, reads).await?;
            life.read_trouble().map_or(Ok(()), Err)
        }
        .boxed()
    }
}

impl Drop for SqliteLog {
    /// Closes the log without waiting for [`Log::close`]: finishes the queued jobs, so that the log is
    /// complete on disk.
    fn drop(&mut self) {
        self.begin_closing();
        self.queue = None;
        // The writer itself may drop the last owner of the log (its follower): a thread must not join itself.
        if let Some(writer) = self.writer.get_mut().take()
            && writer.thread().id() != std::thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!("the log's writer panicked; see the lines above");
        }
    }
}
