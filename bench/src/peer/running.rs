//! A peer's process: started on its cores, ready when it accepts connections, stopped by its id when dropped or on a signal.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::start::Start;
use crate::process;

/// The time limit for a start, also with a log of ten million entries.
const START: Duration = Duration::from_secs(60);
/// The time that a process has to end by itself.
const STOP: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(10);

/// The running peers, to be stopped on a signal.
static ALL: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// A started peer.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    id: Pid,
    pub(crate) address: SocketAddr,
}

impl Running {
    /// Starts a peer on its cores and waits until it accepts connections. Its output goes to `output.log` in its folder.
    pub(crate) fn start(mut command: Command, address: SocketAddr, start: &Start<'_>) -> Result<Self> {
        let log = start.folder.join("output.log");
        let output = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        // A child inherits the cores of the thread that starts it.
        process::pin(start.cores)?;
        let child = command.spawn();
        process::pin(start.own_cores)?;
        let child = child.with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let id = Pid::from_child(&child);
        all(|all| all.push(id));
        let mut running = Self { child, id, address };
        running.wait_until_open(&log)?;
        Ok(running)
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait_until_open(&mut self, log: &Path) -> Result<()> {
        let end = Instant::now() + START;
        while TcpStream::connect(self.address).is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || Instant::now() > end {
                let words = std::fs::read_to_string(log).unwrap_or_default();
                bail!("the server did not open: {words}");
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only if it has ended by itself.
        kill_process(self.id, Signal::TERM).unwrap_or_default();
        let end = Instant::now() + STOP;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > end {
                self.child.kill().unwrap_or_default();
                self.child.wait().map(drop).unwrap_or_default();
                break;
            }
            thread::sleep(LOOK);
        }
        all(|all| all.retain(|id| *id != self.id));
    }
}

/// Stops all running peers.
pub(crate) fn stop_all() {
    all(|all| {
        for id in all.drain(..) {
            kill_process(id, Signal::TERM).unwrap_or_default();
        }
    });
}

fn all(change: impl FnOnce(&mut Vec<Pid>)) {
    change(&mut ALL.lock().unwrap_or_else(PoisonError::into_inner));
}
