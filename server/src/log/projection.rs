//! The projection: SQLite tables that follow from the records, in their order. The projection alone decides
//! what a record becomes, and all reads of the log go through it. It neither orders records nor makes them
//! durable.

mod access_entries;
mod append_transaction;
mod errors;
mod expiry;
mod log_view;
mod meta;
mod migrations;
mod newest;
mod on_one_connection;
mod prune;
mod reactions;
mod read_models;
mod reader;
mod redact;
mod replay;
mod room_deltas;
mod statements;
mod stored;
#[cfg(test)]
mod tests;

pub(super) use self::access_entries::{damaged_access_entries, read_access, some_access_entries, stand_ins};
pub(super) use self::append_transaction::{AppendTransaction, CommittedGroup, Tip};
pub(super) use self::errors::log_error;
pub(super) use self::expiry::{ROOMS_AT_ONCE, empty_rooms, expire};
pub(super) use self::meta::{identity, last_heard_of, renew_epoch, was_open, write_meta};
pub(super) use self::migrations::{APPLICATION_ID, TABLES_OF_VERSION_1, VERSION, migrate, version};
pub(super) use self::on_one_connection::{Applied, Effect, Projection};
pub(super) use self::prune::Pruner;
#[cfg(test)]
pub(super) use self::reader::{MOST_SKIPPED, gather, gather_all};
pub(super) use self::reader::{head, messages_of, page, read, read_everything, rooms};
pub(super) use self::replay::{
    CarriedRoom, carried_rooms, make_rooms, replay_attached, some_entries, some_readable_entries,
};
pub(super) use self::statements::keep_statements;
pub(super) use self::stored::{bytes, entry, seq, sql_time, text};
