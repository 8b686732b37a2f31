//! Inspects a file before anything is changed in it: whether it is a log, of which version, or another
//! program's.
//!
//! Only reads, and leaves no file behind: a foreign database, a text file or a folder stays byte for byte the
//! same.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::location::beside;
use super::{locked_here, wal};
use crate::log::error::LogError;
use crate::log::projection::{APPLICATION_ID, TABLES_OF_VERSION_1, VERSION};

/// The characters of a path that are not escaped in a `file:` address.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// The result for a file on which a log may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No file, an empty file, or a database without tables: a new log can be created there.
    Nothing,
    /// A log of this version or an older one.
    Log {
        /// The log's `user_version`.
        version: i64,
    },
}

/// Inspects the file. An error says what the file is instead of a log.
pub(super) fn inspect(path: &Path) -> Result<Found, LogError> {
    let not_a_log = |what: &str| LogError::Unavailable(format!("{} {what}", path.display()));
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && has_wal(path) => {
            let wal = beside(path, "-wal");
            return Err(not_a_log(&format!(
                "is not there, but {wal} is, which was left by a crash and needs it: put the database back where it was, or \
                 restore a copy; to begin a new log instead, remove {wal}",
                wal = wal.display()
            )));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(not_a_log(&format!("cannot be looked at: {error}"))),
        Ok(file) if file.is_dir() => return Err(not_a_log("is a folder, not a log")),
        Ok(file) if !file.is_file() => return Err(not_a_log("is not a file")),
        Ok(file) if file.len() == 0 => return Ok(Found::Nothing),
        Ok(_) => {}
    }
    let leaves = Leaves::of(path);
    let found = identify(path);
    drop(leaves);
    match found {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(what)) => Err(not_a_log(&what)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(not_a_log("is no database and therefore not a log; it was left as it is"))
        }
        Err(error) => Err(not_a_log(&format!("cannot be read: {error}"))),
    }
}

/// Opens the file for reading, with or without its write-ahead log. On a read-only file system, a database
/// without a write-ahead log is opened alone.
pub(super) fn open(path: &Path, with_wal: bool) -> rusqlite::Result<Connection> {
    let database = open_with(path, with_wal)?;
    if with_wal
        && !has_wal(path)
        && let Err(error) = schema_changes(&database)
        && needs_a_writable_folder(&error)
    {
        return open(path, false);
    }
    if !with_wal {
        // An interrupted checkpoint leaves a file that is shorter than its first page says. This setting lets
        // SQLite read as far as the file goes; a read-only connection changes nothing.
        database.pragma_update(None, "writable_schema", "ON")?;
    }
    Ok(database)
}

fn open_with(path: &Path, with_wal: bool) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(address(path, with_wal), flags)
}

/// The address under which [`open`] reads a database with its write-ahead log.
pub(super) fn readable_address(path: &Path) -> String {
    let is_alone = !has_wal(path)
        && open_with(path, true)
            .and_then(|database| schema_changes(&database))
            .is_err_and(|error| needs_a_writable_folder(&error));
    address(path, !is_alone)
}

/// SQLite's count of changes to the schema.
pub(super) fn schema_changes(database: &Connection) -> rusqlite::Result<u32> {
    database.pragma_query_value(None, "schema_version", |row| row.get(0))
}

/// Whether the error means that SQLite could not create a file beside the database.
pub(super) fn needs_a_writable_folder(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// The `file:` address that opens the database read-only, with or without its write-ahead log.
pub(super) fn address(path: &Path, with_wal: bool) -> String {
    // `immutable`: SQLite takes no lock, makes no file and does not look at a write-ahead log.
    address_with(path, if with_wal { "mode=ro" } else { "immutable=1" })
}

/// Makes a `file:` address with these parameters, with any special characters of the path escaped.
pub(super) fn address_with(path: &Path, parameters: &str) -> String {
    let name = percent_encode(path.as_os_str().as_encoded_bytes(), IN_PATHS);
    format!("file:{name}?{parameters}")
}

/// Whether a write-ahead log exists that contains more than its header.
pub(super) fn has_wal(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > wal::HEAD)
}

fn identify(path: &Path) -> rusqlite::Result<Result<Found, String>> {
    let found = open(path, false).and_then(|file| judge(&file));
    // After a crash, all tables of a young log may still be in the write-ahead log, and the file of an
    // interrupted checkpoint can be read only together with it.
    let tells_nothing = match &found {
        Ok(found) => *found == Ok(Found::Nothing),
        Err(error) => error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt),
    };
    if tells_nothing && has_wal(path) { judge(&open(path, true)?) } else { found }
}

