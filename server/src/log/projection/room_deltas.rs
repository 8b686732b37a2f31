//! The changes to rooms within an open transaction. Each changed row is written once, before the commit,
//! however many entries the room gets.

use std::cell::RefCell;
use std::collections::HashMap;

use holdline_shared::{Entry, EntryKind, RoomName, Seq, Timestamp, Topic};
use rusqlite::{Connection, OptionalExtension};

use super::expiry;
use super::stored::{self, sql_seq, sql_time};

/// The rooms that a transaction has looked up; `None` for a room that does not exist.
#[derive(Default)]
pub(super) struct RoomDeltas(RefCell<HashMap<RoomName, Option<RoomDelta>>>);

/// A room's row, and what the transaction adds to it.
struct RoomDelta {
    id: i64,
    topic: Topic,
    /// The number of entries that the transaction has added and retention may remove.
    added: i64,
    head: Seq,
    at: Timestamp,
    is_touched: bool,
}

impl RoomDeltas {
    /// The room's topic; `None` if the room does not exist.
    pub(super) fn topic(&self, db: &Connection, room: &RoomName) -> rusqlite::Result<Option<Topic>> {
        self.find(db, room, |room| room.topic.clone())
    }

    /// The number of the room's row.
    pub(super) fn id(&self, db: &Connection, room: &RoomName) -> rusqlite::Result<Option<i64>> {
        self.find(db, room, |room| room.id)
    }

    /// The newest entry that the transaction has added to a room.
    pub(super) fn head(&self, room: &RoomName) -> Option<Seq> {
        self.0.borrow().get(room).and_then(Option::as_ref).map(|room| room.head)
    }

    /// Notes that the room is gone.
    pub(super) fn remove(&self, room: &RoomName) {
        self.0.borrow_mut().insert(room.clone(), None);
    }

    /// Counts an entry in, and returns the number of the room's row.
    pub(super) fn add(&self, db: &Connection, entry: &Entry) -> rusqlite::Result<i64> {
        let removable = i64::from(!is_kept(&entry.kind));
        let added = self.find(db, &entry.room, |room| {
            (room.added, room.head, room.at) = (room.added + removable, entry.seq, entry.at);
            room.is_touched = true;
            room.id
        });
        added?.ok_or(rusqlite::Error::QueryReturnedNoRows)
    }

    /// Creates the room, or changes its topic. Returns whether the room was created.
    pub(super) fn write(&self, db: &Connection, entry: &Entry, topic: &Topic) -> rusqlite::Result<bool> {
        // A room that is created again continues where the earlier one of that name ended.
        let sql =
            "INSERT INTO rooms (name, topic, head, at, entries, forgotten) VALUES (?1, ?2, ?3, ?4, 0, ?5)
                   ON CONFLICT (name) DO UPDATE SET topic = ?2 RETURNING id";
        let (forgotten, at) = (sql_seq(expiry::newest_expired(db)?), sql_time(entry.at));
        let values = (entry.room.as_str(), topic.as_str(), sql_seq(entry.seq), at, forgotten);
        let id = db.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
        let mut rooms = self.0.borrow_mut();
        let known = rooms.get(&entry.room).and_then(Option::as_ref).map(|room| room.added);
        let added = known.unwrap_or_default();
        let room =
            RoomDelta { id, topic: topic.clone(), added, head: entry.seq, at: entry.at, is_touched: true };
        rooms.insert(entry.room.clone(), Some(room));
        Ok(known.is_none())
    }

    /// Writes the changes into the rooms' rows.
    pub(super) fn flush(&self, db: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE rooms SET head = ?, at = ?, entries = entries + ? WHERE id = ?";
        let mut statement = db.prepare_cached(sql)?;
        for room in self.0.borrow().values().flatten().filter(|room| room.is_touched) {
            statement.execute((sql_seq(room.head), sql_time(room.at), room.added, room.id))?;
        }
        Ok(())
    }

    /// Looks the room up, unless it was looked up before.
    fn find<T>(
        &self,
        db: &Connection,
        name: &RoomName,
        answer: impl FnOnce(&mut RoomDelta) -> T,
    ) -> rusqlite::Result<Option<T>> {
        let mut rooms = self.0.borrow_mut();
        if !rooms.contains_key(name) {
            let mut statement = db.prepare_cached("SELECT id, topic FROM rooms WHERE name = ?")?;
            let found = statement.query_row([name.as_str()], |row| {
                let (id, topic) = (row.get(0)?, Topic::received(stored::text(row, 1)?));
                Ok(RoomDelta {
                    id,
                    topic,
                    added: 0,
                    head: Seq::START,
                    at: Timestamp::default(),
                    is_touched: false,
                })
            });
            rooms.insert(name.clone(), found.optional()?);
        }
        Ok(rooms.get_mut(name).and_then(Option::as_mut).map(answer))
    }
}

/// Whether retention keeps an entry of this kind, because it says who may do what.
fn is_kept(kind: &EntryKind) -> bool {
    matches!(kind, EntryKind::Room { policy: Some(_), .. } | EntryKind::Member(_) | EntryKind::Access { .. })
}
