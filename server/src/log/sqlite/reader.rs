//! Reading: a few read-only connections, used on the runtime's blocking threads.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use holdline_shared::limits::BATCH_ENTRIES;
use holdline_shared::{Entry, Message, RoomName, RoomSelection, Seq, Timestamp};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row};
use tokio::sync::Semaphore;

use super::lock::LogLock;
use super::{log_error, schema};
use crate::log::{Chunk, Committed, LogError, LoggedRoom, Page};

/// Connections for reading. Reads are short, and more at once than this would only compete for the disk.
const CONNECTIONS: usize = 4;

/// A pool of connections; as many permits as connections.
pub(super) struct Readers {
    idle: Mutex<Vec<Reader>>,
    /// After the connections, which need it to the end.
    _lock: Arc<LogLock>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Opens them all, so that a problem shows at the start.
    pub(super) fn open(path: &Path, lock: Arc<LogLock>) -> Result<Self, LogError> {
        let idle: Result<Vec<_>, _> =
            (0..CONNECTIONS).map(|_| schema::open_read_only(path).map(Reader)).collect();
        Ok(Self { idle: Mutex::new(idle?), _lock: lock, permits: Arc::new(Semaphore::new(CONNECTIONS)) })
    }

    /// Closes the connections that are not in use.
    pub(super) fn close(&self) {
        self.idle.lock().clear();
    }

    /// Runs `read` on a free connection, off the async threads.
    pub(super) fn run<T: Send + 'static>(
        readers: Arc<Self>,
        read: impl FnOnce(&mut Reader) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        async move {
            let permit = readers.permits.clone().acquire_owned().await.map_err(|_| LogError::Closed)?;
            let task = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                let mut reader = readers.idle.lock().pop().ok_or(LogError::Closed)?;
                let result = read(&mut reader).map_err(log_error);
                readers.idle.lock().push(reader);
                result
            });
            task.await.unwrap_or_else(|e| Err(LogError::Unavailable(e.to_string())))
        }
        .boxed()
    }
}

/// One connection. Everything it answers is from one snapshot of the database.
pub(super) struct Reader(pub(super) Connection);

impl Reader {
    /// Entries after `after`, in log order.
    pub(super) fn read(&mut self, rooms: &RoomSelection, after: Seq) -> rusqlite::Result<Chunk> {
        let snapshot = self.0.transaction()?;
        let after_sql = sql_seq(after);
        let mut entries = Vec::new();
        match rooms {
            RoomSelection::All => {
                let sql = "SELECT e.seq, r.name, e.json FROM entries e JOIN rooms r ON r.id = e.room
                           WHERE e.seq > ? ORDER BY e.seq LIMIT ?";
                let mut statement = snapshot.prepare_cached(sql)?;
                collect(statement.query((after_sql, BATCH_ENTRIES + 1))?, &mut entries, |row| row.get(1))?;
            }
            RoomSelection::Named(names) => {
                for name in names {
                    let Some(id) = room_id(&snapshot, name)? else { continue };
                    let sql =
                        "SELECT seq, room, json FROM entries WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?";
                    let mut statement = snapshot.prepare_cached(sql)?;
                    let rows = statement.query((id, after_sql, BATCH_ENTRIES + 1))?;
                    collect(rows, &mut entries, |_| Ok(name.as_str().to_owned()))?;
                }
                entries.sort_unstable_by_key(|entry| entry.seq);
            }
        }
        let head = head(&snapshot)?;
        let fitting = Committed::fitting(&entries);
        let is_full = fitting < entries.len();
        entries.truncate(fitting);
        let last = entries.last().map_or(after, |entry| entry.seq);
        let upto = if is_full { last } else { head.max(after) };
        Ok(Chunk { entries, upto, forgotten: forgotten(&snapshot, rooms)? })
    }

