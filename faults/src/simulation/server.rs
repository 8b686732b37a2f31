//! The simulated server process: runs, is killed, stops gracefully, restarts from the disk.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use holdline_server::hub::{Hub, HubConfig};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::disk::Disk;
use super::random::fork;
use super::simulated_log::SimulatedLog;
use super::trace::Trace;

/// The memory of recent entries, so small that polls often have to be answered from the log.
const RECENT_BYTES: usize = 1500;

/// The server, running or not.
pub(super) struct Server {
    seed: u64,
    disk: Rc<Disk>,
    trace: Rc<Trace>,
    runs: Cell<usize>,
    run: RefCell<Option<Rc<Run>>>,
}

/// A run of the server, from start to end.
pub(super) struct Run {
    pub(super) hub: Arc<Hub>,
    log: Arc<SimulatedLog>,
    writer: AbortHandle,
    is_over: Cell<bool>,
    over: Notify,
}

impl Server {
    pub(super) fn new(seed: u64, disk: Rc<Disk>, trace: Rc<Trace>) -> Self {
        Self { seed, disk, trace, runs: Cell::new(0), run: RefCell::default() }
    }

    pub(super) fn is_up(&self) -> bool {
        self.run.borrow().is_some()
    }

    /// The current run; `None` while the server is down.
    pub(super) fn run(&self) -> Option<Rc<Run>> {
        self.run.borrow().clone()
    }

    /// The number of starts.
    pub(super) fn runs(&self) -> usize {
        self.runs.get()
    }

    pub(super) async fn start(&self) {
        self.runs.set(self.runs.get() + 1);
        let log = Arc::new(SimulatedLog::open(&self.disk, fork(self.seed, "log", self.runs.get())));
        let mut config = HubConfig::default();
        config.recent_bytes = RECENT_BYTES;
        let Ok(hub) = Hub::open_with(log.clone(), config).await else { return };
        let writer = tokio::task::spawn_local(log.clone().write(self.disk.clone())).abort_handle();
        self.trace.add(
            "server",
            format_args!("starts at {} of incarnation {}", hub.head(), self.disk.incarnation()),
        );
        let run = Run { hub, log, writer, is_over: Cell::new(false), over: Notify::new() };
        *self.run.borrow_mut() = Some(Rc::new(run));
    }

    /// `kill -9`.
    pub(super) fn kill(&self) {
        if let Some(run) = self.run.take() {
            self.trace.add("server", "killed");
            run.end(&self.disk);
        }
    }

    /// SIGTERM: no new requests, held polls are answered, writes are finished.
    pub(super) async fn stop(&self) {
        if let Some(run) = self.run.take() {
            self.trace.add("server", "stops");
            run.hub.close();
            sleep(Duration::from_millis(500)).await;
            run.end(&self.disk);
        }
    }
}

impl Run {
    /// Executes `work`; `None` if the server dies meanwhile.
    pub(super) async fn serve<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let over = self.over.notified();
        if self.is_over.get() {
            return None;
        }
        tokio::select! {
            biased;
            () = over => None,
            done = work => Some(done),
        }
    }

    fn end(&self, disk: &Disk) {
        self.is_over.set(true);
        self.writer.abort();
        self.log.crash(disk);
        self.over.notify_waiters();
    }
}
