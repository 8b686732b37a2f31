//! The checker: compares every publish and every delivery with the final log and reports all differences. Pure: no clock,
//! no I/O.

mod change;
mod check;
mod check_changes;
mod delivery;
mod findings;
mod fold;
mod ledger;
mod log_index;
mod reader;
mod requests;
#[cfg(test)]
mod tests;

pub use change::{ChangeAnswer, ChangeKind, ChangeRequest};
pub use findings::{Findings, Violation};
pub use fold::check_history;
pub use ledger::{ChangeId, Ledger, LedgerPosition, ReaderId};
pub use reader::{Gap, Receives};
