//! The waiting list of a room: wakers that are called once and forgotten.

use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

/// Everyone who waits for one room. A place is left by dropping, or by being woken; both are cheap.
#[derive(Debug)]
pub(super) struct Waiters {
    /// Another one each time everyone is woken, and never the same in two lists, so that an old place is known to be
    /// gone.
    round: u64,
    places: Vec<Option<Waker>>,
    free: Vec<u32>,
}

/// A place in a waiting list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    round: u64,
    index: u32,
}

impl Default for Waiters {
    fn default() -> Self {
        Self { round: next_round(), places: Vec::new(), free: Vec::new() }
    }
}

/// A number that no list in this process has had.
fn next_round() -> u64 {
    static ROUND: AtomicU64 = AtomicU64::new(0);
    ROUND.fetch_add(1, Ordering::Relaxed)
}

impl Waiters {
    /// Takes a place.
    pub(super) fn join(&mut self, waker: Waker) -> Place {
        let index = if let Some(index) = self.free.pop() {
            self.places[index as usize] = Some(waker);
            index
        } else {
            self.places.push(Some(waker));
            // More waiters than u32 counts do not fit into memory.
            u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX)
        };
        Place { round: self.round, index }
    }

    /// Whether this place is still held by this waker's task.
    pub(super) fn holds(&self, place: Place, waker: &Waker) -> bool {
        place.round == self.round
            && self
                .places
                .get(place.index as usize)
                .and_then(Option::as_ref)
                .is_some_and(|w| w.will_wake(waker))
    }

    /// Gives a place back. One that was woken meanwhile is gone already.
    pub(super) fn leave(&mut self, place: Place) {
        if place.round == self.round
            && let Some(slot) = self.places.get_mut(place.index as usize)
            && slot.take().is_some()
        {
            self.free.push(place.index);
            if self.free.len() == self.places.len() {
                self.clear();
            }
        }
    }

    /// Empties the list. The caller wakes them, outside of any lock.
    pub(super) fn take_all(&mut self) -> Vec<Option<Waker>> {
        let all = std::mem::take(&mut self.places);
        self.clear();
        all
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.places.len() == self.free.len()
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    fn clear(&mut self) {
        self.round = next_round();
        self.places = Vec::new();
        self.free = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::Wake;

    use super::*;

    struct Sleeper;

    impl Wake for Sleeper {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn a_place_is_given_back_once() {
        let waker = Waker::from(Arc::new(Sleeper));
        let mut waiters = Waiters::default();
        let first = waiters.join(waker.clone());
        let second = waiters.join(waker.clone());
        assert!(waiters.holds(first, &waker));
        waiters.leave(first);
        waiters.leave(first);
        assert_eq!(waiters.len(), 1);
        let third = waiters.join(waker.clone());
        assert_eq!(waiters.len(), 2, "the free place was taken");
        assert_eq!(waiters.take_all().into_iter().flatten().count(), 2);
        let fourth = waiters.join(waker.clone());
        waiters.leave(second);
        waiters.leave(third);
        assert!(waiters.holds(fourth, &waker), "old places do not take away new ones");
        waiters.leave(fourth);
        assert_eq!((waiters.len(), waiters.places.capacity()), (0, 0), "an empty list owns nothing");
    }
}
