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
pub use self::export::Exported;
use self::life::{CLOSE_TIME, Life, Stage};
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
        let (connection, lock) = opening::open(path)?;
        let lock = Arc::new(lock);
        let (epoch, secret) = schema::identity(&connection)?;
        let readers = Arc::new(Readers::open(path, CONNECTIONS, lock.clone())?);
        let probe = Arc::new(Readers::open(path, 1, lock.clone())?);
        let shared = Arc::new(Shared::default());
        let writer = Writer::new(connection, path, shared.clone(), lock, epoch)?;
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
        asking: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        let shared = self.shared.clone();
        Readers::run(self.readers.clone(), move |reader| {
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
        Readers::run(self.readers.clone(), Reader::rooms)
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
            let both = async { futures_util::future::try_join(appends, reads).await.map(|_| ()) };
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

    #[tokio::test]
    async fn log_let_go_of_by_its_own_writer_keeps_what_it_acknowledged() {
        for _ in 0..5 {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("holdline.db");
            let log = Arc::new(SqliteLog::open(&path).unwrap());
            let life = log.shared.life.clone();
            let hub = crate::hub::Hub::open(log).await.unwrap();
            let answers: Vec<_> = (0..3000).map(|_| hub.publish(say("on its way"))).collect();
            drop(hub);
            let mut acknowledged = 0;
            for answer in answers {
                match answer.await {
                    Ok(Outcome::Appended(_)) => acknowledged += 1,
                    Err(LogError::Closed) => {}
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(life.ended().await, Stage::Closed, "the writer did not wait for itself");
            assert_eq!(std::fs::metadata(beside(&path, "-wal")).map_or(0, |wal| wal.len()), 0);
            let database = schema::open_read_only(&path).unwrap();
            assert_eq!(schema::head(&database).unwrap(), Seq(1 + acknowledged));
        }
    }

    #[tokio::test]
    async fn closed_log_is_complete_and_takes_nothing_more() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let log = SqliteLog::open(&path).unwrap();
        let last = log.append(say("handed in before"));
        log.close().await;
        assert!(matches!(last.await, Ok(Outcome::Appended(_))));
        assert!(matches!(log.append(say("after")).await, Err(LogError::Closed)));
        assert_eq!(log.health().await, Err(LogError::Closed));
        log.close().await;
        assert!(!beside(&path, "-wal").exists());
        assert!(log.failed().now_or_never().is_none(), "closed is not failed");
    }

    #[tokio::test]
    async fn health_is_what_an_append_would_find() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let log = SqliteLog::open(&path).unwrap();
        assert_eq!(log.health().await, Ok(()));
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let locked = log.health().await.unwrap_err().to_string();
        assert!(locked.contains("locked") || locked.contains("in time"), "{locked}");
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(log.health().await, Ok(()));
        let away = dir.path().join("away.db");
        std::fs::rename(&path, &away).unwrap();
        assert!(log.health().await.unwrap_err().to_string().contains("removed or replaced"));
        std::fs::rename(&away, &path).unwrap();
        assert_eq!(log.health().await, Ok(()));
    }

    #[tokio::test]
    async fn log_without_its_wal_fails_and_has_saved_everything() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let log = SqliteLog::open(&path).unwrap();
        log.append(say("acknowledged")).await.unwrap();
        std::fs::remove_file(beside(&path, "-wal")).unwrap();
        let Err(LogError::Unavailable(why)) = log.append(say("refused")).await else { panic!("taken") };
        assert!(why.contains("-wal was removed"), "{why}");
        log.failed().await;
        // As a crash would find it.
        let saved = inspect::open(&path, false).unwrap();
        assert_eq!(schema::head(&saved).unwrap(), Seq(2));
    }

    #[tokio::test]
    async fn retention_gives_room_back_and_leaves_no_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let log = SqliteLog::open(&path).unwrap();
        let text = format!("to be forgotten {}", "x".repeat(1000));
        let said: Vec<_> = (0..4000).map(|_| log.append(say(&text))).collect();
        for outcome in futures_util::future::join_all(said).await {
            outcome.unwrap();
        }
        let keep = Retention { per_room: Some(1), age: None };
        while log.prune(keep).await.unwrap() {}
        let size = |end: &str| std::fs::metadata(beside(&path, end)).unwrap().len();
        let end = std::time::Instant::now() + Duration::from_secs(60);
        // Pages go back while there is nothing else to do.
        while size("") > 2 << 20 || size("-wal") > 1 << 20 {
            assert!(std::time::Instant::now() < end, "still {} and {}", size(""), size("-wal"));
            tokio::task::yield_now().await;
        }
        let bytes = [std::fs::read(&path).unwrap(), std::fs::read(beside(&path, "-wal")).unwrap()].concat();
        let needle = b"to be forgotten";
        let left = bytes.windows(needle.len()).filter(|window| window == needle).count();
        assert_eq!(left, 1, "the last entry stays");
    }
}
