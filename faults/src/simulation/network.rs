//! The network between everyone and the server: delays, cuts at any point, answers that are lost after the work was done,
//! requests that arrive twice, gateways with their own errors, paths that cut what is held too long, partitions.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use fastrand::Rng;
use futures_util::future::{join, pending};
use tokio::time::{Instant, sleep, timeout_at};

use super::server::Run;
use super::world::World;

/// What became of a request.
pub(super) enum Heard<T> {
    /// The server's answer.
    Answer(T),
    /// A gateway's.
    Gateway(u16),
    /// None.
    Broken(&'static str),
}

/// What happens to one request.
enum Fate {
    Fine,
    CutBefore,
    CutDuring(Duration),
    CutAfter,
    Twice,
    Gateway { status: u16, is_done: bool },
    Silence,
}

/// The state of all paths.
pub(super) struct Network {
    /// Of a hundred requests, how many meet a fault.
    pub(super) weather: Cell<u8>,
    paths: RefCell<Vec<Path>>,
}

#[derive(Clone, Default)]
struct Path {
    /// Nothing goes through before this.
    parted_until: Option<Instant>,
    /// What is held longer than this is cut.
    idle_limit: Option<Duration>,
}

impl Network {
    pub(super) fn new(clients: usize) -> Self {
        Self { weather: Cell::new(10), paths: RefCell::new(vec![Path::default(); clients]) }
    }

    /// Everything goes through from now on.
    pub(super) fn calm(&self) {
        self.weather.set(0);
        self.paths.borrow_mut().fill(Path::default());
    }

    pub(super) fn part(&self, client: usize, time: Duration) {
        self.paths.borrow_mut()[client].parted_until = Some(Instant::now() + time);
    }

    pub(super) fn limit(&self, client: usize, limit: Duration) {
        self.paths.borrow_mut()[client].idle_limit = Some(limit);
    }

    fn is_parted(&self, client: usize) -> bool {
        self.paths.borrow()[client].parted_until.is_some_and(|until| Instant::now() < until)
    }

    fn idle_limit(&self, client: usize) -> Option<Duration> {
        self.paths.borrow()[client].idle_limit
    }

    fn fate(&self, rng: &mut Rng) -> Fate {
        if rng.u8(0..100) >= self.weather.get() {
            return Fate::Fine;
        }
        match rng.u8(0..8) {
            0 => Fate::CutBefore,
            1 => Fate::CutDuring(Duration::from_millis(rng.u64(0..30))),
            2 => Fate::CutDuring(Duration::from_millis(rng.u64(0..20_000))),
            3 | 4 => Fate::CutAfter,
            5 => Fate::Twice,
            6 => Fate::Gateway { status: [502, 503, 504][rng.usize(0..3)], is_done: rng.bool() },
            _ => Fate::Silence,
        }
    }
}

/// Sends a request; `work` is what the server does with it each time that it arrives.
pub(super) async fn request<T, F: Future<Output = T>>(
    world: &World,
    client: usize,
    rng: &mut Rng,
    work: impl Fn(std::rc::Rc<Run>) -> F,
) -> Heard<T> {
    let fate = world.network.fate(rng);
    let (there, pick) = (rng.u64(1..60), rng.bool());
    // One in eight comes back on a slow way, so that what was asked later is answered earlier.
    let back = if rng.u8(0..8) == 0 { rng.u64(60..2000) } else { rng.u64(1..60) };
    sleep(Duration::from_millis(there)).await;
    if world.network.is_parted(client) {
        return if pick { Heard::Broken("no route") } else { pending().await };
    }
    match fate {
        Fate::CutBefore => return Heard::Broken("cut on the way there"),
        Fate::Silence => return pending().await,
        Fate::Gateway { status, is_done: false } => return Heard::Gateway(status),
        _ => {}
    }
    let Some(run) = world.server.run() else { return Heard::Broken("connection refused") };
    let limit = world.network.idle_limit(client).unwrap_or(Duration::from_secs(3600));
    let limit = if let Fate::CutDuring(time) = fate { time.min(limit) } else { limit };
    let working = async {
        if matches!(fate, Fate::Twice) {
            let (first, second) = join(run.serve(work(run.clone())), run.serve(work(run.clone()))).await;
            return if pick { first } else { second };
        }
        run.serve(work(run.clone())).await
    };
    let done = match timeout_at(Instant::now() + limit, working).await {
        Err(_) => return Heard::Broken("cut while held"),
        Ok(None) => return Heard::Broken("the server is gone"),
        Ok(Some(done)) => done,
    };
    sleep(Duration::from_millis(back)).await;
    if world.network.is_parted(client) {
        return if pick { Heard::Broken("no route back") } else { pending().await };
    }
    match fate {
        Fate::CutAfter => Heard::Broken("cut on the way back"),
        Fate::Gateway { status, .. } => Heard::Gateway(status),
        _ => Heard::Answer(done),
    }
}
