//! How one thread is told which of its lists were woken.

use std::sync::Arc;
use std::task::{Wake, Waker};

use super::sync::Mutex;

/// Lists that were woken. Rings once for all that come before they are taken.
pub(super) struct Bells {
    rung: Mutex<Vec<u32>>,
    ring: Waker,
}

/// The bell of one list.
struct Bell {
    bells: Arc<Bells>,
    list: u32,
}

impl Bells {
    pub(super) fn new(ring: Waker) -> Self {
        Self { rung: Mutex::new(Vec::new()), ring }
    }

    /// What a room is to wake for this list.
    pub(super) fn bell(self: &Arc<Self>, list: u32) -> Waker {
        Arc::new(Bell { bells: self.clone(), list }).into()
    }

    /// The lists that were woken since the last time.
    pub(super) fn take(&self) -> Vec<u32> {
        std::mem::take(&mut *self.rung.lock())
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut rung = self.bells.rung.lock();
        rung.push(self.list);
        let is_first = rung.len() == 1;
        drop(rung);
        if is_first {
            self.bells.ring.wake_by_ref();
        }
    }
}
