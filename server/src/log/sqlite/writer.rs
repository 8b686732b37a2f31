//! Writing: one thread, one connection, groups. Everything that waits goes into one transaction and so into one fsync;
//! only after it are the followers told and the publishers answered.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use holdline_shared::{
    Entry, EntryKind, Epoch, Message, PersonId, PublishKey, RoomName, Seq, Timestamp, Topic,
};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use tokio::sync::mpsc;

use super::guard::Guard;
use super::reader::{message, room_id, sql_seq, topic};
use super::watched_file::WatchedFile;
use super::{Job, Reply, Shared, log_error, prune};
use crate::log::admit::{Lookup, Verdict, admit, now_after};
use crate::log::{Committed, Draft, LogError, Outcome};

/// Appends in one transaction. Larger groups save nothing more and delay the first of them.
const GROUP: usize = 1024;

/// How often it is noted how far the log has come.
const NOTE_PERIOD: Duration = Duration::from_secs(1);

/// The writer and its connection.
pub(super) struct Writer {
    connection: Connection,
    file: WatchedFile,
    shared: Arc<Shared>,
    guard: Guard,
    epoch: Epoch,
    noted_at: Instant,
    head: Seq,
    last_at: Timestamp,
}

/// What a transaction that is under way has come to.
struct Group<'a> {
    transaction: Transaction<'a>,
    head: Seq,
    last_at: Timestamp,
    committed: Vec<Arc<Committed>>,
}

impl Writer {
    /// Reads where the log ends, and gives a new one its first entry.
    pub(super) fn new(
        connection: Connection,
        path: &Path,
        shared: Arc<Shared>,
        guard: Guard,
        epoch: Epoch,
    ) -> Result<Self, LogError> {
        let sql = "SELECT seq, at FROM entries ORDER BY seq DESC LIMIT 1";
        let last: Option<(i64, i64)> = connection
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(log_error)?;
        let (seq, at) = last.unwrap_or_default();
        let (head, last_at) = (Seq(seq.cast_unsigned()), Timestamp(at.cast_unsigned()));
        let (file, noted_at) = (WatchedFile::new(path)?, Instant::now());
        let mut writer = Self { connection, file, shared, guard, epoch, noted_at, head, last_at };
        if last.is_none() {
            writer.commit([&Draft::lobby()])?;
        }
        writer.shared.head.store(writer.head.0, Ordering::Release);
        writer.note();
        Ok(writer)
    }

    /// Commits groups until every sender is gone, then puts everything into the one file.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
            let mut drafts = Vec::with_capacity(group.len());
            let mut replies = Vec::with_capacity(group.len());
            let mut prunes = Vec::new();
            for job in group.drain(..) {
                match job {
                    Job::Append { draft, reply } => {
                        drafts.push(draft);
                        replies.push(reply);
                    }
                    Job::Prune { keep, reply } => prunes.push((keep, reply)),
                }
            }
            if !drafts.is_empty() {
                self.commit_and_answer(&drafts, replies);
            }
            if self.noted_at.elapsed() >= NOTE_PERIOD {
                self.note();
            }
            for (keep, reply) in prunes {
                answer(reply, prune::prune(&mut self.connection, &keep, self.head));
            }
        }
        self.close();
    }

    /// Notes how far the log has come.
    fn note(&mut self) {
        self.noted_at = Instant::now();
        self.guard.note(self.epoch, self.head);
    }

    /// Leaves one file that is complete by itself, to be copied or moved.
    fn close(mut self) {
        self.note();
        let checkpoint = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = checkpoint {
            tracing::debug!(%error, "the write-ahead log stays beside the database");
        }
    }

    fn commit_and_answer(&mut self, drafts: &[Draft], replies: Vec<Reply<Outcome>>) {
        match self.file.check().and_then(|()| self.commit(drafts)) {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    answer(reply, outcome);
                }
            }
            Err(error) => {
                let refused = replies.len();
                tracing::error!(%error, refused, "publishes were refused because the log could not be written");
                for reply in replies {
                    answer(reply, Err(error.clone()));
                }
            }
        }
    }

    /// Appends all drafts in one transaction, one outcome each; an error means that nothing was kept.
    fn commit<'a>(
        &mut self,
        drafts: impl IntoIterator<Item = &'a Draft>,
    ) -> Result<Vec<Result<Outcome, LogError>>, LogError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
        let mut group = Group { transaction, head: self.head, last_at: self.last_at, committed: Vec::new() };
        let mut outcomes = Vec::new();
        for draft in drafts {
            outcomes.push(match group.append(draft) {
                // A refusal concerns its own draft, which wrote nothing; everything else concerns the transaction.
                Ok(outcome) => Ok(outcome),
                Err(error @ LogError::Refused(_)) => Err(error),
                Err(error) => return Err(error),
            });
        }
        let Group { transaction, head, last_at, committed } = group;
        transaction.commit().map_err(log_error)?;
        (self.head, self.last_at) = (head, last_at);
        self.shared.head.store(head.0, Ordering::Release);
        if !committed.is_empty()
            && let Some(follower) = &*self.shared.follower.lock()
        {
            follower(&committed);
        }
        Ok(outcomes)
    }
}

fn answer<T>(reply: Reply<T>, outcome: Result<T, LogError>) {
    // A publisher that went away learns of it when it repeats its key.
    let _ = reply.send(outcome);
}

