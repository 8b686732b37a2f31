//! Stopping by Ctrl-C, SIGTERM or SIGHUP: prints the cursor to continue from, and sets the exit status.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::Cursor;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::client::say;
use crate::signals::StopSignals;
use crate::stderr;

/// The time limit for output in progress: a blocked reader must not keep the process from stopping.
const GRACE: Duration = Duration::from_millis(500);

/// The position up to which everything is printed.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Option<Cursor>>>);

impl Progress {
    /// Sets the position; returns whether it changed.
    pub(super) fn set(&self, cursor: Cursor) -> bool {
        self.0.lock().replace(cursor) != Some(cursor)
    }
}

/// Waits for signals.
pub(super) struct Stop {
    signalled: oneshot::Receiver<u8>,
    progress: Progress,
    prints_cursor: bool,
}

impl Stop {
    /// Handles signals from now on.
    pub(super) fn listen(prints_cursor: bool) -> anyhow::Result<Self> {
        let mut signals = StopSignals::listen()?;
        let (send, signalled) = oneshot::channel();
        let progress = Progress::default();
        let last = progress.clone();
        tokio::spawn(async move {
            let code = signals.next().await;
            let _ = send.send(code);
            // If the process still runs after this, the main thread is blocked by a reader.
            tokio::time::sleep(GRACE).await;
            print_cursor(&last, prints_cursor);
            stderr::exit(code);
        });
        Ok(Self { signalled, progress, prints_cursor })
    }

    /// The position, to be updated as entries are printed.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Resolves at the first signal.
    pub(super) async fn stopped(self) -> ExitCode {
        // The sender lives as long as the process.
        let code = self.signalled.await.unwrap_or(1);
        print_cursor(&self.progress, self.prints_cursor);
        ExitCode::from(code)
    }
}

fn print_cursor(progress: &Progress, prints_cursor: bool) {
    if let Some(cursor) = *progress.0.lock()
        && prints_cursor
    {
        say(format_args!("stopped; --since {cursor} goes on from here"));
    }
}
