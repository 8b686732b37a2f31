//! Exports a log as lines of JSON, and imports such lines as a new log with the same entries and another
//! epoch.
//!
//! The first line is a header; each further line is an entry as clients see it. The log's secret is not
//! exported.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use holdline_shared::{Entry, RoomName, Seq};
use rusqlite::{ErrorCode, TransactionBehavior};
use serde::{Deserialize, Serialize};

use super::file_error::{at_file, no_log};
use super::inspect::{self, Found, Leaves, inspect};
use super::location::{self, beside};
use super::lock::LogLock;
use super::upkeep::{Phase, Upkeep};
use super::{database, lineage};
use crate::log::clock::wall_clock;
use crate::log::error::LogError;
use crate::log::projection::{
    self, AppendTransaction, CarriedRoom, Tip, identity, log_error, make_rooms, some_entries,
    some_readable_entries,
};
use crate::log::stored_entry::StoredEntry;

/// The name of the format, required in the header.
const FORMAT: &str = "holdline-log";

/// The format version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

/// The first line of an export.
#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    epoch: String,
    head: Seq,
    rooms: Vec<CarriedRoom>,
}

/// The result of [`export`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// The number of exported entries.
    pub entries: u64,
    /// Damaged entries, which were left out, or replaced if they said who may do what.
    pub damaged: Vec<Seq>,
}

/// Writes the log at `path` as lines of JSON, whether or not a server has it open.
pub fn export(path: &Path, into: &mut dyn Write) -> Result<Exported, LogError> {
    let path = location::resolve(path)?;
    let _leaves = Leaves::of(&path);
    if inspect(&path)? == Found::Nothing {
        return Err(no_log(&path));
    }
    lineage::check(&path)?;
    let mut database = inspect::open(&path, true).map_err(log_error)?;
    let snapshot = database.transaction().map_err(log_error)?;
    let head = projection::head(&snapshot).map_err(log_error)?;
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        epoch: identity(&snapshot)?.epoch.to_string(),
        head,
        rooms: projection::carried_rooms(&snapshot, "main").map_err(log_error)?,
    };
    let header = serde_json::to_vec(&header).map_err(|e| LogError::Unavailable(e.to_string()))?;
    let mut line = |line: &[u8]| {
        let written = into.write_all(line).and_then(|()| into.write_all(b"\n"));
        written.map_err(|error| LogError::Unavailable(format!("the lines cannot be written: {error}")))
    };
    line(&header)?;
    // A log of an earlier version has no changes of access, and no table of them.
    let has_access = projection::version(&snapshot)? >= projection::VERSION;
    let mut stand_ins =
        if has_access { projection::stand_ins(&snapshot).map_err(log_error)? } else { BTreeMap::new() };
    let mut exported = Exported::default();
    let mut after = Seq::START;
    loop {
        let entries = match some_entries(&snapshot, "main", after) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                // A page is damaged: the readable entries around it are searched one by one.
                some_readable_entries(&snapshot, after, head).map_err(log_error)?
            }
            entries => entries.map_err(log_error)?,
        };
        let Some((last, _)) = entries.last() else { break };
        after = *last;
        for (seq, entry) in entries {
            let entry = match stand_ins.remove(&seq) {
                Some(stand_in) => {
                    exported.damaged.push(seq);
                    let Some(stand_in) = stand_in else { continue };
                    Some(StoredEntry::encode(stand_in).map_err(|e| LogError::Unavailable(e.to_string()))?)
                }
                None => entry,
            };
            match entry {
                Some(entry) => {
                    exported.entries += 1;
                    line(&entry.json)?;
                }
                None => exported.damaged.push(seq),
            }
        }
    }
    into.flush().map_err(|error| LogError::Unavailable(format!("the lines cannot be written: {error}")))?;
    Ok(exported)
}

/// Makes a new log at `path` from lines that [`export`] wrote, and returns the number of its entries. An
/// error names the line, and leaves no log behind.
pub fn import(from: &mut dyn BufRead, path: &Path) -> Result<u64, LogError> {
    let path = location::resolve(path)?;
    if path.exists() || beside(&path, "-wal").exists() {
        let why = format!(
            "{} is there already, and import makes a new log; name another place with --log, or move the file away",
            path.display()
        );
        return Err(LogError::Unavailable(why));
    }
    let imported = import_into(from, &path);
    if imported.is_err() {
        for file in ["", "-wal", "-shm", "-lock"].map(|end| beside(&path, end)) {
            let _ = std::fs::remove_file(file);
        }
    }
    imported
}

fn import_into(from: &mut dyn BufRead, path: &Path) -> Result<u64, LogError> {
    let mut lines = from.lines();
    let bad = |number: u64, why: String| LogError::Unavailable(format!("line {number}: {why}"));
    let first = lines.next().unwrap_or_else(|| Ok(String::new())).map_err(|e| bad(1, e.to_string()))?;
    let header: Header =
        serde_json::from_str(&first).ok().filter(|header: &Header| header.format == FORMAT).ok_or_else(
            || bad(1, "this is no exported log; give a file that holdline log export wrote".to_owned()),
        )?;
    if header.version > VERSION {
        return Err(bad(
            1,
            format!("version {} is newer than this program; import it with a newer one", header.version),
        ));
    }
    let strange = |room: &RoomName| {
        room.as_str().parse().ok().as_ref() != Some(room) && *room != RoomName::reserved_access()
    };
    if let Some(room) = header.rooms.iter().find(|room| strange(&room.name)) {
        return Err(bad(1, format!("{:?} cannot be the name of a room", room.name.as_str())));
    }
    let (lock, found) = LogLock::take(path)?;
    let mut database = database::open(path, found)?;
    let transaction =
        database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(at_file(path))?;
    make_rooms(&transaction, &header.rooms).map_err(at_file(path))?;
    let mut group = AppendTransaction::begin(transaction, Tip::default(), Arc::default(), 0);
    let (mut entries, mut head) = (0, Seq::START);
    for (number, line) in (2..).zip(lines) {
        let line = line.map_err(|error| bad(number, error.to_string()))?;
        let entry: Entry = serde_json::from_str(&line)
            .map_err(|error| bad(number, format!("this is no entry ({error})")))?;
        if entry.seq <= head {
            return Err(bad(number, format!("entry {} comes after {head}", entry.seq)));
        }
        if strange(&entry.room) {
            return Err(bad(number, format!("{:?} cannot be the name of a room", entry.room.as_str())));
        }
        head = entry.seq;
        let committed = StoredEntry::from_stored(entry.seq, entry.room, line.into_bytes());
        group.replay(&committed).map_err(|error| bad(number, error.to_string()))?;
        entries += 1;
    }
    if head != header.head {
        let why = format!(
            "the lines end at entry {head}, but the log that was exported ended at {}: something is missing; \
             export it again, or copy the file again",
            header.head
        );
        return Err(LogError::Unavailable(why));
    }
    group.into_transaction()?.commit().map_err(at_file(path))?;
    Upkeep::begin(path, &mut database, false)?.checkpoint(&mut database, Phase::Closing, wall_clock())?;
    lock.note(identity(&database)?.epoch, head);
    drop(database);
    location::make_private(path);
    Ok(entries)
}