fn judge(database: &Connection) -> rusqlite::Result<Result<Found, String>> {
    let number = |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let mut statement = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")?;
    let tables: BTreeSet<String> =
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let foreign = "is a database of another program; it was left as it is";
    Ok(match (application, version) {
        (0, 0) if tables.is_empty() => Ok(Found::Nothing),
        (0, 1) if tables.iter().eq(TABLES_OF_VERSION_1.iter()) && has_identity(database)? => {
            Ok(Found::Log { version })
        }
        (APPLICATION_ID, 1..=VERSION) => Ok(Found::Log { version }),
        (APPLICATION_ID, version) if version > VERSION => Err(format!(
            "was made by a newer Holdline (its schema is version {version}, this program knows {VERSION}); \
             it was left as it is"
        )),
        _ => Err(foreign.to_owned()),
    })
}

fn has_identity(database: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM meta
               WHERE (name, length(value)) IN (VALUES ('epoch', 8), ('secret', 32))";
    database.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|found| found == 2)
}

/// Removes, when dropped, the files that SQLite created beside a database merely by reading it. Must be
/// dropped after the connections.
pub(super) struct Leaves {
    path: PathBuf,
    /// The files that did not exist before.
    names: Vec<PathBuf>,
}

impl Leaves {
    pub(super) fn of(path: &Path) -> Self {
        let names = ["-wal", "-shm"].map(|end| beside(path, end));
        Self { path: path.to_owned(), names: names.into_iter().filter(|name| !name.exists()).collect() }
    }
}

impl Drop for Leaves {
    fn drop(&mut self) {
        self.names.retain(|name| name.exists());
        // A server that was started meanwhile uses the files.
        if self.names.is_empty() || has_wal(&self.path) || locked_here::is_locked_here(&self.path) {
            return;
        }
        let Ok(file) = std::fs::File::open(&self.path) else { return };
        if file.try_lock().is_ok() {
            for name in &self.names {
                let _ = std::fs::remove_file(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names and bytes of all files in the folder.
    fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
        let mut all: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| {
                let file = file.unwrap();
                let name = file.file_name().into_string().unwrap();
                (name, std::fs::read(file.path()).unwrap_or_default())
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn what_is_not_ours_is_refused_and_left_byte_for_byte() {
        let cases: [(&str, &str, &str); 8] = [
            ("songs", "CREATE TABLE songs (name TEXT)", "another program"),
            ("user_version 1", "CREATE TABLE songs (name TEXT); PRAGMA user_version = 1", "another program"),
            ("user_version 2", "CREATE TABLE songs (name TEXT); PRAGMA user_version = 2", "another program"),
            ("user_version 99", "PRAGMA user_version = 99", "another program"),
            ("an application", "PRAGMA application_id = 7; CREATE TABLE meta (x)", "another program"),
            ("our tables and one more", "PRAGMA user_version = 1; CREATE TABLE edits (x); CREATE TABLE entries (x);
              CREATE TABLE messages (x); CREATE TABLE meta (x); CREATE TABLE rooms (x); CREATE TABLE songs (x)", "another program"),
            ("in WAL mode", "PRAGMA journal_mode = WAL; CREATE TABLE songs (name TEXT)", "another program"),
            ("newer", "PRAGMA application_id = 0x484c444c; PRAGMA user_version = 99; CREATE TABLE meta (x)", "newer"),
        ];
        for (name, sql, why) in cases {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.db");
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            let before = contents(folder.path());
            let error = crate::log::SqliteLog::open(&path).err().unwrap().to_string();
            assert!(error.contains(why) && error.contains("x.db"), "{name}: {error}");
            assert!(contents(folder.path()) == before, "{name}");
        }
    }

    #[test]
    fn a_letter_a_folder_and_a_database_in_use_are_refused_without_a_trace() {
        let folder = tempfile::tempdir().unwrap();
        let letter = folder.path().join("letter.db");
        std::fs::write(&letter, "this is a letter, not a database; ".repeat(200)).unwrap();
        std::fs::create_dir(folder.path().join("folder.db")).unwrap();
        let used = folder.path().join("used.db");
        let other = Connection::open(&used).unwrap();
        other.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE songs (name TEXT)").unwrap();
        let before = contents(folder.path());
        for (name, why) in
            [("letter.db", "no database"), ("folder.db", "is a folder"), ("used.db", "another program")]
        {
            let error = crate::log::SqliteLog::open(&folder.path().join(name)).err().unwrap().to_string();
            assert!(error.contains(why), "{name}: {error}");
        }
        assert_eq!(contents(folder.path()).len(), before.len());
        other.execute_batch("INSERT INTO songs VALUES ('still in use')").unwrap();
    }
}
