//! The signals that end a process: SIGINT, SIGTERM and SIGHUP, for every command. They are handled, because the kernel
//! ignores the defaults for process 1 of a container.

use std::future::pending;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::stderr;

/// The signal that the kernel sends for a write beyond `ulimit -f`; 25 on Linux (except MIPS), macOS and the BSDs.
const SIGXFSZ: i32 = 25;

/// Receives the stop signals.
pub(crate) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
    /// The signal of a lost terminal; `None` under `nohup`, which ignores it.
    hangup: Option<Signal>,
}

impl StopSignals {
    /// Handles the signals from now on. Needs a runtime.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let listen =
            |kind: SignalKind, name: &str| signal(kind).with_context(|| format!("cannot listen for {name}"));
        let is_nohup = is_ignored(SignalKind::hangup());
        Ok(Self {
            interrupt: listen(SignalKind::interrupt(), "SIGINT")?,
            terminate: listen(SignalKind::terminate(), "SIGTERM")?,
            hangup: (!is_nohup).then(|| listen(SignalKind::hangup(), "SIGHUP")).transpose()?,
        })
    }

    /// Waits for the next signal. Returns its exit status: 128 and the signal's number, as in shells.
    pub(crate) async fn next(&mut self) -> u8 {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = hangup => 129,
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// Ends the process at the first signal, on a thread of its own that nothing can block.
pub(crate) fn exit_on_signal() -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("no async runtime")?;
    let mut signals = {
        let _context = runtime.enter();
        StopSignals::listen()?
    };
    let waiting = move || stderr::exit(runtime.block_on(signals.next()));
    std::thread::Builder::new().name("holdline-signals".to_owned()).spawn(waiting).context("no thread")?;
    Ok(())
}

/// Makes a write beyond the limit on file sizes fail, as on a full disk, instead of ending the process.
pub(crate) fn survive_file_size_limit() -> anyhow::Result<()> {
    // The handler stays installed; its notifications are not needed.
    signal(SignalKind::from_raw(SIGXFSZ)).map(drop).context("cannot listen for SIGXFSZ")
}

/// Whether the parent process set this signal to be ignored. Only Linux reports that.
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (kind.as_raw_value() - 1) & 1 == 1
}
