//! Lets the log forget what need not be kept, for as long as the hub lives.

use std::sync::Arc;

use super::Hub;

/// Begins, unless everything is kept for ever.
pub(super) fn spawn(hub: &Arc<Hub>) {
    if hub.config.keep.is_forever() {
        return;
    }
    let period = hub.config.keep_every;
    let hub = Arc::downgrade(hub);
    tokio::spawn(async move {
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
    });
}
