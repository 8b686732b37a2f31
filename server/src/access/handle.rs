//! The newest snapshot, shared between the log, which replaces it, and everyone who asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use holdline_shared::{PersonId, RoomName};

use super::Access;
use crate::scope::Readers;

/// A shared snapshot of who may do what. The log replaces it before it tells anybody of the entries that changed it. To
/// embedders it says who may read which room, by the rooms' rules and members alone.
#[derive(Debug, Clone, Default)]
pub struct AccessHandle(Arc<Newest>);

#[derive(Debug, Default)]
struct Newest {
    access: ArcSwap<Access>,
    revision: AtomicU64,
}

impl AccessHandle {
    /// The newest snapshot.
    pub(crate) fn load(&self) -> arc_swap::Guard<Arc<Access>> {
        self.0.access.load()
    }

    /// The newest snapshot, to be kept for longer than a moment.
    pub(crate) fn snapshot(&self) -> Arc<Access> {
        self.0.access.load_full()
    }

    /// The number of changes. A decision by a snapshot that was loaded after this number is good until the number changes.
    pub(crate) fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Acquire)
    }

    /// Replaces the snapshot.
    pub(crate) fn store(&self, access: Arc<Access>) {
        self.0.access.store(access);
        self.0.revision.fetch_add(1, Ordering::Release);
    }
}

impl Readers for AccessHandle {
    fn may_read(&self, reader: Option<&PersonId>, room: &RoomName) -> bool {
        self.load().may_read(reader, room)
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        self.load().hides_rooms()
    }
}
