//! Real reverse proxies between the clients and the server: reloaded, cutting long holds, and answering 502 while the
//! server is killed and restarted.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::context::RoundContext;
use crate::report::RoundResult;
use crate::reverse_proxy::Program;

/// The longest time between two faults.
const CALM: Duration = Duration::from_millis(2500);
/// The longest time for which the server is down.
const AWAY: Duration = Duration::from_millis(400);

pub(super) async fn run(context: &mut RoundContext, program: Program) -> Result<RoundResult> {
    if !program.is_installed() {
        let name = program.name();
        let why = format!("there is no {name} on PATH; on Debian: apt-get install {name}");
        return Ok(RoundResult::Skipped(why));
    }
    let mut server = context.start_server().await?;
    let mut rng = context.rng.fork();
    let proxy = program.start(server.address, context.folder.path(), &mut rng).await?;
    let events = context.size(6, 24);
    let plan = context.plan();
    let load = context.start_load(&plan, &server, proxy.address).await?;
    for event in 0..events {
        sleep(context.time(CALM)).await;
        if event % 2 == 0 {
            proxy.reload().await?;
        } else {
            server.kill().await?;
            sleep(context.time(AWAY)).await;
            server.start().await?;
        }
    }
    context.deliver(&load.ledger, Instant::now()).await;
    Ok(RoundResult::Ran(context.settle(load, &mut server, events).await?))
}
