//! The look-ups that the rules need, in a transaction and including what it has appended.

use std::sync::Arc;

use holdline_shared::{
    Emoji, Entry, EntryKind, MessageText, Nickname, Person, PersonId, PublishKey, RoomName, Seq, Timestamp,
    Topic,
};
use rusqlite::{Connection, OptionalExtension};

use super::append_transaction::AppendTransaction;
use super::errors::log_error;
use super::reactions;
use super::stored::{self, sql_seq};
use crate::access::Access;
use crate::log::error::LogError;
use crate::log::stored_entry::StoredEntry;
use crate::log::validate::{LogView, MessageStatus};

impl LogView for AppendTransaction<'_> {
    fn access(&self) -> &Access {
        AppendTransaction::access(self)
    }

    fn last_said_since(
        &self,
        room: &RoomName,
        author: &PersonId,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, LogError> {
        let room = self.rooms().id(self.connection(), room).map_err(log_error)?;
        last_said_since(self.connection(), room, author, since).map_err(log_error)
    }

    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        self.rooms().topic(self.connection(), room).map_err(log_error)
    }

    fn room_count(&self) -> usize {
        AppendTransaction::room_count(self)
    }

    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<StoredEntry>>, LogError> {
        find_by_key(self.connection(), author, key).map_err(log_error)
    }

    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<MessageStatus>, LogError> {
        let room = self.rooms().id(self.connection(), room).map_err(log_error)?;
        let status = room.map(|room| find_message(self.connection(), room, seq));
        Ok(status.transpose().map_err(log_error)?.flatten())
    }

    fn text(&self, message: Seq) -> Result<Option<MessageText>, LogError> {
        stored::message_text(self.connection(), message).map_err(log_error)
    }

    fn edit_count(&self, message: Seq) -> Result<usize, LogError> {
        let sql = "SELECT count(*) FROM edits WHERE target = ?";
        let count = self
            .connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row([sql_seq(message)], |row| row.get(0)));
        count.map_err(log_error)
    }

    fn has_reaction(&self, message: Seq, emoji: &Emoji, person: &PersonId) -> Result<bool, LogError> {
        reactions::has(self.connection(), message, emoji, person).map_err(log_error)
    }

    fn emoji(&self, message: Seq) -> Result<Vec<Emoji>, LogError> {
        reactions::emoji(self.connection(), message).map_err(log_error)
    }
}

/// Looks at the newest entries of the room until one is as old as `since`.
fn last_said_since(
    db: &Connection,
    room: Option<i64>,
    author: &PersonId,
    since: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let sql = "SELECT e.seq, e.at, m.author, e.json FROM entries e LEFT JOIN messages m ON m.seq = e.seq
               WHERE e.room = ? ORDER BY e.seq DESC";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([room])?;
    while let Some(row) = rows.next()? {
        let at = Timestamp(row.get::<_, i64>(1)?.cast_unsigned());
        if at <= since {
            break;
        }
        let (seq, by, json) = (stored::seq(row.get(0)?), stored::bytes(row, 2)?, stored::text(row, 3)?);
        // Of other entries only those with a topic are decoded: there are few.
        let is_topic = || {
            let entry = json.contains("\"topic\":").then(|| stored::entry(seq, json.as_bytes())).flatten();
            entry.is_some_and(|entry| {
                entry.author.id == *author && matches!(entry.kind, EntryKind::Room { .. })
            })
        };
        if by == author.as_str().as_bytes() || (by.is_empty() && is_topic()) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn find_by_key(
    db: &Connection,
    author: &PersonId,
    key: PublishKey,
) -> rusqlite::Result<Option<Arc<StoredEntry>>> {
    let mut statement = db.prepare_cached("SELECT seq FROM messages WHERE author = ? AND key = ?")?;
    let first: Option<i64> =
        statement.query_row((author.as_str(), key.to_bytes()), |row| row.get(0)).optional()?;
    let Some(first) = first else { return Ok(None) };
    let sql = "SELECT e.json, r.name, e.at FROM entries e JOIN rooms r ON r.id = e.room WHERE e.seq = ?";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([first])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (seq, json) = (stored::seq(first), stored::bytes(row, 0)?);
    let room = RoomName::received(stored::text(row, 1)?);
    let json = if stored::is_entry(seq, json) {
        json.to_vec()
    } else {
        // The author gets the confirmation that the message was published, without its damaged content.
        stored::report_damage(seq);
        let author = Person { id: author.clone(), name: Nickname::from(author) };
        let at = Timestamp(row.get::<_, i64>(2)?.cast_unsigned());
        let kind = EntryKind::Message { key, text: None, reply_to: None };
        stored::encode(&Entry { seq, room: room.clone(), at, author, kind })?.into_bytes()
    };
    Ok(Some(Arc::new(StoredEntry::from_stored(seq, room, json))))
}

fn find_message(db: &Connection, room: i64, seq: Seq) -> rusqlite::Result<Option<MessageStatus>> {
    let sql = "SELECT author, is_deleted FROM messages WHERE seq = ? AND room = ?";
    let mut statement = db.prepare_cached(sql)?;
    let status = |row: &rusqlite::Row<'_>| {
        let author = PersonId::received(stored::text(row, 0)?);
        Ok(MessageStatus { author, is_deleted: row.get(1)? })
    };
    statement.query_row((sql_seq(seq), room), status).optional()
}
