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
mod operations;
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

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

pub use self::backup::{Restored, back_up, restore};
pub use self::check::{Checked, check};
pub use self::export::{Exported, export, import};
use self::jobs::{Job, Reply, Shared};
use self::life::{Life, ReadKind, Stage};
use self::opening::Opened;
use self::readers::{CONNECTIONS, Readers};
use self::writer::Writer;
use super::error::LogError;
use super::journal::Identity;
use super::projection;

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
    /// The writer's queue; `None` once the log is being dropped, which ends the writer.
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

impl Drop for SqliteLog {
    /// Closes the log without waiting for [`Log::close`](super::Log::close): finishes the queued jobs, so that the log is
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
