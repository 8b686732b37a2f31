//! Real proxies between everybody and the server: reloaded, cutting what is held too long, and answering 502 while the
//! server behind them is killed and started again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::Bench;
use crate::front::{self, Front, Upstream};
use crate::load::{Load, Plan};
use crate::server::Server;

/// The longest time between two things that happen.
const CALM: Duration = Duration::from_millis(2500);
/// The longest time that the server is away.
const AWAY: Duration = Duration::from_millis(400);

pub(super) async fn nginx(bench: &mut Bench, upstream: Upstream) -> Result<Outcome> {
    if !front::is_there("nginx") {
        return Ok(Outcome::Skipped(
            "there is no nginx on PATH; on Debian: apt-get install nginx".to_owned(),
        ));
    }
    let mut server = bench.server()?;
    server.start().await?;
    let mut rng = bench.rng.fork();
    let front = front::nginx(server.address, upstream, bench.folder.path(), &mut rng).await?;
    under(bench, server, front).await
}

pub(super) async fn haproxy(bench: &mut Bench) -> Result<Outcome> {
    if !front::is_there("haproxy") {
        let why = "there is no haproxy on PATH; on Debian: apt-get install haproxy";
        return Ok(Outcome::Skipped(why.to_owned()));
    }
    let mut server = bench.server()?;
    server.start().await?;
    let mut rng = bench.rng.fork();
    let front = front::haproxy(server.address, bench.folder.path(), &mut rng).await?;
    under(bench, server, front).await
}

/// Load, and a reload or a kill now and then.
async fn under(bench: &mut Bench, mut server: Server, front: Front) -> Result<Outcome> {
    let (events, plan) = if bench.is_short { (6, Plan::new(true)) } else { (24, Plan::new(false)) };
    let mut rng = bench.rng.fork();
    let load = Load::start(&plan, &bench.program, server.address, front.address, &mut rng).await?;
    for event in 0..events {
        sleep(bench.time(CALM)).await;
        if event % 2 == 0 {
            front.reload().await?;
        } else {
            server.kill().await?;
            sleep(bench.time(AWAY)).await;
            server.start().await?;
        }
    }
    bench.deliver(&load.ledger, Instant::now()).await;
    Ok(Outcome::Ran(bench.settle(load, &mut server, events).await?))
}
