//! The hub's locks, atomics and clock. With the feature `loom` they are the model checker's, so the hub
//! imports them only from here.

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

/// The present time.
#[cfg(not(all(test, feature = "loom")))]
pub(super) fn now() -> tokio::time::Instant {
    tokio::time::Instant::now()
}
