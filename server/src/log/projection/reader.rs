//! Reads. All results of a call come from one snapshot of the database: callers pass a connection inside a
//! transaction. Every read stops at the limits of its answer, however much the log contains.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES};
use holdline_shared::{PersonId, RoomName, RoomSelection, Seq, Timestamp, Topic};
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, OptionalExtension};

use super::newest::newest_message;
use super::stored::{is_entry, report_damage, sql_seq};
use super::{expiry, reactions, stored};
use crate::log::engine::{Chunk, LoggedRoom, Page};
use crate::log::page_limit::PageLimit;
use crate::log::stored_entry::StoredEntry;
use crate::scope::{EVERY_ROOM, Scope};

/// The number of rows of other rooms that a read passes over, so that it takes some tens of milliseconds at most. A reader
/// beyond them goes on from there.
pub(in crate::log) const MOST_SKIPPED: usize = 20_000;

/// The entries of a batch while it is read.
#[derive(Default)]
pub(in crate::log) struct Gathered {
    entries: Vec<Arc<StoredEntry>>,
    /// The last row that was read, damaged or not.
    last: Option<Seq>,
    pub(in crate::log) rows: usize,
    pub(in crate::log) bytes: usize,
    /// The rows of rooms that may not be read.
    skipped: usize,
}

impl Gathered {
    /// Whether the read has to end. Rows after its last one were not read.
    pub(in crate::log) fn is_full(&self) -> bool {
        self.rows >= BATCH_ENTRIES || self.bytes >= BATCH_BYTES || self.skipped >= MOST_SKIPPED
    }

    fn skip(&mut self, seq: Seq) {
        self.last = Some(seq);
        self.skipped += 1;
    }

    fn take(&mut self, seq: Seq, room: RoomName, json: &[u8]) {
        self.last = Some(seq);
        self.rows += 1;
        self.bytes += json.len();
        if is_entry(seq, json) {
            self.entries.push(Arc::new(StoredEntry::from_stored(seq, room, json.to_vec())));
        } else {
            report_damage(seq);
        }
    }
}

/// Entries of those of the rooms that `scope` allows after `after`, in log order.
pub(in crate::log) fn read(
    db: &Connection,
    scope: &Scope,
    rooms: &RoomSelection,
    after: Seq,
) -> rusqlite::Result<Chunk> {
    let (gathered, forgotten) = match rooms {
        RoomSelection::All => {
            (gather_all(db, after, |room| scope.allows(room))?, newest_forgotten_of_all(db, scope)?)
        }
        RoomSelection::Named(names) => {
            let names: Vec<_> = names.iter().filter(|name| scope.allows(name)).cloned().collect();
            (gather(db, &names, after)?, newest_forgotten(db, &names)?)
        }
    };
    chunk(db, gathered, after, forgotten)
}

/// Entries of every room after `after`, the reserved one included. For followers of the log, not for readers.
pub(in crate::log) fn read_everything(db: &Connection, after: Seq) -> rusqlite::Result<Chunk> {
    chunk(db, gather_all(db, after, |_| true)?, after, newest_forgotten_of_all(db, EVERY_ROOM)?)
}

fn chunk(db: &Connection, gathered: Gathered, after: Seq, forgotten: Seq) -> rusqlite::Result<Chunk> {
    let head = head(db)?;
    let upto = gathered.last.filter(|_| gathered.is_full()).unwrap_or(head.max(after));
    Ok(Chunk { entries: gathered.entries, upto, forgotten })
}

/// Messages of a room before `before`, newest last, as `reader` sees them; none without a room.
pub(in crate::log) fn page(
    db: &Connection,
    room: Option<&RoomName>,
    before: Option<Seq>,
    limit: usize,
    reader: Option<&PersonId>,
) -> rusqlite::Result<Page> {
    let upto = head(db)?;
    let (mut messages, mut more) = (Vec::new(), false);
    if let Some(id) = room.map(|room| room_id(db, room)).transpose()?.flatten() {
        let sql = "SELECT m.seq, m.is_deleted, e.json FROM messages m JOIN entries e ON e.seq = m.seq
                   WHERE m.room = ? AND m.seq < ? ORDER BY m.seq DESC";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query((id, before.map_or(i64::MAX, sql_seq)))?;
        let mut page = PageLimit::new(limit);
        while let Some(row) = rows.next()? {
            if page.is_reached() {
                more = true;
                break;
            }
            let seq = stored::seq(row.get(0)?);
            let message = stored::message(db, seq, row.get(1)?, stored::bytes(row, 2)?)?;
            let Some(mut message) = message else { continue };
            message.reactions = reactions::shown_to(db, seq, reader)?;
            page.count(&message);
            messages.push(message);
        }
    }
    messages.reverse();
    Ok(Page { messages, more, upto })
}

/// The places of the next messages of this author that were not deleted.
pub(in crate::log) fn messages_of(
    db: &Connection,
    author: &PersonId,
    after: Seq,
) -> rusqlite::Result<Vec<(RoomName, Seq)>> {
    let sql = "SELECT r.name, m.seq FROM messages m JOIN rooms r ON r.id = m.room
               WHERE m.author = ? AND m.seq > ? AND NOT m.is_deleted ORDER BY m.seq LIMIT ?";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query((author.as_str(), sql_seq(after), BATCH_ENTRIES))?;
    let mut places = Vec::new();
    while let Some(row) = rows.next()? {
        places.push((RoomName::received(stored::text(row, 0)?), stored::seq(row.get(1)?)));
    }
    Ok(places)
}

