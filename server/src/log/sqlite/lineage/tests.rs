//! Crashes in the middle of a checkpoint, at every page, and copies that replace such a log.

use std::path::PathBuf;

use holdline_shared::{Epoch, RoomName, Seq, Timestamp};

use super::super::opening::{self, Opened};
use super::super::upkeep::Phase;
use super::*;
use crate::log::SqliteLog;
use crate::log::sqlite::database;
use crate::log::{Draft, Log};

const PAGE: usize = 4096;

/// The files of a log that crashed.
#[derive(Clone)]
struct Crashed {
    database: Vec<u8>,
    wal: Vec<u8>,
    mark: Vec<u8>,
}

impl Crashed {
    fn of(path: &Path) -> Self {
        let read = |end| std::fs::read(beside(path, end)).unwrap_or_default();
        Self { database: read(""), wal: read("-wal"), mark: read("-lock") }
    }

    /// Puts the files into a folder of their own.
    fn put(&self) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("x.db");
        for (end, bytes) in [("", &self.database), ("-wal", &self.wal), ("-lock", &self.mark)] {
            std::fs::write(beside(&path, end), bytes).unwrap();
        }
        (folder, path)
    }

    /// The files after a second crash, at the beginning of a checkpoint of which no page was written.
    fn at_a_checkpoint(&self) -> Self {
        let (_folder, path) = self.put();
        let Opened { mut connection, mut upkeep, lock: _lock } = opening::open(&path).unwrap();
        let reader = database::open_read_only(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM meta").unwrap();
        connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        upkeep.checkpoint(&mut connection, Phase::Open, Timestamp(1)).unwrap();
        Self { database: self.database.clone(), ..Self::of(&path) }
    }

    /// The database after the complete checkpoint.
    fn checkpointed(&self) -> Vec<u8> {
        let (_folder, path) = self.put();
        let database = Connection::open(&path).unwrap();
        database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        std::fs::read(&path).unwrap()
    }

    /// The files after `pages` pages of the checkpoint were written.
    fn half(&self, pages: usize) -> Self {
        let complete = self.checkpointed();
        let mut database = self.database.clone();
        let written = (pages * PAGE).min(complete.len());
        database.resize(database.len().max(written), 0);
        database[..written].copy_from_slice(&complete[..written]);
        Self { database, ..self.clone() }
    }

    /// The number of pages that the checkpoint may write.
    fn pages(&self) -> usize {
        self.checkpointed().len() / PAGE
    }

    /// Opens the log; returns its head and epoch.
    fn opens(&self) -> Result<(Seq, Epoch), LogError> {
        let (_folder, path) = self.put();
        let log = SqliteLog::open(&path)?;
        Ok((log.head(), log.epoch()))
    }
}

/// A log in use.
async fn in_use(log: &SqliteLog, entries: usize) {
    for n in 0..entries {
        let text = format!("{n} {}", "x".repeat(700));
        let draft = Draft::say(holdline_shared::Person::stdin(), RoomName::lobby(), text.parse().unwrap());
        log.append(draft).await.unwrap();
    }
}

async fn crashed() -> Crashed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let log = SqliteLog::open(&path).unwrap();
    in_use(&log, 100).await;
    Crashed::of(&path)
}

#[tokio::test]
async fn log_opens_whatever_page_its_checkpoint_had_come_to() {
    let young = {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("x.db");
        let _opened = opening::open(&path).unwrap();
        Crashed::of(&path)
    };
    let version_1 = Crashed {
        database: include_bytes!("../../../../tests/data/v1.db").to_vec(),
        wal: Vec::new(),
        mark: Vec::new(),
    };
    for (name, log) in [("in use", crashed().await), ("young", young), ("version 1", version_1)] {
        let log = log.at_a_checkpoint();
        let (head, epoch) = log.half(0).opens().unwrap();
        for page in 0..=log.pages() {
            let opened = log.half(page).opens();
            assert_eq!(opened, Ok((head, epoch)), "{name}: {page} of {} pages", log.pages());
        }
    }
}

#[tokio::test]
async fn log_opens_after_crashes_in_one_checkpoint_after_another() {
    let first = crashed().await.at_a_checkpoint();
    let expected = first.opens();
    assert!(expected.is_ok());
    for pages in [0, 1, 2, 3, first.pages() / 2, first.pages()] {
        let second = first.half(pages).at_a_checkpoint();
        for more in [0, 1, 2, 3, second.pages() / 2, second.pages()] {
            assert_eq!(second.half(more).opens(), expected, "{pages} pages, then {more}");
        }
    }
}

#[tokio::test]
async fn copy_of_another_state_is_refused_whatever_crashed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let mut copies = Vec::new();
    // Three orderly stops, each followed by a copy.
    for _ in 0..3 {
        let log = SqliteLog::open(&path).unwrap();
        in_use(&log, 30).await;
        drop(log);
        copies.push(std::fs::read(&path).unwrap());
    }
    let log = SqliteLog::open(&path).unwrap();
    in_use(&log, 30).await;
    let crashed = Crashed::of(&path);
    assert!(crashed.opens().is_ok());
    let at_a_checkpoint = crashed.at_a_checkpoint();
    let after_two = at_a_checkpoint.half(at_a_checkpoint.pages() / 2).at_a_checkpoint();
    for (name, crashed) in
        [("in use", &crashed), ("in a checkpoint", &at_a_checkpoint), ("in two", &after_two)]
    {
        for (n, copy) in copies.iter().enumerate() {
            let mixed = Crashed { database: copy.clone(), ..crashed.clone() };
            let why = mixed.opens().unwrap_err().to_string();
            assert!(why.contains("does not belong to"), "{name}, copy {n}: {why}");
        }
    }
}
