//! The log: the truth about everything that was said.
//!
//! It has two halves. A *journal* orders records and makes them durable; a *projection* decides what each record becomes,
//! and answers every read. The engine `sqlite:` does both in one transaction; [`JournaledLog`] follows a journal that comes
//! from elsewhere. No part of the log knows HTTP, waiting or presence.

mod catch_up;
mod clock;
#[cfg(test)]
mod contract;
mod draft;
mod engine;
mod error;
mod journal;
mod journaled;
mod memory;
mod outcome;
mod page_limit;
mod projection;
mod record;
mod retention;
mod sqlite;
mod stored_entry;
mod url;
mod validate;

pub(crate) use self::clock::wall_clock;
pub use self::draft::{AccessDraft, Draft, DraftKind};
pub use self::engine::{
    Chunk, CommitObserver, Follower, HEALTH_TIME, Log, LogEvent, LoggedRoom, Page, RoomCut, RoomInUse,
};
pub use self::error::{LogError, Refusal};
pub use self::journal::{Identity, Journal, JournalEvent, JournalFollower};
pub use self::journaled::JournaledLog;
pub use self::memory::{MemoryJournal, MemoryLog};
pub use self::outcome::Outcome;
pub use self::record::{OrderedRecord, Record, RecordId};
pub use self::retention::{InvalidRetention, Retention};
pub use self::sqlite::SqliteLog;
pub use self::stored_entry::StoredEntry;
pub use self::url::{InvalidLogUrl, LogUrl};
pub use crate::access::{AccessHandle, Denied};

/// The work of an operator on the file of a `sqlite:` log.
pub mod maintenance {
    pub use super::sqlite::{Checked, Exported, Restored, back_up, check, export, import, restore};
}