/// Reads all rooms but the reserved one.
pub(in crate::log) fn rooms(db: &Connection) -> rusqlite::Result<Vec<LoggedRoom>> {
    let mut statement = db.prepare_cached("SELECT name, topic, head, at, id FROM rooms")?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        // A room whose name is damaged cannot be requested.
        let Ok(name) = std::str::from_utf8(stored::bytes(row, 0)?) else {
            tracing::error!(name = %stored::text(row, 0)?, "a room's name is damaged; the room is passed over");
            continue;
        };
        let name = RoomName::received(name);
        if name.is_reserved() {
            continue;
        }
        all.push(LoggedRoom {
            name,
            topic: Topic::received(stored::text(row, 1)?),
            head: stored::seq(row.get(2)?),
            at: Timestamp(row.get::<_, i64>(3)?.cast_unsigned()),
            said: newest_message(db, row.get(4)?)?,
        });
    }
    Ok(all)
}

/// Reads the log after `after` until a batch is full, and passes over rooms that may not be read.
pub(in crate::log) fn gather_all(
    db: &Connection,
    after: Seq,
    may_read: impl Fn(&RoomName) -> bool,
) -> rusqlite::Result<Gathered> {
    let sql = "SELECT e.seq, r.name, e.json FROM entries e JOIN rooms r ON r.id = e.room
               WHERE e.seq > ? ORDER BY e.seq";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([sql_seq(after)])?;
    let mut gathered = Gathered::default();
    while !gathered.is_full()
        && let Some(row) = rows.next()?
    {
        let (seq, room) = (stored::seq(row.get(0)?), RoomName::received(stored::text(row, 1)?));
        if may_read(&room) {
            gathered.take(seq, room, stored::bytes(row, 2)?);
        } else {
            gathered.skip(seq);
        }
    }
    Ok(gathered)
}

/// Reads these rooms after `after` until a batch is full. Each room has its own statement, positioned at its
/// next entry, and the earliest of them advances. A single statement over all rooms would have to sort all of
/// their entries.
pub(in crate::log) fn gather(db: &Connection, names: &[RoomName], after: Seq) -> rusqlite::Result<Gathered> {
    let mut rooms: Vec<(i64, &RoomName)> = Vec::with_capacity(names.len());
    for name in names {
        if let Some(id) = room_id(db, name)?
            && !rooms.iter().any(|(known, _)| *known == id)
        {
            rooms.push((id, name));
        }
    }
    let mut statements = Vec::with_capacity(rooms.len());
    for _ in &rooms {
        let sql = "SELECT seq, json FROM entries WHERE room = ? AND seq > ? ORDER BY seq";
        statements.push(db.prepare_cached(sql)?);
    }
    let mut cursors = Vec::with_capacity(rooms.len());
    for (statement, (id, _)) in statements.iter_mut().zip(&rooms) {
        cursors.push(statement.query((id, sql_seq(after)))?);
    }
    let mut next = BinaryHeap::with_capacity(rooms.len());
    for (number, cursor) in cursors.iter_mut().enumerate() {
        cursor.advance()?;
        if let Some(row) = cursor.get() {
            next.push(Reverse((row.get::<_, i64>(0)?, number)));
        }
    }
    let mut gathered = Gathered::default();
    while !gathered.is_full()
        && let Some(Reverse((seq, number))) = next.pop()
    {
        let cursor = &mut cursors[number];
        if let Some(row) = cursor.get() {
            gathered.take(stored::seq(seq), rooms[number].1.clone(), stored::bytes(row, 1)?);
        }
        cursor.advance()?;
        if let Some(row) = cursor.get() {
            next.push(Reverse((row.get(0)?, number)));
        }
    }
    Ok(gathered)
}

/// The highest `seq`.
pub(in crate::log) fn head(connection: &Connection) -> rusqlite::Result<Seq> {
    let seq: i64 = connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM entries")?
        .query_row([], |row| row.get(0))?;
    Ok(stored::seq(seq))
}

/// The newest entry of any room within `scope` that retention has removed. Rooms that expired count for every reader.
fn newest_forgotten_of_all(db: &Connection, scope: &Scope) -> rusqlite::Result<Seq> {
    let sql = "SELECT name, forgotten FROM rooms WHERE forgotten > 0 ORDER BY forgotten DESC";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut newest = Seq::START;
    while newest == Seq::START
        && let Some(row) = rows.next()?
    {
        if scope.allows(&RoomName::received(stored::text(row, 0)?)) {
            newest = stored::seq(row.get(1)?);
        }
    }
    Ok(newest.max(expiry::newest_expired(db)?))
}

/// The newest entry of these rooms that retention has removed.
fn newest_forgotten(db: &Connection, names: &[RoomName]) -> rusqlite::Result<Seq> {
    let mut statement = db.prepare_cached("SELECT forgotten FROM rooms WHERE name = ?")?;
    let mut newest = 0;
    for name in names {
        let forgotten: Option<i64> = statement.query_row([name.as_str()], |row| row.get(0)).optional()?;
        newest = newest.max(forgotten.unwrap_or_default());
    }
    Ok(stored::seq(newest))
}

/// The number of the room's row.
fn room_id(connection: &Connection, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM rooms WHERE name = ?")?;
    statement.query_row([room.as_str()], |row| row.get(0)).optional()
}
