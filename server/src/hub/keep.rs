//! Lets the log forget what need not be kept, for as long as the hub lives.

use std::sync::Arc;

use super::Hub;

/// Prunes every [`keep_every`](super::HubConfig::keep_every) until the hub is gone, unless everything is kept for ever.
pub(super) fn keep_within_bounds(hub: &Arc<Hub>) -> impl Future<Output = ()> + Send + 'static {
    let (keeps_all, period) = (hub.config.keep.is_forever(), hub.config.keep_every);
    let hub = Arc::downgrade(hub);
    async move {
        if keeps_all {
            return;
        }
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            loop {
                let Some(pruning) = hub.upgrade().map(|hub| hub.log.prune(hub.config.keep)) else { return };
                match pruning.await {
                    // Publishers come in between.
                    Ok(true) => tokio::task::yield_now().await,
                    Ok(false) => break,
                    Err(error) => {
                        tracing::error!(%error, "old entries could not be forgotten; trying again later");
                        break;
                    }
                }
            }
        }
    }
}
