//! `sqlite:PATH` the default engine: one file, WAL, `synchronous=FULL`. One writer thread commits groups; readers have
//! read-only connections of their own and never wait for it.

mod backup;
mod check;
mod contention;
mod expiry;
mod export;
mod group;
mod inspect;
mod life;
mod lineage;
mod location;
mod lock;
mod migrations;
mod opening;
mod prune;
mod reactions;
mod read_models;
mod reader;
mod readers;
mod replay;
mod schema;
mod secret;
mod stored;
mod upkeep;
mod wal;
mod wal_index;
mod watched_files;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, pending};
use holdline_shared::{Epoch, PersonId, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub use self::backup::Restored;
pub use self::check::Checked;
pub use self::export::Exported;
use self::life::{CLOSE_TIME, Life, ReadKind, Stage};
use self::opening::Opened;
use self::reader::Reader;
use self::readers::{CONNECTIONS, Readers};
use self::writer::Writer;
use super::{
    Chunk, Draft, Follower, HEALTH_TIME, Log, LogError, LoggedRoom, Outcome, Page, Retention, RoomInUse,
};

/// Appends that may wait for the writer. At a few hundred bytes each this bounds memory, and at any disk's speed the
/// last of them waits well under a second, because all of them go into a handful of commits.
const QUEUE: usize = 8192;

/// A log in a SQLite database.
pub struct SqliteLog {
    epoch: Epoch,
    secret: [u8; 32],
    shared: Arc<Shared>,
    readers: Arc<Readers>,
    /// For asking how the log is: that does not wait for those who read much.
    probe: Arc<Readers>,
    /// `None` once the log is being dropped, which ends the writer.
    queue: Option<mpsc::Sender<Job>>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

/// What the writer tells the rest.
#[derive(Default)]
struct Shared {
    life: Arc<Life>,
    head: AtomicU64,
    follower: Mutex<Option<Follower>>,
}

impl Shared {
    /// A reader can see a commit a moment before the writer comes to say so. What it saw is durable, so the head is
    /// there: a position that was handed out is never beyond it.
    fn saw(&self, upto: Seq) {
        self.head.fetch_max(upto.0, Ordering::AcqRel);
    }
}

/// Work for the writer.
enum Job {
    Append {
        draft: Draft,
        reply: Reply<Outcome>,
    },
    Prune {
        keep: Retention,
        reply: Reply<bool>,
    },
    Expire {
        rooms: Vec<RoomName>,
        idle: Duration,
        is_in_use: RoomInUse,
        reply: Reply<bool>,
    },
    /// Find out whether a group could be committed now.
    Probe {
        reply: Reply<()>,
    },
    /// Nothing but looking up: the log is being closed.
    Wake,
}

impl Job {
    /// Answers that nothing comes of it.
    fn refuse(self, error: &LogError) {
        // Whoever went away does not care.
        match self {
            Self::Append { reply, .. } => drop(reply.send(Err(error.clone()))),
            Self::Prune { reply, .. } | Self::Expire { reply, .. } => drop(reply.send(Err(error.clone()))),
            Self::Probe { reply } => drop(reply.send(Err(error.clone()))),
            Self::Wake => {}
        }
    }
}

/// Where the writer answers.
type Reply<T> = oneshot::Sender<Result<T, LogError>>;

impl SqliteLog {
    /// Opens the log at `path`, or makes a new one. Blocks while it does.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let path = &location::resolve(path)?;
        let Opened { connection, upkeep, lock } = opening::open(path)?;
        let lock = Arc::new(lock);
        let (epoch, secret) = schema::identity(&connection)?;
        let readers = Arc::new(Readers::open(path, CONNECTIONS, lock.clone())?);
        let probe = Arc::new(Readers::open(path, 1, lock.clone())?);
        let shared = Arc::new(Shared::default());
        let writer = Writer::new(connection, upkeep, path, shared.clone(), lock, epoch)?;
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
                // Also when the writer panics.
                let failed = EndOfWriter(life);
                let stage = writer.run(jobs, &waiting);
                failed.0.end(stage);
            })
            .map_err(|e| LogError::Unavailable(e.to_string()))?;
        Ok(Self {
            epoch,
            secret,
            shared,
            readers,
            probe,
            queue: Some(queue),
            writer: Mutex::new(Some(writer)),
        })
    }
}

/// Says that the writer has failed, unless somebody has said how it ended.
struct EndOfWriter(Arc<Life>);

impl Drop for EndOfWriter {
    fn drop(&mut self) {
        self.0.end(Stage::Failed);
    }
}

