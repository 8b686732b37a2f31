//! Lets the log forget what need not be kept, and rooms that nobody fills, for as long as the hub lives.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use holdline_shared::RoomName;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Hub;
use crate::log::LogError;

/// The longest time between two looks for empty rooms. A look reads a line for each room.
const LONGEST_EXPIRY_PERIOD: Duration = Duration::from_secs(3600);
/// The shortest, for rooms that expire within seconds.
const SHORTEST_EXPIRY_PERIOD: Duration = Duration::from_millis(100);

/// Prunes, and removes empty rooms, until the hub is gone.
pub(super) fn keep_within_bounds(hub: &Arc<Hub>) -> impl Future<Output = ()> + Send + 'static {
    let (keeps_all, period) = (hub.config.keep.is_forever(), hub.config.keep_every);
    let expiry = hub.config.room_expiry;
    let hub = Arc::downgrade(hub);
    let to_prune = |hub: Arc<Hub>| hub.log.prune(hub.config.keep);
    let to_expire = |hub: Arc<Hub>| {
        let watching = Arc::downgrade(&hub);
        let is_in_use = move |room: &RoomName| watching.upgrade().is_some_and(|hub| hub.is_in_use(room));
        hub.log.expire_rooms(hub.config.room_expiry, Arc::new(is_in_use))
    };
    let expiry_period = (expiry / 8).clamp(SHORTEST_EXPIRY_PERIOD, LONGEST_EXPIRY_PERIOD);
    async move {
        let now = Instant::now();
        // After a start those who wait for a room need a moment to come back.
        let expiring = repeat(hub.clone(), now + expiry_period, expiry_period, to_expire);
        if keeps_all {
            expiring.await;
        } else {
            tokio::join!(expiring, repeat(hub, now, period, to_prune));
        }
    }
}

/// Works each `period`, as often as there is more to do, until the hub is gone.
async fn repeat(
    hub: Weak<Hub>,
    first: Instant,
    period: Duration,
    work: impl Fn(Arc<Hub>) -> BoxFuture<'static, Result<bool, LogError>>,
) {
    let mut ticks = interval_at(first, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            let Some(working) = hub.upgrade().map(&work) else { return };
            match working.await {
                // Publishers come in between.
                Ok(true) => tokio::task::yield_now().await,
                Ok(false) => break,
                Err(error) => {
                    let again = period.as_secs_f32();
                    tracing::error!(%error, "old entries could not be forgotten; trying again in {again} s");
                    break;
                }
            }
        }
    }
}

impl Hub {
    /// Whether somebody waits for a room or is there.
    fn is_in_use(&self, name: &RoomName) -> bool {
        self.attendance.count(name) > 0 || self.room(name).is_some_and(|room| room.is_waited_for())
    }
}
