//! Real reverse proxies between the clients and the server: reloaded, cutting long holds, and answering 502 while the
//! server is killed and restarted.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::context::RoundContext;
use crate::report::RoundResult;
use crate::reverse_proxy::{self, ReverseProxy, Upstream};
use crate::server::Server;

/// The longest time between two faults.
const CALM: Duration = Duration::from_millis(2500);
/// The longest time for which the server is down.
const AWAY: Duration = Duration::from_millis(400);

pub(super) async fn nginx(context: &mut RoundContext, upstream: Upstream) -> Result<RoundResult> {
    if !reverse_proxy::is_installed("nginx") {
        return Ok(RoundResult::Skipped(
            "there is no nginx on PATH; on Debian: apt-get install nginx".to_owned(),
        ));
    }
    let server = context.start_server().await?;
    let mut rng = context.rng.fork();
    let proxy = reverse_proxy::nginx(server.address, upstream, context.folder.path(), &mut rng).await?;
    run(context, server, proxy).await
}

pub(super) async fn haproxy(context: &mut RoundContext) -> Result<RoundResult> {
    if !reverse_proxy::is_installed("haproxy") {
        let why = "there is no haproxy on PATH; on Debian: apt-get install haproxy";
        return Ok(RoundResult::Skipped(why.to_owned()));
    }
    let server = context.start_server().await?;
    let mut rng = context.rng.fork();
    let proxy = reverse_proxy::haproxy(server.address, context.folder.path(), &mut rng).await?;
    run(context, server, proxy).await
}

/// Runs the load while the proxy is reloaded and the server killed.
async fn run(context: &mut RoundContext, mut server: Server, proxy: ReverseProxy) -> Result<RoundResult> {
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
