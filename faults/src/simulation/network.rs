//! The simulated network: delays, cuts at any point, responses that are lost after the request was executed, duplicated
//! requests, gateway errors, paths that cut long holds, partitions.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

/// The fault of one request.
pub(super) enum RequestFault {
    None,
    CutBefore,
    CutDuring(Duration),
    CutAfter,
    Duplicate,
    Gateway { status: u16, is_done: bool },
    NoAnswer,
}

/// The state of all network paths.
pub(super) struct Network {
    /// The percentage of requests with a fault.
    pub(super) fault_percent: Cell<u8>,
    paths: RefCell<Vec<Path>>,
}

#[derive(Clone, Default)]
struct Path {
    /// The end of a partition.
    disconnected_until: Option<Instant>,
    /// The time after which held requests are cut.
    idle_limit: Option<Duration>,
}

impl Network {
    pub(super) fn new(clients: usize) -> Self {
        Self { fault_percent: Cell::new(10), paths: RefCell::new(vec![Path::default(); clients]) }
    }

    /// Ends all faults.
    pub(super) fn end_faults(&self) {
        self.fault_percent.set(0);
        self.paths.borrow_mut().fill(Path::default());
    }

    pub(super) fn disconnect(&self, client: usize, time: Duration) {
        self.paths.borrow_mut()[client].disconnected_until = Some(Instant::now() + time);
    }

    pub(super) fn limit_hold(&self, client: usize, limit: Duration) {
        self.paths.borrow_mut()[client].idle_limit = Some(limit);
    }

    pub(super) fn is_disconnected(&self, client: usize) -> bool {
        self.paths.borrow()[client].disconnected_until.is_some_and(|until| Instant::now() < until)
    }

    pub(super) fn idle_limit(&self, client: usize) -> Option<Duration> {
        self.paths.borrow()[client].idle_limit
    }

    pub(super) fn draw_fault(&self, rng: &mut Rng) -> RequestFault {
        if rng.u8(0..100) >= self.fault_percent.get() {
            return RequestFault::None;
        }
        match rng.u8(0..8) {
            0 => RequestFault::CutBefore,
            1 => RequestFault::CutDuring(Duration::from_millis(rng.u64(0..30))),
            2 => RequestFault::CutDuring(Duration::from_millis(rng.u64(0..20_000))),
            3 | 4 => RequestFault::CutAfter,
            5 => RequestFault::Duplicate,
            6 => RequestFault::Gateway { status: [502, 503, 504][rng.usize(0..3)], is_done: rng.bool() },
            _ => RequestFault::NoAnswer,
        }
    }
}
