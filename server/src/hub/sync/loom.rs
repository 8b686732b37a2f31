//! Loom's locks and atomics under the names of the real ones, and a clock that moves only when told to.

use std::cell::Cell;
use std::future::{Future, pending};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

pub(in crate::hub) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

#[derive(Default)]
pub(in crate::hub) struct Mutex<T>(loom::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(in crate::hub) fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    pub(in crate::hub) fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
        self.0.lock().unwrap()
    }
}

pub(in crate::hub) struct RwLock<T>(loom::sync::RwLock<T>);

impl<T> RwLock<T> {
    pub(in crate::hub) fn new(value: T) -> Self {
        Self(loom::sync::RwLock::new(value))
    }

    pub(in crate::hub) fn read(&self) -> loom::sync::RwLockReadGuard<'_, T> {
        self.0.read().unwrap()
    }

    pub(in crate::hub) fn write(&self) -> loom::sync::RwLockWriteGuard<'_, T> {
        self.0.write().unwrap()
    }
}

thread_local! {
    // All threads of a model are coroutines of one thread.
    static PASSED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

pub(in crate::hub) fn now() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now) + PASSED.get()
}

/// Moves the clock forward.
pub(in crate::hub) fn advance(time: Duration) {
    PASSED.set(PASSED.get() + time);
}

pub(in crate::hub) fn sleep_until(_: Instant) -> impl Future<Output = ()> {
    pending()
}
