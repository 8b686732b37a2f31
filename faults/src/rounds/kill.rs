//! The server is killed at random moments, under load, and started again on the same port and log.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::Bench;
use crate::load::{Load, Plan};

/// The longest time between a start and the next kill.
const LIFE: Duration = Duration::from_millis(1200);
/// The longest time that the server is away.
const AWAY: Duration = Duration::from_millis(400);
/// One in so many stops is a polite one: SIGTERM, in which held polls are answered.
const POLITE: u8 = 8;

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let (kills, plan) = if bench.is_short { (5, Plan::new(true)) } else { (80, Plan::new(false)) };
    let mut server = bench.server()?;
    server.start().await?;
    let mut rng = bench.rng.fork();
    let load = Load::start(&plan, &bench.program, server.address, server.address, &mut rng).await?;
    let (mut killed, mut faults) = (0, 0);
    while killed < kills {
        sleep(bench.time(LIFE)).await;
        if bench.rng.u8(..POLITE) == 0 {
            server.stop().await?;
        } else {
            server.kill().await?;
            killed += 1;
        }
        faults += 1;
        sleep(bench.time(AWAY)).await;
        if bench.rng.u8(..POLITE) == 0 {
            // Once more, somewhere in its start.
            let open = server.spawn()?;
            sleep(bench.time(Duration::from_millis(40))).await;
            server.kill().await?;
            drop(open);
            faults += 1;
        }
        server.start().await?;
        if bench.rng.bool() {
            load.hurry();
        }
    }
    bench.deliver(&load.ledger, Instant::now()).await;
    Ok(Outcome::Ran(bench.settle(load, &mut server, faults).await?))
}
