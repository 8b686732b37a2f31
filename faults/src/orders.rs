//! What a run is told.

use std::path::PathBuf;

/// Which faults, how much of them, and with what server.
#[derive(Debug, Clone)]
pub struct Orders {
    /// The executable to be tested.
    pub program: PathBuf,
    /// All that is random comes from it.
    pub seed: u64,
    /// The rounds to run; none means all.
    pub rounds: Vec<String>,
    /// Few faults, for every day.
    pub short: bool,
    /// Deliveries to be checked, over all rounds; a round may bring more than its part.
    pub deliveries: usize,
}
