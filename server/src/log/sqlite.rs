//! `sqlite:PATH` the default engine: one file, WAL, `synchronous=FULL`. One writer thread commits groups; readers have
//! read-only connections of their own and never wait for it.

mod group;
mod guard;
mod prune;
mod reader;
mod schema;
mod watched_file;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use holdline_shared::{Epoch, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use self::guard::Guard;
use self::reader::{Reader, Readers};
use self::writer::Writer;
use super::{Chunk, Draft, Follower, Log, LogError, LoggedRoom, Outcome, Page, Retention};

/// Appends that may wait for the writer. At a few hundred bytes each this bounds memory, and at any disk's speed the
/// last of them waits well under a second, because all of them go into a handful of commits.
const QUEUE: usize = 8192;

/// A log in a SQLite database.
pub struct SqliteLog {
    epoch: Epoch,
    secret: [u8; 32],
    shared: Arc<Shared>,
    readers: Arc<Readers>,
    /// `None` once the log is being dropped, which ends the writer.
    queue: Option<mpsc::Sender<Job>>,
    writer: Option<std::thread::JoinHandle<()>>,
}

/// What the writer tells the rest.
#[derive(Default)]
struct Shared {
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
    Append { draft: Draft, reply: Reply<Outcome> },
    Prune { keep: Retention, reply: Reply<bool> },
}

/// Where the writer answers.
type Reply<T> = oneshot::Sender<Result<T, LogError>>;

impl SqliteLog {
    /// Opens the log at `path`, or makes a new one. Blocks while it does.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let mut guard = Guard::lock(path)?;
        let connection = schema::open(path)?;
        if guard.has_lost_entries(schema::identity(&connection)?.0, schema::head(&connection)?) {
            tracing::warn!(
                "this log has come less far than it had; it was put back from a copy and gets a new epoch"
            );
            schema::renew_epoch(&connection)?;
        }
        let (epoch, secret) = schema::identity(&connection)?;
        let readers = Arc::new(Readers::open(path)?);
        let shared = Arc::new(Shared::default());
        let writer = Writer::new(connection, path, shared.clone(), guard, epoch)?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let writer = std::thread::Builder::new()
            .name("holdline-writer".to_owned())
            .spawn(move || writer.run(jobs))
            .map_err(|e| LogError::Unavailable(e.to_string()))?;
        Ok(Self { epoch, secret, shared, readers, queue: Some(queue), writer: Some(writer) })
    }
}

impl SqliteLog {
    /// Puts a job into the writer's queue, now, and answers what comes of it.
    fn hand_over<T: Send + 'static>(
        &self,
        job: impl FnOnce(Reply<T>) -> Job,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let (reply, answer) = oneshot::channel();
        let sent = match &self.queue {
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
        Readers::run(self.readers.clone(), move |reader| {
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
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        let shared = self.shared.clone();
        Readers::run(self.readers.clone(), move |reader| {
            let page = reader.page(&room, before, limit)?;
            shared.saw(page.upto);
            Ok(page)
        })
    }

    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.hand_over(|reply| Job::Prune { keep, reply })
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        Readers::run(self.readers.clone(), Reader::rooms)
    }

    fn follow(&self, follower: Follower) {
        *self.shared.follower.lock() = Some(follower);
    }
}

impl Drop for SqliteLog {
    /// Finishes what was handed in, so that a closed log is complete on disk.
    fn drop(&mut self) {
        self.queue = None;
        // Readers go first, so that the writer's connection is the last and can put everything into one file.
        self.readers.close();
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the log's writer panicked; see the lines above");
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
/// Whatever SQLite says, as the log's own error. A full disk is told apart, because people can do something about it.
fn log_error(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => LogError::Full,
        // SQLite knows no word for a file that may not grow any more (`EFBIG`).
        Some(rusqlite::ErrorCode::SystemIoFailure) if is_file_size_limited() => LogError::Full,
        _ => LogError::Unavailable(error.to_string()),
    }
}

/// Whether this process runs under `ulimit -f` (systemd: `LimitFSIZE`), so that a write that fails most likely met that.
fn is_file_size_limited() -> bool {
    rlimit::Resource::FSIZE.get_soft().is_ok_and(|limit| limit != rlimit::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::log::contract::suite!(|dir| SqliteLog::open(&dir.join("holdline.db")).unwrap());
    crate::log::contract::durable_suite!(|dir| SqliteLog::open(&dir.join("holdline.db")));

    fn say(text: &str) -> Draft {
        Draft::say(holdline_shared::Person::stdin(), RoomName::lobby(), text.parse().unwrap())
    }

    #[tokio::test]
    async fn one_server_writes_a_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let first = SqliteLog::open(&path).unwrap();
        let Err(LogError::Unavailable(why)) = SqliteLog::open(&path) else { panic!("two of them") };
        assert!(why.contains("in use"), "{why}");
        drop(first);
        assert!(SqliteLog::open(&path).is_ok());
    }

    #[tokio::test]
    async fn a_closed_log_is_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (dir.path().join("holdline.db"), dir.path().join("elsewhere.db"));
        let log = SqliteLog::open(&path).unwrap();
        log.append(say("hello")).await.unwrap();
        log.read(RoomSelection::All, Seq::START).await.unwrap();
        let epoch = log.epoch();
        drop(log);
        std::fs::copy(&path, &elsewhere).unwrap();
        let copy = SqliteLog::open(&elsewhere).unwrap();
        assert_eq!((copy.head(), copy.epoch()), (Seq(2), epoch));
    }

    #[tokio::test]
    async fn a_log_put_back_from_a_copy_has_another_epoch() {
        let dir = tempfile::tempdir().unwrap();
        let (path, copy) = (dir.path().join("holdline.db"), dir.path().join("copy.db"));
        let log = SqliteLog::open(&path).unwrap();
        let epoch = log.epoch();
        log.append(say("kept")).await.unwrap();
        drop(log);
        std::fs::copy(&path, &copy).unwrap();
        let log = SqliteLog::open(&path).unwrap();
        assert_eq!(log.epoch(), epoch, "an ordinary restart");
        log.append(say("lost with the copy")).await.unwrap();
        drop(log);
        std::fs::copy(&copy, &path).unwrap();
        let log = SqliteLog::open(&path).unwrap();
        assert_eq!(log.head(), Seq(2));
        assert_ne!(log.epoch(), epoch, "3 is about to be given to another entry");
        let renewed = log.epoch();
        drop(log);
        assert_eq!(SqliteLog::open(&path).unwrap().epoch(), renewed, "once");
    }

    #[test]
    fn what_is_no_database_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let text = "this is a letter, not a database; ".repeat(200);
        std::fs::write(&path, &text).unwrap();
        assert!(matches!(SqliteLog::open(&path), Err(LogError::Unavailable(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert!(SqliteLog::open(&dir.path().join("no/such/folder/holdline.db")).is_err());
    }

    #[test]
    fn a_database_of_something_else_or_of_a_newer_version_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for (name, sql) in
            [("other.db", "CREATE TABLE songs (name TEXT)"), ("newer.db", "PRAGMA user_version = 99")]
        {
            let path = dir.path().join(name);
            rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            assert!(matches!(SqliteLog::open(&path), Err(LogError::Unavailable(_))), "{name}");
        }
    }
}
