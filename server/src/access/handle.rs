//! The newest snapshot, shared between the log, which replaces it, and everyone who asks.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Access;

/// A shared snapshot of who may do what, opaque to embedders. The log replaces it before it tells anybody of the entries that changed it.
#[derive(Debug, Clone, Default)]
pub struct AccessHandle(Arc<ArcSwap<Access>>);

impl AccessHandle {
    /// The newest snapshot.
    pub(crate) fn load(&self) -> arc_swap::Guard<Arc<Access>> {
        self.0.load()
    }

    /// The newest snapshot, to be kept for longer than a moment.
    pub(crate) fn snapshot(&self) -> Arc<Access> {
        self.0.load_full()
    }

    /// Replaces the snapshot.
    pub(crate) fn store(&self, access: Arc<Access>) {
        self.0.store(access);
    }
}
