//! How one thread is told which of the things it looks after were woken, by number.

use std::sync::Arc;
use std::task::{Wake, Waker};

use super::sync::Mutex;

/// What was woken. Rings once for all that come before they are taken.
pub(crate) struct Bells {
    rung: Mutex<Vec<u32>>,
    ring: Waker,
}

/// The bell of one thing.
struct Bell {
    bells: Arc<Bells>,
    number: u32,
}

impl Bells {
    pub(crate) fn new(ring: Waker) -> Self {
        Self { rung: Mutex::new(Vec::new()), ring }
    }

    /// What is to wake this thing.
    pub(crate) fn bell(self: &Arc<Self>, number: u32) -> Waker {
        Arc::new(Bell { bells: self.clone(), number }).into()
    }

    /// Whether there is something to take.
    pub(crate) fn are_rung(&self) -> bool {
        !self.rung.lock().is_empty()
    }

    /// What was woken since the last time; some of it perhaps twice, and some that is gone.
    pub(crate) fn take(&self) -> Vec<u32> {
        std::mem::take(&mut *self.rung.lock())
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut rung = self.bells.rung.lock();
        rung.push(self.number);
        let is_first = rung.len() == 1;
        drop(rung);
        if is_first {
            self.bells.ring.wake_by_ref();
        }
    }
}
