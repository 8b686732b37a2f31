//! The migration from version 1 of the schema to version 2: reactions get tables of their own, and the text
//! of a message is found through its edits instead of being stored twice.
//!
//! No foreign key refers to a message any more: a row depends on its own entry, and retention can remove
//! entries in any order.

use holdline_shared::EntryKind;
use rusqlite::Transaction;

use super::{reactions, stored};

/// Rebuilds the read models. A damaged entry brings no reaction.
pub(super) fn split_folded_messages(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(reactions::TABLES)?;
    transaction.execute_batch(
        "
        CREATE TABLE edits_by_entry (seq INTEGER PRIMARY KEY, target INTEGER NOT NULL) STRICT;
        INSERT INTO edits_by_entry SELECT seq, target FROM edits;
        DROP TABLE edits;
        ALTER TABLE edits_by_entry RENAME TO edits;
        CREATE INDEX edits_by_target ON edits (target);
        ALTER TABLE messages ADD COLUMN is_deleted INTEGER NOT NULL DEFAULT 0;
        UPDATE messages SET is_deleted = 1 WHERE folded IS NOT NULL AND EXISTS (
            SELECT 1 FROM entries e WHERE e.seq = messages.seq
            AND CASE WHEN json_valid(e.json) THEN json_extract(e.json, '$.text') IS NULL END
        );
        ",
    )?;
    let sql = "SELECT EXISTS (SELECT 1 FROM messages WHERE instr(folded, '\"reactions\":['))";
    if transaction.query_row(sql, [], |row| row.get(0))? {
        replay_reactions(transaction)?;
    }
    transaction.execute_batch("ALTER TABLE messages DROP COLUMN folded")
}

fn replay_reactions(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let sql = "SELECT seq, json FROM entries WHERE instr(json, '\"kind\":\"reaction\"') ORDER BY seq";
    let mut entries = transaction.prepare(sql)?;
    let mut rows = entries.query([])?;
    let sql = "SELECT 1 FROM messages WHERE seq = ? AND is_deleted = 0";
    let mut shown = transaction.prepare(sql)?;
    while let Some(row) = rows.next()? {
        let Some(entry) = stored::entry(stored::seq(row.get(0)?), stored::bytes(row, 1)?) else { continue };
        if let EntryKind::Reaction { target, emoji, on } = &entry.kind
            && shown.exists([stored::sql_seq(*target)])?
        {
            reactions::apply(transaction, &entry, *target, emoji, *on)?;
        }
    }
    Ok(())
}
