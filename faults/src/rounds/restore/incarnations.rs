//! The incarnations of a log. Each has its epoch and its own ledger, because the same position is another entry in the
//! next incarnation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use holdline_shared::Epoch;

use crate::checker::Ledger;

/// The incarnations of a round by epoch.
#[derive(Default)]
pub(super) struct Incarnations {
    by_epoch: Mutex<HashMap<Epoch, Incarnation>>,
}

#[derive(Default)]
struct Incarnation {
    ledger: Arc<Ledger>,
    /// The number of persistent readers that have reached this incarnation.
    readers: usize,
}

impl Incarnations {
    /// The ledger of the incarnation with this epoch, created on first use.
    pub(super) fn ledger(&self, epoch: Epoch) -> Arc<Ledger> {
        let mut incarnations = self.by_epoch.lock().unwrap_or_else(PoisonError::into_inner);
        incarnations.entry(epoch).or_default().ledger.clone()
    }

    /// Counts a persistent reader that has reached the incarnation with this epoch.
    pub(super) fn enter(&self, epoch: Epoch) {
        let mut incarnations = self.by_epoch.lock().unwrap_or_else(PoisonError::into_inner);
        incarnations.entry(epoch).or_default().readers += 1;
    }

    /// The number of persistent readers that have reached the incarnation with this ledger.
    pub(super) fn readers(&self, ledger: &Arc<Ledger>) -> usize {
        let incarnations = self.by_epoch.lock().unwrap_or_else(PoisonError::into_inner);
        incarnations
            .values()
            .find(|incarnation| Arc::ptr_eq(&incarnation.ledger, ledger))
            .map_or(0, |incarnation| incarnation.readers)
    }
}
