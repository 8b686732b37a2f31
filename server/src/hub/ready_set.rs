//! The ready queue of one thread: the numbers of wait lists or futures that were notified since the thread
//! last took them.

use std::sync::Arc;
use std::task::{Wake, Waker};

use super::sync::Mutex;

/// The ready numbers. The owner is woken once for all numbers that are added before it takes them.
pub(crate) struct ReadySet {
    ready: Mutex<Vec<u32>>,
    owner: Waker,
}

/// A token that adds one number to the set.
#[derive(Clone)]
pub(crate) struct ReadyToken {
    set: Arc<ReadySet>,
    number: u32,
}

impl ReadySet {
    pub(crate) fn new(owner: Waker) -> Self {
        Self { ready: Mutex::new(Vec::new()), owner }
    }

    /// Makes the token of this number.
    pub(crate) fn token(self: &Arc<Self>, number: u32) -> ReadyToken {
        ReadyToken { set: self.clone(), number }
    }

    /// Whether no number is ready.
    pub(crate) fn is_empty(&self) -> bool {
        self.ready.lock().is_empty()
    }

    /// Takes the numbers that became ready since the last call. A number may appear twice, or after its owner
    /// was dropped.
    pub(crate) fn take(&self) -> Vec<u32> {
        std::mem::take(&mut *self.ready.lock())
    }
}

impl ReadyToken {
    pub(crate) fn notify(&self) {
        let mut ready = self.set.ready.lock();
        ready.push(self.number);
        let is_first = ready.len() == 1;
        drop(ready);
        if is_first {
            self.set.owner.wake_by_ref();
        }
    }
}

impl PartialEq for ReadyToken {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number && Arc::ptr_eq(&self.set, &other.set)
    }
}

/// Lets a token be the waker of a future.
impl Wake for ReadyToken {
    fn wake(self: Arc<Self>) {
        self.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.notify();
    }
}
