//! One group of entries in one transaction: looked up, written, committed. Whom to tell of it is the writer's business.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use holdline_shared::{
    Emoji, Entry, EntryKind, MessageText, Nickname, Person, PersonId, PublishKey, RoomName, Seq, Timestamp,
    Topic,
};
use rusqlite::{OptionalExtension, Transaction};

use super::stored::{sql_seq, sql_time};
use super::{expiry, log_error, reactions, replay, stored};
use crate::log::admit::{Lookup, MessageStatus, Verdict, admit, now_after};
use crate::log::{Committed, Draft, LogError, Outcome};

/// Where the log ends and what its writer remembers of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tip {
    pub(super) head: Seq,
    /// When the last entry came.
    pub(super) at: Timestamp,
    /// How many rooms there are.
    pub(super) rooms: usize,
}

/// A transaction, and what it has come to.
pub(super) struct Group<'a> {
    transaction: Transaction<'a>,
    tip: Tip,
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
    /// An empty group for about so many entries, which go on after `tip`.
    pub(super) fn begin(transaction: Transaction<'a>, tip: Tip, entries: usize) -> Self {
        Self { transaction, tip, committed: Vec::with_capacity(entries), rooms: RefCell::default() }
    }

    /// Appends what comes of a draft. After a refusal the group goes on as if it had not been asked; after any other
    /// error it must not be committed.
    pub(super) fn append(&mut self, draft: &Draft) -> Result<Outcome, LogError> {
        let (kinds, makes_room) = match admit(self, draft)? {
            Verdict::Settled(outcome) => return Ok(outcome),
            Verdict::Append(kinds) => (kinds, false),
            Verdict::Make(kind) => (vec![kind], true),
        };
        for kind in kinds {
            self.push(draft, kind)?;
        }
        let outcome = if makes_room { Outcome::Made } else { Outcome::Appended };
        Ok(self.committed.last().cloned().map_or(Outcome::Unchanged, outcome))
    }

    /// Makes it durable. Answers its entries, and where the log ends now.
    pub(super) fn commit(self) -> Result<(Vec<Arc<Committed>>, Tip), LogError> {
        self.update_rooms().map_err(log_error)?;
        self.transaction.commit().map_err(log_error)?;
        Ok((self.committed, self.tip))
    }

    /// Takes an entry of another log as it is.
    pub(super) fn replay(&mut self, committed: &Committed) -> Result<(), LogError> {
        let entry =
            committed.entry().ok_or_else(|| LogError::Unavailable("the entry is damaged".to_owned()))?;
        self.insert(committed).map_err(log_error)?;
        (self.tip.head, self.tip.at) = (entry.seq, entry.at);
        Ok(())
    }

    /// Takes all entries of the attached database `schema`. Of a damaged one it takes what the read models there say, and
    /// tells `damaged`.
    pub(super) fn replay_attached(
        &mut self,
        schema: &str,
        damaged: &mut dyn FnMut(Seq),
    ) -> Result<(), LogError> {
        let mut after = Seq::START;
        loop {
            let entries = replay::some_entries(&self.transaction, schema, after).map_err(log_error)?;
            let Some((last, _)) = entries.last() else { return Ok(()) };
            after = *last;
            for (seq, entry) in entries {
                if entry.is_none_or(|entry| self.replay(&entry).is_err()) {
                    damaged(seq);
                    replay::copy_rows(&self.transaction, schema, seq).map_err(log_error)?;
                }
            }
        }
    }

    /// The transaction with everything in it, not yet committed.
    pub(super) fn into_transaction(self) -> Result<Transaction<'a>, LogError> {
        self.update_rooms().map_err(log_error)?;
        Ok(self.transaction)
    }

    fn push(&mut self, draft: &Draft, kind: EntryKind) -> Result<(), LogError> {
        let (seq, at) = (self.tip.head.next(), now_after(self.tip.at));
        let entry = Entry { seq, room: draft.room.clone(), at, author: draft.author.clone(), kind };
        let committed = Committed::encode(entry).map_err(|e| LogError::Unavailable(e.to_string()))?;
        self.insert(&committed).map_err(log_error)?;
        (self.tip.head, self.tip.at) = (seq, at);
        self.committed.push(Arc::new(committed));
        Ok(())
    }

    fn insert(&mut self, committed: &Committed) -> rusqlite::Result<()> {
        let entry = committed.entry().ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        if let EntryKind::Room { topic } = &entry.kind {
            self.write_room(entry, topic)?;
        }
        let room = self.touch(entry)?;
        let db = &self.transaction;
        let seq = sql_seq(entry.seq);
        let json = std::str::from_utf8(&committed.json)?;
        let row = (seq, room, sql_time(entry.at), json);
        db.prepare_cached("INSERT INTO entries VALUES (?, ?, ?, ?)")?.execute(row)?;
        match &entry.kind {
            EntryKind::Message { key, .. } => {
                let sql = "INSERT INTO messages (seq, room, author, key) VALUES (?, ?, ?, ?)";
                let author = entry.author.id.as_str();
                db.prepare_cached(sql)?.execute((seq, room, author, key.to_bytes()))?;
            }
            EntryKind::Edit { target, .. } => {
                db.prepare_cached("INSERT INTO edits VALUES (?, ?)")?.execute((seq, sql_seq(*target)))?;
            }
            EntryKind::Reaction { target, emoji, on } => reactions::apply(db, entry, *target, emoji, *on)?,
            EntryKind::Delete { target } => {
                let sql = "UPDATE messages SET is_deleted = 1 WHERE seq = ?";
                db.prepare_cached(sql)?.execute([sql_seq(*target)])?;
                reactions::clear(db, *target)?;
                self.redact(entry, *target)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Makes the room, or changes its topic.
    fn write_room(&mut self, entry: &Entry, topic: &Topic) -> rusqlite::Result<()> {
        // A room that is made again goes on where the one of that name ended.
        let sql =
            "INSERT INTO rooms (name, topic, head, at, entries, forgotten) VALUES (?1, ?2, ?3, ?4, 0, ?5)
                   ON CONFLICT (name) DO UPDATE SET topic = ?2 RETURNING id";
        let forgotten = sql_seq(expiry::forgotten(&self.transaction)?);
        let at = sql_time(entry.at);
        let values = (entry.room.as_str(), topic.as_str(), sql_seq(entry.seq), at, forgotten);
        let id = self.transaction.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
        let mut rooms = self.rooms.borrow_mut();
        let known = rooms.get(&entry.room).and_then(Option::as_ref);
        self.tip.rooms += usize::from(known.is_none());
        let added = known.map_or(0, |room| room.added);
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
                let (id, topic) = (row.get(0)?, Topic::received(stored::text(row, 1)?));
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

    /// Removes what a deleted message said from its entry and from those of its edits. One that is damaged is written again
    /// without a text: what is left of it may be readable to whoever looks into the file.
    fn redact(&self, deletion: &Entry, deleted: Seq) -> rusqlite::Result<()> {
        let sql = "UPDATE entries SET json = json_set(json, '$.text', json('null'))
                   WHERE (seq = ?1 OR seq IN (SELECT seq FROM edits WHERE target = ?1)) AND json_valid(json)";
        self.transaction.prepare_cached(sql)?.execute([sql_seq(deleted)])?;
        let sql = "SELECT e.seq, e.at, m.key, e.json FROM entries e LEFT JOIN messages m ON m.seq = e.seq
                   WHERE e.seq = ?1 OR e.seq IN (SELECT seq FROM edits WHERE target = ?1)";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query([sql_seq(deleted)])?;
        while let Some(row) = rows.next()? {
            let (seq, at) = (stored::seq(row.get(0)?), Timestamp(row.get::<_, i64>(1)?.cast_unsigned()));
            if stored::is_entry(seq, stored::bytes(row, 3)?) {
                continue;
            }
            let kind = if seq == deleted {
                let key = stored::bytes(row, 2)?.try_into().unwrap_or_default();
                EntryKind::Message { key: PublishKey::from_bytes(key), text: None, reply_to: None }
            } else {
                EntryKind::Edit { target: deleted, text: None }
            };
            let (room, author) = (deletion.room.clone(), deletion.author.clone());
            let json = encode(&Entry { seq, room, at, author, kind })?;
            let sql = "UPDATE entries SET json = ? WHERE seq = ?";
            self.transaction.prepare_cached(sql)?.execute((json, sql_seq(seq)))?;
        }
        Ok(())
    }

    fn find_by_key(&self, author: &PersonId, key: PublishKey) -> rusqlite::Result<Option<Arc<Committed>>> {
        let mut statement =
            self.transaction.prepare_cached("SELECT seq FROM messages WHERE author = ? AND key = ?")?;
        let first: Option<i64> =
            statement.query_row((author.as_str(), key.to_bytes()), |row| row.get(0)).optional()?;
        let Some(first) = first else { return Ok(None) };
        let sql = "SELECT e.json, r.name, e.at FROM entries e JOIN rooms r ON r.id = e.room WHERE e.seq = ?";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let mut rows = statement.query([first])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (seq, json) = (stored::seq(first), stored::bytes(row, 0)?);
        let room = RoomName::received(stored::text(row, 1)?);
        let json = if stored::is_entry(seq, json) {
            json.to_vec()
        } else {
            // Its author is told that it was published, which is true, and nothing that is not.
            stored::report_damage(seq);
            let author = Person { id: author.clone(), name: Nickname::from(author) };
            let at = Timestamp(row.get::<_, i64>(2)?.cast_unsigned());
            let kind = EntryKind::Message { key, text: None, reply_to: None };
            encode(&Entry { seq, room: room.clone(), at, author, kind })?.into_bytes()
        };
        Ok(Some(Arc::new(Committed::from_stored(seq, room, json))))
    }

    fn find_message(&self, room: &RoomName, seq: Seq) -> rusqlite::Result<Option<MessageStatus>> {
        self.look_at(room)?;
        let rooms = self.rooms.borrow();
        let Some(room) = rooms.get(room).and_then(Option::as_ref) else { return Ok(None) };
        let sql = "SELECT author, is_deleted FROM messages WHERE seq = ? AND room = ?";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let status = |row: &rusqlite::Row<'_>| {
            let author = PersonId::received(stored::text(row, 0)?);
            Ok(MessageStatus { author, is_deleted: row.get(1)? })
        };
        statement.query_row((sql_seq(seq), room.id), status).optional()
    }
}

fn encode(entry: &Entry) -> rusqlite::Result<String> {
    serde_json::to_string(entry).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

impl Lookup for Group<'_> {
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        self.look_at(room).map_err(log_error)?;
        Ok(self.rooms.borrow().get(room).and_then(Option::as_ref).map(|room| room.topic.clone()))
    }

    fn room_count(&self) -> usize {
        self.tip.rooms
    }

    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<Committed>>, LogError> {
        self.find_by_key(author, key).map_err(log_error)
    }

    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<MessageStatus>, LogError> {
        self.find_message(room, seq).map_err(log_error)
    }

    fn text(&self, message: Seq) -> Result<Option<MessageText>, LogError> {
        stored::message_text(&self.transaction, message).map_err(log_error)
    }

    fn edit_count(&self, message: Seq) -> Result<usize, LogError> {
        let sql = "SELECT count(*) FROM edits WHERE target = ?";
        let count = self
            .transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row([sql_seq(message)], |row| row.get(0)));
        count.map_err(log_error)
    }

    fn has_reaction(&self, message: Seq, emoji: &Emoji, person: &PersonId) -> Result<bool, LogError> {
        reactions::has(&self.transaction, message, emoji, person).map_err(log_error)
    }

    fn emoji(&self, message: Seq) -> Result<Vec<Emoji>, LogError> {
        reactions::emoji(&self.transaction, message).map_err(log_error)
    }
}
