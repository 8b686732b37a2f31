//! Being told to stop: the first time everything ends in order, folders and servers too; the second time at once.

use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, ensure};

use crate::peer;

static ASKED: AtomicBool = AtomicBool::new(false);

/// For whoever hears the signal.
pub fn interrupt() {
    if ASKED.swap(true, Ordering::Relaxed) {
        peer::stop_all();
        exit(130);
    }
}

/// Whether we were told to stop.
pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Fails when we were told to stop.
pub(crate) fn check() -> Result<()> {
    ensure!(!is_asked(), "interrupted");
    Ok(())
}
