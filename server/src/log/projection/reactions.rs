//! Reactions, in tables of their own: adding one, removing one and listing ten people cost the same however
//! many reactions a message has.
//!
//! A row lives exactly as long as its entry. So retention removes as many rows as entries, and the deletion
//! of a message removes only its counts: rows without a count are never shown.

use holdline_shared::limits::{EMOJI_PER_MESSAGE, REACTORS_LISTED};
use holdline_shared::{Emoji, Entry, PersonId, Reaction, Seq};
use rusqlite::Connection;

use super::stored::{self, sql_seq};

/// The tables. `first` is the reaction with which an emoji came, which is the order in which a message shows them.
pub(in crate::log) const TABLES: &str = "
    CREATE TABLE reactions (
        seq INTEGER PRIMARY KEY,
        target INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX reactions_by_person ON reactions (target, emoji, person);
    CREATE INDEX reactions_by_emoji ON reactions (target, emoji);
    CREATE TABLE reaction_counts (
        target INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        first INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (target, emoji)
    ) STRICT, WITHOUT ROWID;
";

/// Adds or removes the reaction of `entry`. A repetition changes nothing.
pub(in crate::log) fn apply(
    db: &Connection,
    entry: &Entry,
    target: Seq,
    emoji: &Emoji,
    on: bool,
) -> rusqlite::Result<()> {
    let (target, emoji, person) = (sql_seq(target), emoji.as_str(), &entry.author);
    if on {
        let sql = "INSERT OR IGNORE INTO reactions VALUES (?, ?, ?, ?, ?)";
        let row = (sql_seq(entry.seq), target, emoji, person.id.as_str(), person.name.as_str());
        if db.prepare_cached(sql)?.execute(row)? > 0 {
            // A message that retention has removed has no counts.
            let sql = "INSERT INTO reaction_counts
                       SELECT ?1, ?2, ?3, 1 WHERE EXISTS (SELECT 1 FROM messages WHERE seq = ?1)
                       ON CONFLICT (target, emoji) DO UPDATE SET count = count + 1";
            db.prepare_cached(sql)?.execute((target, emoji, sql_seq(entry.seq)))?;
        }
    } else {
        let sql = "DELETE FROM reactions WHERE target = ? AND emoji = ? AND person = ?";
        if db.prepare_cached(sql)?.execute((target, emoji, person.id.as_str()))? > 0 {
            let sql = "UPDATE reaction_counts SET count = count - 1 WHERE target = ? AND emoji = ?";
            db.prepare_cached(sql)?.execute((target, emoji))?;
            let sql = "DELETE FROM reaction_counts WHERE target = ? AND emoji = ? AND count < 1";
            db.prepare_cached(sql)?.execute((target, emoji))?;
        }
    }
    Ok(())
}

/// Removes all reactions from a message.
pub(in crate::log) fn clear(db: &Connection, target: Seq) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM reaction_counts WHERE target = ?")?.execute([sql_seq(target)])?;
    Ok(())
}

/// Puts `name` in place of a person's name.
pub(super) fn rename(db: &Connection, person: &PersonId, name: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE reactions SET name = ? WHERE person = ?";
    db.prepare_cached(sql)?.execute((name, person.as_str()))?;
    Ok(())
}

/// Whether this person has put this emoji on a message that is not deleted.
pub(in crate::log) fn has(
    db: &Connection,
    target: Seq,
    emoji: &Emoji,
    person: &PersonId,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM reactions WHERE target = ? AND emoji = ? AND person = ?";
    db.prepare_cached(sql)?.exists((sql_seq(target), emoji.as_str(), person.as_str()))
}

/// The emoji on a message.
pub(in crate::log) fn emoji(db: &Connection, target: Seq) -> rusqlite::Result<Vec<Emoji>> {
    let mut statement = db.prepare_cached("SELECT emoji FROM reaction_counts WHERE target = ? LIMIT ?")?;
    let mut rows = statement.query((sql_seq(target), EMOJI_PER_MESSAGE))?;
    let mut emoji = Vec::new();
    while let Some(row) = rows.next()? {
        emoji.push(Emoji::received(stored::text(row, 0)?));
    }
    Ok(emoji)
}

/// The reactions on a message, as `reader` sees them.
pub(in crate::log) fn shown_to(
    db: &Connection,
    target: Seq,
    reader: Option<&PersonId>,
) -> rusqlite::Result<Vec<Reaction>> {
    let sql = "SELECT emoji, count FROM reaction_counts WHERE target = ? ORDER BY first";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([sql_seq(target)])?;
    let mut reactions = Vec::new();
    while let Some(row) = rows.next()? {
        let emoji = Emoji::received(stored::text(row, 0)?);
        let count = row.get::<_, i64>(1)?.cast_unsigned();
        let mine = reader.map(|reader| has(db, target, &emoji, reader)).transpose()?;
        reactions.push(Reaction { emoji, count, by: Vec::new(), mine: mine.unwrap_or_default() });
    }
    for reaction in &mut reactions {
        let sql = "SELECT person, name FROM reactions WHERE target = ? AND emoji = ? ORDER BY seq LIMIT ?";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query((sql_seq(target), reaction.emoji.as_str(), REACTORS_LISTED))?;
        while let Some(row) = rows.next()? {
            reaction.by.push(stored::person(&stored::text(row, 0)?, &stored::text(row, 1)?));
        }
    }
    Ok(reactions)
}
