//! The state that all actors share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use super::disk::Disk;
use super::mutation::Mutation;
use super::network::Network;
use super::plan::LoadPlan;
use super::random::fork;
use super::records::{Hearing, PublisherRecord, SubscriberRecord};
use super::server::Server;
use super::trace::Trace;

/// The state of one run.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) mutation: Option<Mutation>,
    pub(super) plan: LoadPlan,
    pub(super) trace: Rc<Trace>,
    pub(super) disk: Rc<Disk>,
    pub(super) server: Server,
    pub(super) network: Network,
    /// The record of each publisher.
    pub(super) sent: RefCell<Vec<PublisherRecord>>,
    /// The record of each subscriber.
    pub(super) records: Vec<RefCell<SubscriberRecord>>,
    /// The entries of the private room that members were told of.
    pub(super) hearings: RefCell<Vec<Hearing>>,
    pub(super) has_panicked: Cell<bool>,
    begin: Instant,
}

impl World {
    pub(super) fn new(seed: u64, mutation: Option<Mutation>) -> Rc<Self> {
        let plan = LoadPlan::of(seed);
        let trace = Rc::new(Trace::new());
        let disk = Rc::new(Disk::new(plan.first_drafts(), mutation));
        let records = (0..plan.subscribers).map(|_| RefCell::default()).collect();
        Rc::new(Self {
            seed,
            mutation,
            server: Server::new(seed, disk.clone(), trace.clone()),
            network: Network::new(plan.clients()),
            plan,
            trace,
            disk,
            sent: RefCell::default(),
            records,
            hearings: RefCell::default(),
            has_panicked: Cell::new(false),
            begin: Instant::now(),
        })
    }

    /// The time since the start of the run.
    pub(super) fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    /// A random generator for one actor, so that its numbers do not depend on the order of actors.
    pub(super) fn rng(&self, who: &str, number: usize) -> Rng {
        fork(self.seed, who, number)
    }

    /// Ends all faults and starts the server if it is down.
    pub(super) async fn end_faults(&self) {
        self.trace.add("chaos", "over");
        self.network.end_faults();
        self.disk.is_full.set(false);
        if !self.server.is_up() {
            self.server.start().await;
        }
    }

    /// Whether every subscriber has reached the end of the log in all of its rooms.
    pub(super) fn all_seen(&self) -> bool {
        let entries = self.disk.entries(self.disk.incarnation());
        self.records.iter().all(|record| record.borrow().has_all(self.disk.incarnation(), &entries))
    }
}
