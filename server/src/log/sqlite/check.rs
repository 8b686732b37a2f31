//! Looks for damage: SQLite's own check, and whether the entries, folded anew, give the read models that are there.

use std::path::Path;

use holdline_shared::Seq;
use rusqlite::{Connection, TransactionBehavior};

use super::group::{Group, Tip};
use super::inspect::{self, Found, Leaves, inspect};
use super::{SqliteLog, location, log_error, migrations, replay};
use crate::log::LogError;

/// Faults of one kind that are named. More of them are one fault.
const NAMED: usize = 100;

/// Comparisons of what is there with what should be: what it is called, and the columns that must be equal.
const COMPARED: [(&str, &str); 5] = [
    ("room", "SELECT name, topic, head, at, entries, forgotten FROM {}.rooms"),
    (
        "message",
        "SELECT m.seq, r.name, m.author, hex(m.key), m.is_deleted FROM {}.messages m JOIN {}.rooms r ON r.id = m.room",
    ),
    ("edit", "SELECT seq, target FROM {}.edits"),
    (
        "reaction",
        "SELECT seq, target, emoji, person FROM {}.reactions
         WHERE target IN (SELECT seq FROM {}.messages WHERE is_deleted = 0)",
    ),
    ("count of reactions", "SELECT target, emoji, first, count FROM {}.reaction_counts"),
];

impl SqliteLog {
    /// Looks for damage in the log at `path`, whether a server has it open or not, and changes nothing. Answers a sentence
    /// for each fault; none says that all is well. Takes about as much room for temporary files as the log has.
    pub fn check(path: &Path) -> Result<Vec<String>, LogError> {
        let path = location::resolve(path)?;
        let _leaves = Leaves::of(&path);
        let Found::Log { version } = inspect(&path)? else {
            return Err(LogError::Unavailable(format!("{} has no log in it", path.display())));
        };
        super::lineage::check(&path)?;
        let mut faults = integrity(&path)?;
        if version < migrations::VERSION {
            faults.push(format!(
                "the log is of version {version}; its read models are compared once a server has opened it"
            ));
            return Ok(faults);
        }
        faults.extend(compare(&path)?);
        Ok(faults)
    }
}

fn integrity(path: &Path) -> Result<Vec<String>, LogError> {
    let database = inspect::open(path, true).map_err(log_error)?;
    let mut faults = Vec::new();
    for check in [format!("PRAGMA integrity_check({NAMED})"), "PRAGMA foreign_key_check".to_owned()] {
        let mut statement = database.prepare(&check).map_err(log_error)?;
        let mut rows = statement.query([]).map_err(log_error)?;
        while faults.len() < NAMED
            && let Some(row) = rows.next().map_err(log_error)?
        {
            let said: String = row.get(0).map_err(log_error)?;
            if said != "ok" {
                faults.push(format!("database: {said}"));
            }
        }
    }
    Ok(faults)
}

fn compare(path: &Path) -> Result<Vec<String>, LogError> {
    // A database of its own in a temporary file, which SQLite removes.
    let mut anew = Connection::open("").map_err(log_error)?;
    anew.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(log_error)?;
    migrations::migrate(&mut anew, 0)?;
    anew.execute("ATTACH ? AS log", [inspect::address(path, true)]).map_err(log_error)?;
    // One read transaction, so that a server may go on meanwhile.
    let transaction = anew.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
    let mut faults = Vec::new();
    let rooms = replay::rooms(&transaction, "log").map_err(log_error)?;
    replay::make_rooms(&transaction, &rooms).map_err(log_error)?;
    let mut group = Group::begin(transaction, Tip::default(), 0);
    group.replay_attached("log", &mut |seq: Seq| {
        if faults.len() < NAMED {
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
                let name: rusqlite::types::Value = row.get(0).map_err(log_error)?;
                let name = match name {
                    rusqlite::types::Value::Integer(seq) => seq.to_string(),
                    rusqlite::types::Value::Text(name) => name,
                    other => format!("{other:?}"),
                };
                faults.push(format!("{what} {name}: {fault}"));
            }
        }
    }
    Ok(faults)
}
