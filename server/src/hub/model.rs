//! The wait logic under a model checker. The real `room`, `waiters`, `watch`, `wait`, `held` and `follow` are compiled
//! here a second time, with loom's locks and atomics under them, and loom runs every order in which two or three threads can do
//! their steps (with at most three interruptions, two where there are three threads, or it would take minutes).
//!
//! What is left out: time (it never comes, so that a lost wake-up is a thread that sleeps for ever, which loom reports as
//! a deadlock), presence, the log below, and the few lines of [`Hub`] that are written again here.

#![expect(clippy::duplicate_mod, reason = "the same files over other locks are the point")]

#[path = "bells.rs"]
mod bells;
#[path = "follow.rs"]
mod follow;
#[path = "held.rs"]
#[expect(dead_code, reason = "time, and clients that go away, are left out")]
mod held;
#[path = "lists.rs"]
mod lists;
#[path = "pace.rs"]
mod pace;
#[path = "room.rs"]
#[expect(dead_code, reason = "not everything that a room does is waiting")]
mod room;
mod sync;
mod visit;
#[path = "wait.rs"]
mod wait;
#[path = "waiters.rs"]
mod waiters;
#[path = "watch.rs"]
mod watch;

mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::task::Waker;

use holdline_shared::{RoomName, Seq};

use self::room::Room;
use self::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, RwLock};
use self::waiters::Place;
use super::HubConfig;

/// What of the hub its waiting needs.
struct Hub {
    config: HubConfig,
    head: AtomicU64,
    rooms: RwLock<HashMap<RoomName, Arc<Room>>>,
    by_head: Mutex<BTreeMap<Seq, Arc<Room>>>,
    forgotten: AtomicU64,
    everything: Arc<Room>,
    is_closing: AtomicBool,
    held: AtomicUsize,
    recent_bytes: AtomicUsize,
}

impl Hub {
    fn new(config: HubConfig) -> Self {
        Self {
            config,
            head: AtomicU64::new(0),
            rooms: RwLock::default(),
            by_head: Mutex::new(BTreeMap::new()),
            forgotten: AtomicU64::new(0),
            everything: Arc::new(Room::everything(Seq::START)),
            is_closing: AtomicBool::new(false),
            held: AtomicUsize::new(0),
            recent_bytes: AtomicUsize::new(0),
        }
    }

    fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
        self.everything.wake();
        let rooms: Vec<_> = self.rooms.read().values().cloned().collect();
        for room in &rooms {
            room.wake();
        }
    }

    fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::SeqCst)
    }

    fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    #[expect(clippy::unused_self, reason = "as the hub has it")]
    fn join_presence(&self, _: &RoomName, _: Option<Place>, _: &Waker) -> Option<Place> {
        None
    }

    #[expect(clippy::unused_self, reason = "as the hub has it")]
    fn quit_presence(&self, _: &RoomName, _: Place) {}

    fn room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.read().get(name).cloned()
    }
}
