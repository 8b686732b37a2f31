//! The rule for clients that read too slowly. A window begins when the socket accepts no more output; a
//! client that has taken less than [`STALL_BYTES`] by its end is cut off. Keeps no time: the transports
//! report the end of a window.

use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;

use super::config::STALL_BYTES;
use crate::metrics::Metrics;
use crate::repeated_line::RepeatedLine;

/// The rule, the same for all connections of a server.
#[derive(Clone)]
pub(super) struct StallRule {
    /// The length of a window.
    pub(super) window: Duration,
    metrics: Arc<Metrics>,
}

/// The bytes of an answer that were taken in the present window.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    bytes: usize,
}

impl Progress {
    /// Adds bytes that the socket has taken.
    pub(super) fn add(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Whether the window may end early because enough bytes were taken.
    pub(super) fn is_enough(self) -> bool {
        self.bytes >= STALL_BYTES
    }
}

impl StallRule {
    pub(super) fn new(window: Duration, metrics: Arc<Metrics>) -> Self {
        Self { window, metrics }
    }

    /// Decides at the end of a window whether another one begins. If not, counts the client, and makes
    /// closing its socket discard the output that the kernel still holds.
    pub(super) fn allows_next_window(&self, progress: &mut Progress, socket: &SockRef<'_>) -> bool {
        static LINE: RepeatedLine = RepeatedLine::new();
        if std::mem::take(progress).is_enough() {
            return true;
        }
        self.metrics.connections_stalled.increment(1);
        if let Some(times) = LINE.count(1) {
            tracing::info!(times, "clients that took too little of an answer were cut off");
        }
        if let Err(error) = socket.set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%error, "the kernel keeps what a client did not take");
        }
        false
    }
}
