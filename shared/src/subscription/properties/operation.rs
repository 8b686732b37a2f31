//! Operations of the property tests.

use super::super::Event;

/// A random operation; numbers select among the polls and answers that exist.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    /// The log grows by an entry, `skip` numbers further.
    Append { skip: u64 },
    /// The log is replaced by another one.
    Replace,
    /// The server answers one of the polls that it received with at most `most` entries; the answer is in transit.
    Serve { poll: usize, most: usize, wait: u64, presence: bool },
    /// An answer in transit arrives; it may arrive again later.
    Arrive { answer: usize },
    /// The driver has fetched history.
    Repair,
    /// The driver reports any other event, also one that does not fit the outstanding action.
    Report(Event),
}
