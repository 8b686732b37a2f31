//! A place in the waiting lists of the rooms that one poll is about, left when it is dropped.

use std::sync::Arc;
use std::task::Waker;

use super::room::Room;
use super::sync::{AtomicUsize, Ordering};
use super::waiters::Place;

/// Rooms that are waited for. Registers when asked to, unregisters on drop, and counts as one held poll meanwhile.
pub(super) struct Watch<'a> {
    rooms: &'a [Arc<Room>],
    places: Vec<Place>,
    held: &'a AtomicUsize,
}

impl<'a> Watch<'a> {
    /// A watch that is not in any list yet.
    pub(super) fn new(rooms: &'a [Arc<Room>], held: &'a AtomicUsize) -> Self {
        held.fetch_add(1, Ordering::Relaxed);
        Self { rooms, places: Vec::new(), held }
    }

    /// Makes sure that `waker` is called at the next change of any of the rooms. To be done before looking.
    pub(super) fn register(&mut self, waker: &Waker) {
        if self.places.is_empty() {
            self.places = self.rooms.iter().map(|room| room.join(None, waker)).collect();
        } else {
            for (room, place) in self.rooms.iter().zip(&mut self.places) {
                *place = room.join(Some(*place), waker);
            }
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        for (room, place) in self.rooms.iter().zip(&self.places) {
            room.leave(*place);
        }
        self.held.fetch_sub(1, Ordering::Relaxed);
    }
}
