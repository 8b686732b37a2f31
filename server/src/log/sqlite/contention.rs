//! Limits the writer's wait for a database that another program has locked: short, and shorter while the log is being closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::life::Life;
use crate::log::error::LogError;
use crate::log::projection::log_error;

/// The time for which a group waits for the write lock before its publishers are told to try again.
const FOR_THE_LOCK: Duration = Duration::from_secs(1);

/// The time for which a checkpoint waits for readers; publishers wait with it.
const FOR_READERS: Duration = Duration::from_millis(50);

/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(2);

/// Whether the writer waits for readers rather than for the write lock.
#[derive(Clone, Default)]
pub(super) struct Hurry(Arc<AtomicBool>);

impl Hurry {
    /// Switches between the two limits: that for readers (`true`) and that for the write lock.
    pub(super) fn set(&self, is_in_a_hurry: bool) {
        self.0.store(is_in_a_hurry, Ordering::Relaxed);
    }
}

/// Sets the limit for this connection.
pub(super) fn limit(connection: &mut Connection, life: Arc<Life>) -> Result<Hurry, LogError> {
    let hurry = Hurry::default();
    let in_a_hurry = hurry.clone();
    let mut since = Instant::now();
    let goes_on_waiting = move |tries: i32| {
        if tries == 0 {
            since = Instant::now();
        }
        let longest = if in_a_hurry.0.load(Ordering::Relaxed) { FOR_READERS } else { FOR_THE_LOCK };
        if since.elapsed() >= longest || life.is_out_of_time() {
            return false;
        }
        std::thread::sleep(PAUSE);
        true
    };
    connection.busy_handler(Some(goes_on_waiting)).map_err(log_error)?;
    Ok(hurry)
}
