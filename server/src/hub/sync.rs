//! The hub's locks, atomics and clock. Tests with the feature `loom` run on those of the model checker, so the hub imports
//! them from here and from nowhere else.

#[cfg(all(test, feature = "loom"))]
mod loom;

#[cfg(all(test, feature = "loom"))]
pub(super) use self::loom::*;

#[cfg(not(all(test, feature = "loom")))]
pub(super) use {
    parking_lot::{Mutex, RwLock},
    std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    tokio::time::sleep_until,
};

/// The time.
#[cfg(not(all(test, feature = "loom")))]
pub(super) fn now() -> tokio::time::Instant {
    tokio::time::Instant::now()
}
