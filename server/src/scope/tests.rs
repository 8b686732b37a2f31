//! Readers whose rooms a test gives and takes, and the rules of a scope.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;

use super::*;

/// The rooms that readers may read, the same for each of them; `None` for every room.
#[derive(Debug)]
pub(crate) struct RoomsOnly(RwLock<Option<BTreeSet<RoomName>>>);

impl RoomsOnly {
    pub(crate) fn new(rooms: &[&str]) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Some(rooms.iter().map(|name| name.parse().unwrap()).collect()))))
    }

    /// The scope of a reader of these rooms.
    pub(crate) fn scope(self: &Arc<Self>) -> Scope {
        Scope::of_reader(self.clone(), None)
    }

    /// Lets the readers read the room.
    pub(crate) fn grant(&self, room: &RoomName) {
        self.0.write().get_or_insert_default().insert(room.clone());
    }

    /// Hides the room from the readers.
    pub(crate) fn revoke(&self, room: &RoomName) {
        self.0.write().get_or_insert_default().remove(room);
    }

    /// Hides no room any more.
    pub(crate) fn show_everything(&self) {
        *self.0.write() = None;
    }
}

impl Readers for RoomsOnly {
    fn may_read(&self, _: Option<&PersonId>, room: &RoomName) -> bool {
        self.0.read().as_ref().is_none_or(|rooms| rooms.contains(room))
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        self.0.read().is_some()
    }
}

/// Readers who may read every room until they were asked about so many.
#[derive(Debug)]
pub(crate) struct AllowedFor(AtomicUsize);

impl AllowedFor {
    pub(crate) fn new(looks: usize) -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(looks)))
    }

    pub(crate) fn scope(self: Arc<Self>) -> Scope {
        Scope::of_reader(self, None)
    }
}

impl Readers for AllowedFor {
    fn may_read(&self, _: Option<&PersonId>, _: &RoomName) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        true
    }
}

#[test]
fn reserved_room_is_in_no_scope() {
    let access = RoomName::reserved_access();
    let readers = RoomsOnly::new(&["tea"]);
    readers.grant(&access);
    assert!(!EVERY_ROOM.allows(&access) && !readers.scope().allows(&access));
}

#[test]
fn scope_follows_the_decision_of_the_moment() {
    let readers = RoomsOnly::new(&["tea"]);
    let (scope, tea) = (readers.scope(), "tea".parse().unwrap());
    assert!(scope.allows(&tea) && !scope.allows(&RoomName::lobby()) && scope.hides_rooms());
    readers.revoke(&tea);
    assert!(!scope.allows(&tea));
    readers.grant(&tea);
    assert!(scope.clone().allows(&tea));
    assert!(EVERY_ROOM.allows(&tea) && !EVERY_ROOM.hides_rooms());
}
