//! Stops on a signal: the first ends everything in order, servers and folders too; the second ends at once.

use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, ensure};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Handles the signal; `stop_all` stops what must not outlive this program.
pub(crate) fn interrupt(stop_all: fn()) {
    if ASKED.swap(true, Ordering::Relaxed) {
        stop_all();
        exit(130);
    }
}

/// Whether a signal has arrived.
pub(crate) fn is_requested() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Fails after a signal.
pub(crate) fn check() -> Result<()> {
    ensure!(!is_requested(), "interrupted");
    Ok(())
}
