//! How long the writer waits for a database that another program has locked: briefly, and less when the log is being closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::life::Life;
use crate::log::error::LogError;
use crate::log::projection::log_error;

/// For how long a group waits for the write lock. Publishers are told to try again then.
const FOR_THE_LOCK: Duration = Duration::from_secs(1);

/// For how long a checkpoint waits for readers; publishers wait with it.
const FOR_READERS: Duration = Duration::from_millis(50);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(2);

/// Whether the writer waits for readers rather than for the write lock.
#[derive(Clone, Default)]
pub(super) struct Hurry(Arc<AtomicBool>);

impl Hurry {
    /// From now on waits for readers only, or no longer.
    pub(super) fn set(&self, is_in_a_hurry: bool) {
        self.0.store(is_in_a_hurry, Ordering::Relaxed);
    }
}

/// Says to SQLite how long this connection waits.
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
