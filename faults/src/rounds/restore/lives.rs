//! The lives of a log: each has its epoch, and a ledger of its own, as the same seq is another entry in the next one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use holdline_shared::Epoch;

use crate::checker::Ledger;

/// All ledgers of a round.
#[derive(Default)]
pub(super) struct Lives {
    by_epoch: Mutex<HashMap<Epoch, Life>>,
}

#[derive(Default)]
struct Life {
    ledger: Arc<Ledger>,
    /// How many of those that go through all lives have come to this one.
    survivors: usize,
}

impl Lives {
    /// The ledger of the life with this epoch; whoever meets it first makes it.
    pub(super) fn ledger(&self, epoch: Epoch) -> Arc<Ledger> {
        let mut lives = self.by_epoch.lock().unwrap_or_else(PoisonError::into_inner);
        lives.entry(epoch).or_default().ledger.clone()
    }

    /// Counts a survivor that has come to the life with this epoch.
    pub(super) fn enter(&self, epoch: Epoch) {
        let mut lives = self.by_epoch.lock().unwrap_or_else(PoisonError::into_inner);
        lives.entry(epoch).or_default().survivors += 1;
    }

    /// How many have come over to the life with this ledger.
    pub(super) fn survivors(&self, ledger: &Arc<Ledger>) -> usize {
        let lives = self.by_epoch.lock().unwrap_or_else(PoisonError::into_inner);
        lives.values().find(|life| Arc::ptr_eq(&life.ledger, ledger)).map_or(0, |life| life.survivors)
    }
}
