//! The signals that end a process: SIGINT, SIGTERM and SIGHUP, for every command alike. They are handled rather than left
//! to the kernel's default, which does nothing for process 1 of a container.

use std::future::pending;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::stderr;

/// The signal that a write beyond `ulimit -f` raises; the number is the same on Linux (but MIPS), macOS and the BSDs.
const SIGXFSZ: i32 = 25;

/// Where the stop signals arrive.
pub(crate) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
    /// `None` under `nohup`, which is there to have it ignored.
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

    /// Waits for the next of them. The exit status that belongs to it: 128 and its number, as shells count.
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

/// Ends the process at the first signal, by a thread that nothing can keep from it.
pub(crate) fn exit_when_told() -> anyhow::Result<()> {
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
    // A handler that is once installed stays, and nobody has to hear what it says.
    signal(SignalKind::from_raw(SIGXFSZ)).map(drop).context("cannot listen for SIGXFSZ")
}

/// Whether whoever started this process had it ignore the signal. Only Linux says.
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (kind.as_raw_value() - 1) & 1 == 1
}
