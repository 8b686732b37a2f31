//! Reading from one connection. Everything that a call answers is from one snapshot of the database, and every read stops at
//! the limits of what it answers, however much there is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES};
use holdline_shared::{PersonId, RoomName, RoomSelection, Seq, Timestamp, Topic};
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::stored::{is_entry, report_damage, sql_seq, sql_time};
use super::{expiry, reactions, stored};
use crate::log::page_limit::PageLimit;
use crate::log::{Chunk, Committed, LoggedRoom, Page};

/// A connection for reading.
pub(super) struct Reader(pub(super) Connection);

/// Entries of a batch while it is read.
#[derive(Default)]
struct Gathered {
    entries: Vec<Arc<Committed>>,
    /// The last row that was read, damaged or not.
    last: Option<Seq>,
    rows: usize,
    bytes: usize,
}

impl Gathered {
    /// Whether the batch is closed. What is behind its last row was not read.
    fn is_full(&self) -> bool {
        self.rows >= BATCH_ENTRIES || self.bytes >= BATCH_BYTES
    }

    fn take(&mut self, seq: Seq, room: impl FnOnce() -> RoomName, json: &[u8]) {
        self.last = Some(seq);
        self.rows += 1;
        self.bytes += json.len();
        if is_entry(seq, json) {
            self.entries.push(Arc::new(Committed::from_stored(seq, room(), json.to_vec())));
        } else {
            report_damage(seq);
        }
    }
}

impl Reader {
    /// Entries after `after`, in log order.
    pub(super) fn read(&mut self, rooms: &RoomSelection, after: Seq) -> rusqlite::Result<Chunk> {
        let snapshot = self.0.transaction()?;
        let head = head(&snapshot)?;
        let gathered = match rooms {
            RoomSelection::All => gather_all(&snapshot, after)?,
            RoomSelection::Named(names) => gather(&snapshot, names, after)?,
        };
        let upto = gathered.last.filter(|_| gathered.is_full()).unwrap_or(head.max(after));
        Ok(Chunk { entries: gathered.entries, upto, forgotten: forgotten(&snapshot, rooms)? })
    }

    /// Messages before `before`, newest last, as `reader` sees them.
    pub(super) fn page(
        &mut self,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<&PersonId>,
    ) -> rusqlite::Result<Page> {
        let snapshot = self.0.transaction()?;
        let upto = head(&snapshot)?;
        let (mut messages, mut more) = (Vec::new(), false);
        if let Some(id) = room_id(&snapshot, room)? {
            let sql = "SELECT m.seq, m.is_deleted, e.json FROM messages m JOIN entries e ON e.seq = m.seq
                       WHERE m.room = ? AND m.seq < ? ORDER BY m.seq DESC";
            let mut statement = snapshot.prepare_cached(sql)?;
            let mut rows = statement.query((id, before.map_or(i64::MAX, sql_seq)))?;
            let mut page = PageLimit::new(limit);
            while let Some(row) = rows.next()? {
                if page.is_reached() {
                    more = true;
                    break;
                }
                let seq = stored::seq(row.get(0)?);
                let message = stored::message(&snapshot, seq, row.get(1)?, stored::bytes(row, 2)?)?;
                let Some(mut message) = message else { continue };
                message.reactions = reactions::shown_to(&snapshot, seq, reader)?;
                page.count(&message);
                messages.push(message);
            }
        }
        messages.reverse();
        Ok(Page { messages, more, upto })
    }

