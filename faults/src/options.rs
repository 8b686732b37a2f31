//! The options of a run.

use std::path::PathBuf;

use crate::door::ClosedDoor;

/// The rounds to run, their size, and the server to test.
#[derive(Debug, Clone)]
pub struct Options {
    /// The executable to be tested.
    pub program: PathBuf,
    /// The seed of all random decisions.
    pub seed: u64,
    /// The rounds to run; empty for all.
    pub rounds: Vec<String>,
    /// Whether to run few faults, for everyday use.
    pub short: bool,
    /// The door of the servers; `None` for an open one.
    pub door: Option<ClosedDoor>,
    /// The minimum number of deliveries to check, over all rounds.
    pub deliveries: usize,
}
