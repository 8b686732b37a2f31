//! Lenient reading of rows: a damaged entry costs only that entry, and a word that today's rules would refuse
//! is accepted. No read fails because of the content of a row.

use std::borrow::Cow;
use std::collections::HashSet;

use holdline_shared::{Entry, Message, MessageText, Person, PersonId, Seq, Timestamp};
use parking_lot::Mutex;
use rusqlite::{Connection, Row};
use serde::Deserialize;

/// The number of damaged entries that are reported one by one. With more, the whole database is damaged.
const NAMED: usize = 1_000;

/// The damaged entries already reported: each is reported once, however often it is read.
static REPORTED: Mutex<Option<HashSet<Seq>>> = Mutex::new(None);

/// Reports a damaged entry in the server's log.
pub(in crate::log) fn report_damage(seq: Seq) {
    let mut reported = REPORTED.lock();
    let reported = reported.get_or_insert_default();
    if reported.len() < NAMED && reported.insert(seq) {
        tracing::error!(
            %seq,
            "an entry of the log is damaged and is passed over; `holdline log check` looks at the others"
        );
    }
}

/// Converts a position for SQLite, whose integers are signed; no log gets that long.
pub(in crate::log) fn sql_seq(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// Converts a position from SQLite.
pub(in crate::log) fn seq(number: i64) -> Seq {
    Seq(number.cast_unsigned())
}

/// Converts a date for SQLite.
pub(in crate::log) fn sql_time(at: Timestamp) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}

/// The bytes of a text column, UTF-8 or not; empty for any other type.
pub(in crate::log) fn bytes<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_bytes().unwrap_or_default())
}

/// The text of a column, with replacement characters for invalid UTF-8.
pub(in crate::log) fn text<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<Cow<'a, str>> {
    Ok(String::from_utf8_lossy(bytes(row, column)?))
}

/// Whether these bytes are the JSON of the entry `seq` and can be sent to clients unchanged.
pub(in crate::log) fn is_entry(seq: Seq, json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Position {
        seq: Seq,
    }
    // The parser does not check skipped strings for UTF-8.
    std::str::from_utf8(json)
        .ok()
        .and_then(|json| serde_json::from_str(json).ok())
        .is_some_and(|position: Position| position.seq == seq)
}

/// Decodes the entry `seq`, unless its JSON is damaged.
pub(in crate::log) fn entry(seq: Seq, json: &[u8]) -> Option<Entry> {
    let entry: Entry = serde_json::from_str(std::str::from_utf8(json).ok()?).ok()?;
    (entry.seq == seq).then_some(entry)
}

/// The message `seq` as it stands now, without reactions; `None` when its entry is damaged.
pub(in crate::log) fn message(
    db: &Connection,
    seq: Seq,
    is_deleted: bool,
    json: &[u8],
) -> rusqlite::Result<Option<Message>> {
    let Some(mut message) = entry(seq, json).as_ref().and_then(Message::from_entry) else {
        report_damage(seq);
        return Ok(None);
    };
    if is_deleted {
        message.text = None;
    } else if let Some((text, at)) = newest_edit(db, seq)? {
        message.text = text;
        message.edited = Some(at);
    }
    Ok(Some(message))
}

/// The current text of a message; `None` if the message is deleted or damaged.
pub(in crate::log) fn message_text(db: &Connection, message: Seq) -> rusqlite::Result<Option<MessageText>> {
    if let Some((text, _)) = newest_edit(db, message)? {
        return Ok(text);
    }
    let mut statement = db.prepare_cached("SELECT json FROM entries WHERE seq = ?")?;
    let mut rows = statement.query([sql_seq(message)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(entry(message, bytes(row, 0)?).and_then(|entry| entry.kind.text().cloned()))
}

/// The newest readable edit of a message.
fn newest_edit(db: &Connection, message: Seq) -> rusqlite::Result<Option<(Option<MessageText>, Timestamp)>> {
    let sql = "SELECT e.seq, e.json FROM edits d JOIN entries e ON e.seq = d.seq
               WHERE d.target = ? ORDER BY d.seq DESC";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([sql_seq(message)])?;
    while let Some(row) = rows.next()? {
        let seq = seq(row.get(0)?);
        match entry(seq, bytes(row, 1)?).filter(|edit| edit.text_of() == Some(message)) {
            Some(edit) => return Ok(Some((edit.kind.text().cloned(), edit.at))),
            None => report_damage(seq),
        }
    }
    Ok(None)
}

/// The JSON of an entry.
pub(super) fn encode(entry: &Entry) -> rusqlite::Result<String> {
    serde_json::to_string(entry).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// Makes a person from stored values, whether or not today's rules accept the name.
pub(in crate::log) fn person(id: &str, name: &str) -> Person {
    Person { id: PersonId::received(id), name: holdline_shared::Nickname::received(name) }
}
