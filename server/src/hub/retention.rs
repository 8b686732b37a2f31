//! Retention: prunes old entries and removes empty rooms, as long as the hub lives.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use holdline_shared::RoomName;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::config::HubConfig;
use super::state::HubState;
use crate::log::{Log, LogError};

/// The longest time between two searches for empty rooms. A search reads a row for each room.
const LONGEST_EXPIRY_PERIOD: Duration = Duration::from_secs(3600);
/// The shortest time between two searches, for rooms that expire within seconds.
const SHORTEST_EXPIRY_PERIOD: Duration = Duration::from_millis(100);

/// Prunes, and removes empty rooms, until the hub is gone.
pub(super) fn retain(
    log: &Arc<dyn Log>,
    state: &Arc<HubState>,
    config: &HubConfig,
) -> impl Future<Output = ()> + Send + 'static {
    let (keep, period, idle) = (config.keep, config.keep_every, config.room_expiry);
    let hub = (Arc::downgrade(log), Arc::downgrade(state));
    let prune = move |log: Arc<dyn Log>, _| log.prune(keep);
    let expire = move |log: Arc<dyn Log>, state: Weak<HubState>| {
        let is_in_use = move |name: &RoomName| {
            let room = state.upgrade().and_then(|state| state.rooms.find(name));
            room.is_some_and(|room| room.is_in_use())
        };
        log.expire_rooms(idle, Arc::new(is_in_use))
    };
    let expiry_period = (idle / 8).clamp(SHORTEST_EXPIRY_PERIOD, LONGEST_EXPIRY_PERIOD);
    async move {
        let now = Instant::now();
        // After a start, clients that wait for a room need a moment to come back.
        let expiring = repeat(hub.clone(), now + expiry_period, expiry_period, expire);
        if keep.is_forever() {
            expiring.await;
        } else {
            tokio::join!(expiring, repeat(hub, now, period, prune));
        }
    }
}

/// Works each `period`, as often as more is left to do, until the hub is gone.
async fn repeat(
    (log, state): (Weak<dyn Log>, Weak<HubState>),
    first: Instant,
    period: Duration,
    work: impl Fn(Arc<dyn Log>, Weak<HubState>) -> BoxFuture<'static, Result<bool, LogError>>,
) {
    let mut ticks = interval_at(first, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            // The hub's state is gone with the hub; the log may have other owners.
            let Some(log) = log.upgrade().filter(|_| state.strong_count() > 0) else { return };
            match work(log, state.clone()).await {
                // Lets publishers come in between.
                Ok(true) => tokio::task::yield_now().await,
                Ok(false) => break,
                Err(error) => {
                    let again = period.as_secs_f32();
                    tracing::error!(%error, "old entries could not be pruned; trying again in {again} s");
                    break;
                }
            }
        }
    }
}