impl Group<'_> {
    fn append(&mut self, draft: &Draft) -> Result<Outcome, LogError> {
        match admit(self, draft)? {
            Verdict::Settled(outcome) => Ok(outcome),
            Verdict::Append(kinds) => {
                for kind in kinds {
                    self.push(draft, kind)?;
                }
                Ok(self.committed.last().cloned().map_or(Outcome::Unchanged, Outcome::Appended))
            }
        }
    }

    fn push(&mut self, draft: &Draft, kind: EntryKind) -> Result<(), LogError> {
        let (seq, at) = (self.head.next(), now_after(self.last_at));
        let entry = Entry { seq, room: draft.room.clone(), at, author: draft.author.clone(), kind };
        let committed = Committed::encode(entry.clone()).map_err(|e| LogError::Unavailable(e.to_string()))?;
        self.insert(&entry, &committed).map_err(log_error)?;
        (self.head, self.last_at) = (seq, at);
        self.committed.push(Arc::new(committed));
        Ok(())
    }

    fn insert(&self, entry: &Entry, committed: &Committed) -> rusqlite::Result<()> {
        let db = &self.transaction;
        let (seq, at) = (sql_seq(entry.seq), i64::try_from(entry.at.0).unwrap_or(i64::MAX));
        if let EntryKind::Room { topic } = &entry.kind {
            let sql = "INSERT INTO rooms (name, topic, head, at, entries) VALUES (?1, ?2, ?3, ?4, 1)
                       ON CONFLICT (name) DO UPDATE SET topic = ?2, head = ?3, at = ?4, entries = entries + 1";
            db.prepare_cached(sql)?.execute((entry.room.as_str(), topic.as_str(), seq, at))?;
        } else {
            let sql = "UPDATE rooms SET head = ?, at = ?, entries = entries + 1 WHERE name = ?";
            db.prepare_cached(sql)?.execute((seq, at, entry.room.as_str()))?;
        }
        let room = room_id(db, &entry.room)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let json = std::str::from_utf8(&committed.json)?;
        db.prepare_cached("INSERT INTO entries VALUES (?, ?, ?, ?)")?.execute((seq, room, at, json))?;
        match &entry.kind {
            EntryKind::Message { key, .. } => {
                let sql = "INSERT INTO messages (seq, room, author, key) VALUES (?, ?, ?, ?)";
                let author = entry.author.id.as_str();
                db.prepare_cached(sql)?.execute((seq, room, author, key.to_bytes()))?;
            }
            EntryKind::Edit { target, .. } => {
                db.prepare_cached("INSERT INTO edits VALUES (?, ?)")?.execute((seq, sql_seq(*target)))?;
                self.fold(entry, *target)?;
            }
            EntryKind::Reaction { target, .. } => self.fold(entry, *target)?,
            EntryKind::Delete { target } => {
                self.fold(entry, *target)?;
                self.scrub(*target)?;
            }
            EntryKind::Room { .. } => {}
        }
        Ok(())
    }

    /// Brings the stored message up to date.
    fn fold(&self, entry: &Entry, target: Seq) -> rusqlite::Result<()> {
        let Some(mut message) = self.find_message(&entry.room, target)? else { return Ok(()) };
        message.fold(entry);
        let json =
            serde_json::to_string(&message).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
        self.transaction
            .prepare_cached("UPDATE messages SET folded = ? WHERE seq = ?")?
            .execute((json, sql_seq(target)))?;
        Ok(())
    }

    /// Removes what a deleted message said from its entry and from those of its edits.
    fn scrub(&self, deleted: Seq) -> rusqlite::Result<()> {
        let sql = "UPDATE entries SET json = json_set(json, '$.text', json('null'))
                   WHERE seq = ?1 OR seq IN (SELECT seq FROM edits WHERE target = ?1)";
        self.transaction.prepare_cached(sql)?.execute([sql_seq(deleted)])?;
        Ok(())
    }

    fn find_message(&self, room: &RoomName, seq: Seq) -> rusqlite::Result<Option<Message>> {
        let sql = "SELECT m.folded, e.json FROM messages m JOIN entries e ON e.seq = m.seq
                   WHERE m.seq = ? AND m.room = (SELECT id FROM rooms WHERE name = ?)";
        let mut statement = self.transaction.prepare_cached(sql)?;
        statement.query_row((sql_seq(seq), room.as_str()), message).optional()
    }

    fn find_by_key(&self, author: &PersonId, key: PublishKey) -> rusqlite::Result<Option<Arc<Committed>>> {
        let sql = "SELECT e.seq, e.json, r.name FROM messages m JOIN entries e ON e.seq = m.seq
                   JOIN rooms r ON r.id = e.room WHERE m.author = ? AND m.key = ?";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let found = statement.query_row((author.as_str(), key.to_bytes()), |row| {
            let seq = Seq(row.get::<_, i64>(0)?.cast_unsigned());
            let room = super::reader::parse_word(row, 2)?;
            Ok(Arc::new(Committed::from_stored(seq, room, row.get::<_, String>(1)?)))
        });
        found.optional()
    }
}

impl Lookup for Group<'_> {
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        topic(&self.transaction, room).map_err(log_error)
    }

    fn room_count(&self) -> Result<usize, LogError> {
        let mut statement =
            self.transaction.prepare_cached("SELECT count(*) FROM rooms").map_err(log_error)?;
        statement.query_row([], |row| row.get(0)).map_err(log_error)
    }

    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<Committed>>, LogError> {
        self.find_by_key(author, key).map_err(log_error)
    }

    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<Message>, LogError> {
        self.find_message(room, seq).map_err(log_error)
    }
}