    /// Every room.
    pub(super) fn rooms(&mut self) -> rusqlite::Result<Vec<LoggedRoom>> {
        let mut statement = self.0.prepare_cached("SELECT name, topic, head, at FROM rooms")?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            // A name that is damaged is nobody's: no request can say it.
            let Ok(name) = std::str::from_utf8(stored::bytes(row, 0)?) else {
                tracing::error!(name = %stored::text(row, 0)?, "a room's name is damaged; the room is passed over");
                continue;
            };
            all.push(LoggedRoom {
                name: RoomName::received(name),
                topic: Topic::received(stored::text(row, 1)?),
                head: stored::seq(row.get(2)?),
                at: Timestamp(row.get::<_, i64>(3)?.cast_unsigned()),
            });
        }
        Ok(all)
    }

    /// Rooms without messages whose newest entry is older than `oldest`.
    pub(super) fn empty_rooms(&mut self, oldest: Timestamp) -> rusqlite::Result<Vec<RoomName>> {
        let sql =
            "SELECT name FROM rooms WHERE at < ? AND NOT EXISTS (SELECT 1 FROM messages WHERE room = id)";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([sql_time(oldest)])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            names.push(RoomName::received(stored::text(row, 0)?));
        }
        Ok(names)
    }
}

/// Reads on in the whole log until a batch is full.
fn gather_all(snapshot: &Transaction<'_>, after: Seq) -> rusqlite::Result<Gathered> {
    let sql = "SELECT e.seq, r.name, e.json FROM entries e JOIN rooms r ON r.id = e.room
               WHERE e.seq > ? ORDER BY e.seq";
    let mut statement = snapshot.prepare_cached(sql)?;
    let mut rows = statement.query([sql_seq(after)])?;
    let mut gathered = Gathered::default();
    while !gathered.is_full()
        && let Some(row) = rows.next()?
    {
        let name = stored::text(row, 1)?;
        gathered.take(stored::seq(row.get(0)?), || RoomName::received(name), stored::bytes(row, 2)?);
    }
    Ok(gathered)
}

/// Reads on in some rooms until a batch is full. Each room has a statement of its own that stands before its next entry; the
/// earliest of them goes on. A statement over all of them would have to sort everything that they have.
fn gather(snapshot: &Transaction<'_>, names: &[RoomName], after: Seq) -> rusqlite::Result<Gathered> {
    let mut rooms: Vec<(i64, &RoomName)> = Vec::with_capacity(names.len());
    for name in names {
        if let Some(id) = room_id(snapshot, name)?
            && !rooms.iter().any(|(known, _)| *known == id)
        {
            rooms.push((id, name));
        }
    }
    let mut statements = Vec::with_capacity(rooms.len());
    for _ in &rooms {
        let sql = "SELECT seq, json FROM entries WHERE room = ? AND seq > ? ORDER BY seq";
        statements.push(snapshot.prepare_cached(sql)?);
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
            gathered.take(stored::seq(seq), || rooms[number].1.clone(), stored::bytes(row, 1)?);
        }
        cursor.advance()?;
        if let Some(row) = cursor.get() {
            next.push(Reverse((row.get(0)?, number)));
        }
    }
    Ok(gathered)
}

/// The highest `seq`.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Seq> {
    let seq: i64 = connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM entries")?
        .query_row([], |row| row.get(0))?;
    Ok(stored::seq(seq))
}

/// The newest entry of these rooms that was forgotten.
fn forgotten(connection: &Connection, rooms: &RoomSelection) -> rusqlite::Result<Seq> {
    let names = match rooms {
        RoomSelection::All => {
            let sql = "SELECT coalesce(max(forgotten), 0) FROM rooms";
            let newest = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            return Ok(stored::seq(newest).max(expiry::forgotten(connection)?));
        }
        RoomSelection::Named(names) => names,
    };
    let mut statement = connection.prepare_cached("SELECT forgotten FROM rooms WHERE name = ?")?;
    let mut newest = 0;
    for name in names {
        let forgotten: Option<i64> = statement.query_row([name.as_str()], |row| row.get(0)).optional()?;
        newest = newest.max(forgotten.unwrap_or_default());
    }
    Ok(stored::seq(newest))
}

/// The room's row.
fn room_id(connection: &Connection, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM rooms WHERE name = ?")?;
    statement.query_row([room.as_str()], |row| row.get(0)).optional()
}

#[cfg(test)]
mod tests;
