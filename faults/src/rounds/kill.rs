//! The server is killed at random moments under load and restarted on the same port and log.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::context::RoundContext;
use crate::report::RoundResult;

/// The longest time between a start and the next kill.
const LIFE: Duration = Duration::from_millis(1200);
/// The longest time for which the server is down.
const AWAY: Duration = Duration::from_millis(400);
/// The number of stops of which one is graceful, by SIGTERM, so that held polls are answered.
const GRACEFUL_ONE_IN: u8 = 8;

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let kills = context.size(5, 80);
    let plan = context.plan();
    let mut server = context.start_server().await?;
    let load = context.start_load(&plan, &server, server.address).await?;
    let (mut killed, mut faults) = (0, 0);
    while killed < kills {
        sleep(context.time(LIFE)).await;
        if context.rng.u8(..GRACEFUL_ONE_IN) == 0 {
            server.stop().await?;
        } else {
            server.kill().await?;
            killed += 1;
        }
        faults += 1;
        sleep(context.time(AWAY)).await;
        if context.rng.u8(..GRACEFUL_ONE_IN) == 0 {
            // A second kill, during the start.
            let open = server.spawn()?;
            sleep(context.time(Duration::from_millis(40))).await;
            server.kill().await?;
            drop(open);
            faults += 1;
        }
        server.start().await?;
        if context.rng.bool() {
            load.retry_now();
        }
    }
    context.deliver(&load.ledger, Instant::now()).await;
    Ok(RoundResult::Ran(context.settle(load, &mut server, faults).await?))
}
