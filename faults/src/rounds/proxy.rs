//! A proxy of ours between everybody and the server, which does to two of five requests the worst that proxies do.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use super::Outcome;
use super::bench::Bench;
use crate::load::{Load, Plan};
use crate::proxy::Proxy;

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let (time, plan) = if bench.is_short { (8, Plan::new(true)) } else { (50, Plan::new(false)) };
    let mut server = bench.server()?;
    server.start().await?;
    let mut rng = bench.rng.fork();
    let proxy = Proxy::start(server.address, &mut rng).await?;
    let load = Load::start(&plan, &bench.program, server.address, proxy.address, &mut rng).await?;
    bench.deliver(&load.ledger, Instant::now() + Duration::from_secs(time)).await;
    proxy.calm();
    let faults = proxy.faults();
    Ok(Outcome::Ran(bench.settle(load, &mut server, faults).await?))
}
