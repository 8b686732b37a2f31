//! Removes the texts of a deleted message.

use holdline_shared::{Entry, EntryKind, PublishKey, Seq, Timestamp};
use rusqlite::Connection;

use super::stored::{self, sql_seq};

/// Removes the texts of the message `deleted` and of its edits from their entries. A damaged entry is
/// replaced by one without a text, because parts of the text may still be readable in the file.
pub(super) fn redact(db: &Connection, deletion: &Entry, deleted: Seq) -> rusqlite::Result<()> {
    let sql = "UPDATE entries SET json = json_set(json, '$.text', json('null'))
               WHERE (seq = ?1 OR seq IN (SELECT seq FROM edits WHERE target = ?1)) AND json_valid(json)";
    db.prepare_cached(sql)?.execute([sql_seq(deleted)])?;
    let sql = "SELECT e.seq, e.at, m.key, e.json FROM entries e LEFT JOIN messages m ON m.seq = e.seq
               WHERE e.seq = ?1 OR e.seq IN (SELECT seq FROM edits WHERE target = ?1)";
    let mut statement = db.prepare_cached(sql)?;
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
        let json = stored::encode(&Entry { seq, room, at, author, kind })?;
        db.prepare_cached("UPDATE entries SET json = ? WHERE seq = ?")?.execute((json, sql_seq(seq)))?;
    }
    Ok(())
}
