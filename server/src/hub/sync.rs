//! What waiting is made of. `model.rs` compiles the files that wait a second time, with the model checker's own in place of
//! these; so they take them from here and not from where they come from.

pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

pub(super) use parking_lot::{Mutex, RwLock};
pub(super) use tokio::time::{Instant, sleep_until};