    /// Messages before `before`, newest last.
    pub(super) fn page(
        &mut self,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
    ) -> rusqlite::Result<Page> {
        let snapshot = self.0.transaction()?;
        let upto = head(&snapshot)?;
        let mut messages = Vec::new();
        if let Some(id) = room_id(&snapshot, room)? {
            let sql = "SELECT m.folded, e.json FROM messages m JOIN entries e ON e.seq = m.seq
                       WHERE m.room = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?";
            let mut statement = snapshot.prepare_cached(sql)?;
            let before = before.map_or(i64::MAX, sql_seq);
            let mut rows = statement.query((id, before, limit.saturating_add(1)))?;
            while let Some(row) = rows.next()? {
                messages.push(message(row)?);
            }
        }
        let more = messages.len() > limit;
        messages.truncate(limit);
        messages.reverse();
        Ok(Page { messages, more, upto })
    }

    /// Every room.
    pub(super) fn rooms(&mut self) -> rusqlite::Result<Vec<LoggedRoom>> {
        let mut statement = self.0.prepare_cached("SELECT name, topic, head, at FROM rooms")?;
        let rows = statement.query_map([], |row| {
            Ok(LoggedRoom {
                name: parse_word(row, 0)?,
                topic: parse_word(row, 1)?,
                head: Seq(row.get::<_, i64>(2)?.cast_unsigned()),
                at: Timestamp(row.get::<_, i64>(3)?.cast_unsigned()),
            })
        })?;
        rows.collect()
    }
}

/// The highest `seq`.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Seq> {
    let seq: i64 = connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM entries")?
        .query_row([], |row| row.get(0))?;
    Ok(Seq(seq.cast_unsigned()))
}

/// The newest entry of these rooms that was forgotten.
fn forgotten(connection: &Connection, rooms: &RoomSelection) -> rusqlite::Result<Seq> {
    let newest: i64 = match rooms {
        RoomSelection::All => {
            let sql = "SELECT coalesce(max(forgotten), 0) FROM rooms";
            connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?
        }
        RoomSelection::Named(names) => {
            let mut statement = connection.prepare_cached("SELECT forgotten FROM rooms WHERE name = ?")?;
            let each =
                names.iter().map(|name| statement.query_row([name.as_str()], |row| row.get(0)).optional());
            each.collect::<rusqlite::Result<Vec<Option<i64>>>>()?
                .into_iter()
                .flatten()
                .max()
                .unwrap_or_default()
        }
    };
    Ok(Seq(newest.cast_unsigned()))
}

/// SQLite's integers are signed; no log reaches their end.
pub(super) fn sql_seq(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// The room's row.
fn room_id(connection: &Connection, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM rooms WHERE name = ?")?;
    statement.query_row([room.as_str()], |row| row.get(0)).optional()
}

/// The message of a row of `folded, json`.
pub(super) fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let folded: Option<String> = row.get(0)?;
    if let Some(folded) = folded {
        return serde_json::from_str(&folded).map_err(|e| damaged(0, e));
    }
    let json: String = row.get(1)?;
    let entry: Entry = serde_json::from_str(&json).map_err(|e| damaged(1, e))?;
    Message::from_entry(&entry).ok_or_else(|| damaged(1, "the entry of a message is of another kind"))
}

/// A checked word stored as text.
pub(super) fn parse_word<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.get::<_, String>(column)?.parse().map_err(|e: T::Err| damaged(column, e))
}

fn damaged(column: usize, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why.into())
}

fn collect(
    mut rows: rusqlite::Rows<'_>,
    into: &mut Vec<Arc<Committed>>,
    room: impl Fn(&Row<'_>) -> rusqlite::Result<String>,
) -> rusqlite::Result<()> {
    while let Some(row) = rows.next()? {
        let name = RoomName::parse(&room(row)?).map_err(|e| damaged(1, e))?;
        let seq = Seq(row.get::<_, i64>(0)?.cast_unsigned());
        into.push(Arc::new(Committed::from_stored(seq, name, row.get::<_, String>(2)?)));
    }
    Ok(())
}
