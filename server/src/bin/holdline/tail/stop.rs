//! Being told to stop: by Ctrl-C, SIGTERM or SIGHUP. Says where to go on from, and with which exit status the process ends.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::Cursor;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::client::say;
use crate::signals::StopSignals;
use crate::stderr;

/// How long what is being printed may take to end. A reader that is stuck must not keep the process from stopping.
const GRACE: Duration = Duration::from_millis(500);

/// How far everything is printed.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Option<Cursor>>>);

impl Progress {
    /// Moves on; says whether that was news.
    pub(super) fn set(&self, cursor: Cursor) -> bool {
        self.0.lock().replace(cursor) != Some(cursor)
    }
}

/// Listens for signals.
pub(super) struct Stop {
    told: oneshot::Receiver<u8>,
    progress: Progress,
    says_cursor: bool,
}

impl Stop {
    /// From now on signals end the process through here.
    pub(super) fn listen(says_cursor: bool) -> anyhow::Result<Self> {
        let mut signals = StopSignals::listen()?;
        let (tell, told) = oneshot::channel();
        let progress = Progress::default();
        let last = progress.clone();
        tokio::spawn(async move {
            let code = signals.next().await;
            let _ = tell.send(code);
            // Still here after this: the other thread is busy writing to somebody who does not read.
            tokio::time::sleep(GRACE).await;
            say_cursor(&last, says_cursor);
            stderr::exit(code);
        });
        Ok(Self { told, progress, says_cursor })
    }

    /// To be moved on as entries are printed.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Resolves when it is time to stop.
    pub(super) async fn told(self) -> ExitCode {
        // The sender lives as long as the process.
        let code = self.told.await.unwrap_or(1);
        say_cursor(&self.progress, self.says_cursor);
        ExitCode::from(code)
    }
}

fn say_cursor(progress: &Progress, says_cursor: bool) {
    if let Some(cursor) = *progress.0.lock()
        && says_cursor
    {
        say(format_args!("stopped; --since {cursor} goes on from here"));
    }
}
