//! Checks a log: runs SQLite's own checks, then folds the entries anew and compares the result with the log's
//! read models. A fault does not end the check.

use std::path::Path;
use std::sync::Arc;

use holdline_shared::Seq;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::file_error::no_log;
use super::inspect::{self, Found, Leaves, inspect};
use super::{lineage, location};
use crate::log::error::LogError;
use crate::log::projection::{
    self, AppendTransaction, Tip, VERSION, bytes, log_error, migrate, replay_attached, text,
};

/// The number of faults of one kind that are named.
const NAMED: usize = 100;

/// The result of [`check`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// A sentence for each fault; empty when all is well.
    pub faults: Vec<String>,
    /// Remarks worth knowing that are no faults.
    pub notes: Vec<String>,
}

/// The comparisons between the log and its folded entries: the name of a row, and the columns that must be
/// equal.
const COMPARED: [(&str, &str); 6] = [
    ("room", "SELECT name, topic, head, at, entries, forgotten FROM {}.rooms"),
    (
        "message",
        "SELECT m.seq, r.name, m.author, hex(m.key), m.is_deleted FROM {}.messages m JOIN {}.rooms r ON r.id = m.room",
    ),
    ("edit", "SELECT seq, target FROM {}.edits"),
    (
        "change of access",
        "SELECT a.seq, r.name, a.kind, a.subject FROM {}.access_entries a JOIN {}.rooms r ON r.id = a.room",
    ),
    (
        "reaction",
        "SELECT seq, target, emoji, person, name FROM {}.reactions
         WHERE target IN (SELECT seq FROM {}.messages WHERE is_deleted = 0)",
    ),
    ("count of reactions", "SELECT target, emoji, first, count FROM {}.reaction_counts"),
];

/// Looks for damage in the log at `path`, whether or not a server has it open, and changes nothing. Needs
/// about as much space for temporary files as the log takes.
pub fn check(path: &Path) -> Result<Checked, LogError> {
    let path = location::resolve(path)?;
    let _leaves = Leaves::of(&path);
    if inspect(&path)? == Found::Nothing {
        return Err(no_log(&path));
    }
    lineage::check(&path)?;
    let database = inspect::open(&path, true).map_err(log_error)?;
    let mut checked = Checked::default();
    let faults = &mut checked.faults;
    if let Err(error) = integrity(&database, faults) {
        faults.push(unreadable(&error));
    }
    if let Err(error) = rows(&database, faults) {
        faults.push(unreadable(&error));
    }
    let version = projection::version(&database)?;
    if version < VERSION {
        checked.notes.push(format!(
            "the log is of version {version}; a server brings it to version {VERSION} when it opens it, and only then are \
             rooms, messages and reactions compared with the entries"
        ));
    } else {
        let damaged = projection::damaged_access_entries(&database).map_err(log_error);
        let say = |(seq, consequence)| {
            format!("entry {seq}: a record of who may do what is damaged: {consequence}")
        };
        match damaged.and_then(|damaged| compare(&path, faults).map(|()| damaged)) {
            Ok(damaged) => faults.extend(damaged.into_iter().take(NAMED).map(say)),
            Err(error) => faults.push(unreadable(&error)),
        }
    }
    Ok(checked)
}

fn unreadable(error: &impl std::fmt::Display) -> String {
    format!("not everything can be read ({error}); `holdline log export` may still save what can be")
}

fn integrity(database: &Connection, faults: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut statement = database.prepare(&format!("PRAGMA integrity_check({NAMED})"))?;
    let mut rows = statement.query([])?;
    while faults.len() < NAMED
        && let Some(row) = rows.next()?
    {
        // A line for each fault; the first says in which table.
        let said = text(row, 0)?;
        faults.extend(said.lines().filter(|said| *said != "ok").map(|said| format!("database: {said}")));
    }
    Ok(())
}

