//! The requests of a round, as the checks look them up. Compares nothing.

use std::collections::BTreeMap;

use holdline_shared::{PublishKey, Seq};

use super::change::Change;
use super::log_index::Publish;

/// Everything that was asked for in a round.
pub(super) struct Requests<'a> {
    pub(super) publishes: &'a BTreeMap<PublishKey, Publish>,
    pub(super) changes: &'a [Change],
    /// Entries up to here are of an earlier round.
    pub(super) begin: Seq,
}
