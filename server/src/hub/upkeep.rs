//! The hub's periodic work besides retention, as long as the hub lives.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::room_presence;
use super::state::HubState;

/// The time between two calls of [`fill_buckets`](crate::metrics::Metrics::fill_buckets), in which a busy server records some ten
/// thousand values.
const METRICS_PERIOD: Duration = Duration::from_secs(5);

/// Updates presence as long as the hub lives.
pub(super) fn keep_presence(
    state: &Arc<HubState>,
    grace: Duration,
) -> impl Future<Output = ()> + Send + 'static {
    let state = Arc::downgrade(state);
    async move {
        let mut ticks = tokio::time::interval(room_presence::PAUSE / 2);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(state) = state.upgrade() else { return };
            state.presence.tick(grace);
        }
    }
}

/// Keeps the memory of metrics within bounds for as long as the hub lives.
pub(super) fn keep_metrics(state: &Arc<HubState>) -> impl Future<Output = ()> + Send + 'static {
    let state = Arc::downgrade(state);
    async move {
        loop {
            tokio::time::sleep(METRICS_PERIOD).await;
            let Some(state) = state.upgrade() else { return };
            state.metrics.fill_buckets();
        }
    }
}