/// Checks rows from which no read model is made.
fn rows(database: &Connection, faults: &mut Vec<String>) -> rusqlite::Result<()> {
    for (name, length) in [("epoch", 8), ("secret", 32)] {
        let sql = "SELECT length(value) FROM meta WHERE name = ?";
        let found: Option<i64> = database.query_row(sql, [name], |row| row.get(0)).optional()?;
        match found {
            Some(found) if found == length => {}
            Some(found) => faults.push(format!("{name}: has {found} bytes instead of {length}")),
            None => faults.push(format!("{name}: is missing")),
        }
    }
    let mut lobby = false;
    let mut statement = database.prepare("SELECT id, name FROM rooms")?;
    let mut rooms = statement.query([])?;
    while let Some(row) = rooms.next()? {
        let name = bytes(row, 1)?;
        lobby |= name == holdline_shared::RoomName::lobby().as_str().as_bytes();
        if std::str::from_utf8(name).is_err() {
            faults.push(format!("room number {}: its name is no text", row.get::<_, i64>(0)?));
        }
    }
    if !lobby {
        faults.push("room lobby: is missing".to_owned());
    }
    let sql = "SELECT seq, at, json, room IN (SELECT id FROM rooms) FROM entries ORDER BY seq";
    let mut statement = database.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut named = 0;
    while named < NAMED
        && let Some(row) = rows.next()?
    {
        let (seq, at) = (projection::seq(row.get(0)?), row.get::<_, i64>(1)?);
        let dated = projection::entry(seq, bytes(row, 2)?).map(|entry| projection::sql_time(entry.at));
        if dated.is_some_and(|dated| dated != at) || at < 0 {
            named += 1;
            faults.push(format!("entry {seq}: its date is not what its row says"));
        }
        if !row.get::<_, bool>(3)? {
            named += 1;
            faults.push(format!("entry {seq}: belongs to a room that is not there"));
        }
    }
    Ok(())
}

fn compare(path: &Path, faults: &mut Vec<String>) -> Result<(), LogError> {
    // A separate database in a temporary file, which SQLite removes.
    let mut anew = Connection::open("").map_err(log_error)?;
    let settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF";
    anew.execute_batch(settings).map_err(log_error)?;
    migrate(&mut anew, 0)?;
    anew.execute("ATTACH ? AS log", [inspect::readable_address(path)]).map_err(log_error)?;
    // One read transaction, so that a server can write meanwhile.
    let transaction = anew.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
    let sql = "INSERT INTO rooms SELECT id, name, topic, head, at, 0, forgotten FROM log.rooms";
    transaction.execute(sql, []).map_err(log_error)?;
    let mut group = AppendTransaction::begin(transaction, Tip::default(), Arc::default(), 0);
    let mut damaged = 0;
    replay_attached(&mut group, "log", &mut |seq: Seq| {
        damaged += 1;
        if damaged <= NAMED {
            faults.push(format!("entry {seq}: damaged"));
        }
    })?;
    let transaction = group.into_transaction()?;
    for (what, sql) in COMPARED {
        let (there, due) = (sql.replace("{}", "log"), sql.replace("{}", "main"));
        for (sql, fault) in [
            (format!("{there} EXCEPT {due}"), "is not what the entries say"),
            (format!("{due} EXCEPT {there}"), "is missing"),
        ] {
            let mut statement = transaction.prepare(&format!("{sql} LIMIT {NAMED}")).map_err(log_error)?;
            let mut rows = statement.query([]).map_err(log_error)?;
            while let Some(row) = rows.next().map_err(log_error)? {
                let name = match row.get_ref(0).map_err(log_error)? {
                    ValueRef::Integer(seq) => seq.to_string(),
                    other => String::from_utf8_lossy(other.as_bytes().unwrap_or_default()).into_owned(),
                };
                faults.push(format!("{what} {name}: {fault}"));
            }
        }
    }
    Ok(())
}
