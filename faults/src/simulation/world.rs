//! Everything that the actors share, and what the seed decided about the run as a whole.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::RoomName;
use tokio::time::Instant;

use super::disk::Disk;
use super::network::Network;
use super::record::{Record, Sent};
use super::server::Server;
use super::trace::Trace;

/// A rule that is broken on purpose, to see that the verdict notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Entries are shown to subscribers before they are durable.
    ShowBeforeDurable,
    /// A publisher takes another key when it repeats itself.
    ForgetKey,
    /// A subscriber goes on from "now" after its connection broke.
    ForgetCursor,
    /// A new room is polled only once its history is there.
    HistoryBeforePoll,
    /// An answer's entries are shown as they come, without asking the machine what is new.
    ShowAll,
    /// A publish is acknowledged before it is durable.
    AcknowledgeEarly,
}

/// How large the run is.
pub(super) struct Plan {
    pub(super) publishers: usize,
    pub(super) subscribers: usize,
    pub(super) messages: usize,
    pub(super) rooms: Vec<RoomName>,
}

/// The world of one run.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) sabotage: Option<Sabotage>,
    pub(super) plan: Plan,
    pub(super) trace: Rc<Trace>,
    pub(super) disk: Rc<Disk>,
    pub(super) server: Server,
    pub(super) network: Network,
    /// What each publisher knows.
    pub(super) sent: RefCell<Vec<Sent>>,
    /// What each subscriber knows.
    pub(super) records: Vec<RefCell<Record>>,
    pub(super) has_panicked: Cell<bool>,
    begin: Instant,
}

impl World {
    pub(super) fn new(seed: u64, sabotage: Option<Sabotage>) -> Rc<Self> {
        let mut rng = fork(seed, "plan", 0);
        let rooms = ["lobby", "tea", "coffee", "late"];
        let plan = Plan {
            publishers: rng.usize(1..5),
            subscribers: rng.usize(2..7),
            messages: rng.usize(4..25),
            rooms: rooms.iter().filter_map(|name| name.parse().ok()).collect(),
        };
        let trace = Rc::new(Trace::new());
        let disk = Rc::new(Disk::new(&plan.rooms, sabotage));
        let records = (0..plan.subscribers).map(|_| RefCell::default()).collect();
        Rc::new(Self {
            seed,
            sabotage,
            server: Server::new(seed, disk.clone(), trace.clone()),
            network: Network::new(plan.publishers + plan.subscribers),
            plan,
            trace,
            disk,
            sent: RefCell::default(),
            records,
            has_panicked: Cell::new(false),
            begin: Instant::now(),
        })
    }

    /// Since the beginning of the run.
    pub(super) fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Dice of its own for everyone, so that nobody's throws depend on who comes first.
    pub(super) fn rng(&self, who: &str, number: usize) -> Rng {
        fork(self.seed, who, number)
    }

    /// Nothing breaks any more, and the server is there.
    pub(super) async fn calm(&self) {
        self.trace.say("chaos", "over");
        self.network.calm();
        self.disk.is_full.set(false);
        if !self.server.is_up() {
            self.server.start().await;
        }
    }

    /// Whether every subscriber has come to the end of the log, in every room that it is in.
    pub(super) fn all_seen(&self) -> bool {
        let entries = self.disk.entries(self.disk.life());
        self.records.iter().all(|record| record.borrow().has_all(self.disk.life(), &entries))
    }
}

/// Dice from the seed for one purpose.
pub(super) fn fork(seed: u64, who: &str, number: usize) -> Rng {
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
    for byte in who.bytes().chain(number.to_le_bytes()) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }
    Rng::with_seed(state)
}