impl SqliteLog {
    /// Takes nothing more, and tells the writer to finish.
    fn begin_closing(&self) {
        self.shared.life.begin_closing();
        // Readers go first, so that the writer's connection is the last and can put everything into one file.
        self.readers.close();
        self.probe.close();
        if let Some(queue) = &self.queue {
            // A full queue wakes it as well.
            let _ = queue.try_send(Job::Wake);
        }
    }

    /// Reads, and remembers whether that worked.
    fn read_as<T: Send + 'static>(
        &self,
        kind: ReadKind,
        read: impl FnOnce(&mut Reader) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let (life, read) = (self.shared.life.clone(), Readers::run(self.readers.clone(), read));
        async move {
            let read = read.await;
            life.was_read(kind, &read);
            read
        }
        .boxed()
    }

    /// Puts a job into the writer's queue, now, and answers what comes of it.
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
        self.epoch
    }

    fn secret(&self) -> [u8; 32] {
        self.secret
    }

    fn head(&self) -> Seq {
        Seq(self.shared.head.load(Ordering::Acquire))
    }

    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        self.hand_over(|reply| Job::Append { draft, reply })
    }

    fn read(&self, rooms: RoomSelection, after: Seq) -> BoxFuture<'static, Result<Chunk, LogError>> {
        let shared = self.shared.clone();
        self.read_as(ReadKind::Entries, move |reader| {
            let chunk = reader.read(&rooms, after)?;
            if chunk.upto > after {
                shared.saw(chunk.upto);
            }
            Ok(chunk)
        })
    }

    fn page(
        &self,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        asking: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        let shared = self.shared.clone();
        self.read_as(ReadKind::Messages, move |reader| {
            let page = reader.page(&room, before, limit, asking.as_ref())?;
            shared.saw(page.upto);
            Ok(page)
        })
    }

    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.hand_over(|reply| Job::Prune { keep, reply })
    }

    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        let oldest = expiry::idle_before(idle);
        let empty = Readers::run(self.readers.clone(), move |reader| reader.empty_rooms(oldest));
        // Weak, so that a search for rooms does not keep the writer from ending.
        let queue = self.queue.as_ref().map(mpsc::Sender::downgrade);
        async move {
            let mut rooms = empty.await?;
            rooms.retain(|name| !is_in_use(name));
            if rooms.is_empty() {
                return Ok(false);
            }
            let queue = queue.and_then(|queue| queue.upgrade());
            hand_over(queue.as_ref(), |reply| Job::Expire { rooms, idle, is_in_use, reply }).await
        }
        .boxed()
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.read_as(ReadKind::Rooms, Reader::rooms)
    }

    fn follow(&self, follower: Follower) {
        *self.shared.follower.lock() = Some(follower);
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
        let reads = Readers::run(self.probe.clone(), |reader| self::reader::head(&reader.0).map(|_| ()));
        let life = self.shared.life.clone();
        async move {
            let both = async {
                futures_util::future::try_join(appends, reads).await?;
                life.read_trouble().map_or(Ok(()), Err)
            };
            timeout(HEALTH_TIME, both).await.unwrap_or_else(|_| {
                let slow = LogError::Unavailable("the log does not answer in time".to_owned());
                Err(life.trouble().unwrap_or(slow))
            })
        }
        .boxed()
    }
}

impl Drop for SqliteLog {
    /// As [`Log::close`], for those who cannot wait: finishes what was handed in, so that a closed log is complete on disk.
    fn drop(&mut self) {
        self.begin_closing();
        self.queue = None;
        // The last to know of the log may be the follower, whom the writer itself calls: it does not wait for itself.
        if let Some(writer) = self.writer.get_mut().take()
            && writer.thread().id() != std::thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!("the log's writer panicked; see the lines above");
        }
    }
}

/// A file beside the database: `NAME-wal`, `NAME-shm`, `NAME-lock`.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
/// Whatever SQLite says, as the log's own error. A full disk is told apart, because people can do something about it.
fn log_error(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => LogError::Full,
        // A file-size limit or a quota is a full disk, too; SQLite knows ENOSPC alone.
        Some(rusqlite::ErrorCode::SystemIoFailure) if is_out_of_room(&error) => LogError::Full,
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            LogError::Unavailable(format!("another program has locked the database ({error})"))
        }
        Some(rusqlite::ErrorCode::OperationInterrupted) => LogError::Busy,
        _ => LogError::Unavailable(error.to_string()),
    }
}

/// Whether a file could not be made longer.
fn is_out_of_room(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(SQLITE_IOERR_WRITE | SQLITE_IOERR_SHMSIZE))
}

#[cfg(test)]
mod tests;
