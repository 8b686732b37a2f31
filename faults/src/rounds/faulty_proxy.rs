//! A faulty proxy of ours between the clients and the server, which breaks two of five requests in all the ways of real
//! proxies.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use super::context::RoundContext;
use crate::faulty_proxy::FaultyProxy;
use crate::report::RoundResult;

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let time = context.size(8, 50);
    let plan = context.plan();
    let mut server = context.start_server().await?;
    let mut rng = context.rng.fork();
    let proxy = FaultyProxy::start(server.address, &mut rng).await?;
    let load = context.start_load(&plan, &server, proxy.address).await?;
    context.deliver(&load.ledger, Instant::now() + Duration::from_secs(time)).await;
    proxy.stop_faults();
    let faults = proxy.faults();
    Ok(RoundResult::Ran(context.settle(load, &mut server, faults).await?))
}
