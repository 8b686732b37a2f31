//! One group of entries in one transaction: looked up, written, committed. Whom to tell of it is the writer's business.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use holdline_shared::{Entry, EntryKind, Message, PersonId, PublishKey, RoomName, Seq, Timestamp, Topic};
use rusqlite::{OptionalExtension, Transaction};

use super::log_error;
use super::reader::{message, parse_word, sql_seq};
use crate::log::admit::{Lookup, Verdict, admit, now_after};
use crate::log::{Committed, Draft, LogError, Outcome};

/// A transaction, and what it has come to.
pub(super) struct Group<'a> {
    transaction: Transaction<'a>,
    head: Seq,
    last_at: Timestamp,
    committed: Vec<Arc<Committed>>,
    /// The rooms that were looked at; `None` where there is no such room.
    rooms: RefCell<HashMap<RoomName, Option<TouchedRoom>>>,
}

/// A room as a transaction that is under way knows it.
struct TouchedRoom {
    id: i64,
    topic: Topic,
    /// How many entries it was given, which its row learns of before the commit.
    added: i64,
    head: Seq,
    at: Timestamp,
}

impl<'a> Group<'a> {
    /// An empty group for about so many entries, which go on after `head`.
    pub(super) fn begin(transaction: Transaction<'a>, head: Seq, last_at: Timestamp, entries: usize) -> Self {
        Self { transaction, head, last_at, committed: Vec::with_capacity(entries), rooms: RefCell::default() }
    }

    /// Appends what comes of a draft. After a refusal the group goes on as if it had not been asked; after any other
    /// error it must not be committed.
    pub(super) fn append(&mut self, draft: &Draft) -> Result<Outcome, LogError> {
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

    /// Makes it durable. Answers its entries, and where the log ends now and when that was.
    pub(super) fn commit(self) -> Result<(Vec<Arc<Committed>>, Seq, Timestamp), LogError> {
        self.update_rooms().map_err(log_error)?;
        self.transaction.commit().map_err(log_error)?;
        Ok((self.committed, self.head, self.last_at))
    }

    fn push(&mut self, draft: &Draft, kind: EntryKind) -> Result<(), LogError> {
        let (seq, at) = (self.head.next(), now_after(self.last_at));
        let entry = Entry { seq, room: draft.room.clone(), at, author: draft.author.clone(), kind };
        let committed = Committed::encode(entry).map_err(|e| LogError::Unavailable(e.to_string()))?;
        self.insert(&committed).map_err(log_error)?;
        (self.head, self.last_at) = (seq, at);
        self.committed.push(Arc::new(committed));
        Ok(())
    }

    fn insert(&self, committed: &Committed) -> rusqlite::Result<()> {
        let entry = committed.entry().ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let db = &self.transaction;
        let seq = sql_seq(entry.seq);
        if let EntryKind::Room { topic } = &entry.kind {
            self.write_room(entry, topic)?;
        }
        let room = self.touch(entry)?;
        let json = std::str::from_utf8(&committed.json)?;
        db.prepare_cached("INSERT INTO entries VALUES (?, ?, ?, ?)")?.execute((
            seq,
            room,
            sql_time(entry.at),
            json,
        ))?;
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
            _ => {}
        }
        Ok(())
    }

    /// Makes the room, or changes its topic.
    fn write_room(&self, entry: &Entry, topic: &Topic) -> rusqlite::Result<()> {
        let sql = "INSERT INTO rooms (name, topic, head, at, entries) VALUES (?1, ?2, ?3, ?4, 0)
                   ON CONFLICT (name) DO UPDATE SET topic = ?2 RETURNING id";
        let values = (entry.room.as_str(), topic.as_str(), sql_seq(entry.seq), sql_time(entry.at));
        let id = self.transaction.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
        let mut rooms = self.rooms.borrow_mut();
        let added = rooms.get(&entry.room).and_then(Option::as_ref).map_or(0, |room| room.added);
        let room = TouchedRoom { id, topic: topic.clone(), added, head: entry.seq, at: entry.at };
        rooms.insert(entry.room.clone(), Some(room));
        Ok(())
    }

    /// Remembers that the entry's room got it, and answers the room's row.
    fn touch(&self, entry: &Entry) -> rusqlite::Result<i64> {
        self.look_at(&entry.room)?;
        let mut rooms = self.rooms.borrow_mut();
        let room = rooms.get_mut(&entry.room).and_then(Option::as_mut);
        let room = room.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        (room.added, room.head, room.at) = (room.added + 1, entry.seq, entry.at);
        Ok(room.id)
    }

    /// Looks the room up, unless this transaction has done so already.
    fn look_at(&self, room: &RoomName) -> rusqlite::Result<()> {
        let mut rooms = self.rooms.borrow_mut();
        if !rooms.contains_key(room) {
            let mut statement =
                self.transaction.prepare_cached("SELECT id, topic FROM rooms WHERE name = ?")?;
            let found = statement.query_row([room.as_str()], |row| {
                let (id, topic) = (row.get(0)?, parse_word(row, 1)?);
                Ok(TouchedRoom { id, topic, added: 0, head: Seq::START, at: Timestamp::default() })
            });
            rooms.insert(room.clone(), found.optional()?);
        }
        Ok(())
    }

    /// Tells the rows of the rooms what they were given.
    fn update_rooms(&self) -> rusqlite::Result<()> {
        let sql = "UPDATE rooms SET head = ?, at = ?, entries = entries + ? WHERE id = ?";
        let mut statement = self.transaction.prepare_cached(sql)?;
        for room in self.rooms.borrow().values().flatten().filter(|room| room.added > 0) {
            statement.execute((sql_seq(room.head), sql_time(room.at), room.added, room.id))?;
        }
        Ok(())
    }

    /// Brings the stored message up to date.
    fn fold(&self, entry: &Entry, target: Seq) -> rusqlite::Result<()> {
        let Some(mut message) = self.find_message(&entry.room, target)? else { return Ok(()) };
        message.fold(entry, None);
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
        let mut statement =
            self.transaction.prepare_cached("SELECT seq FROM messages WHERE author = ? AND key = ?")?;
        let first: Option<i64> =
            statement.query_row((author.as_str(), key.to_bytes()), |row| row.get(0)).optional()?;
        let Some(first) = first else { return Ok(None) };
        let sql = "SELECT e.seq, e.json, r.name FROM entries e JOIN rooms r ON r.id = e.room WHERE e.seq = ?";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let found = statement.query_row([first], |row| {
            let seq = Seq(row.get::<_, i64>(0)?.cast_unsigned());
            let room = parse_word(row, 2)?;
            Ok(Arc::new(Committed::from_stored(seq, room, row.get::<_, String>(1)?)))
        });
        found.optional()
    }
}

impl Lookup for Group<'_> {
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        self.look_at(room).map_err(log_error)?;
        Ok(self.rooms.borrow().get(room).and_then(Option::as_ref).map(|room| room.topic.clone()))
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

/// SQLite's integers are signed.
fn sql_time(at: Timestamp) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}
