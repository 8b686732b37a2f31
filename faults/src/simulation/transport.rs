//! Sends requests over the simulated network to the simulated server.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::future::{join, pending};
use tokio::time::{Instant, sleep, timeout_at};

use super::network::RequestFault;
use super::server::Run;
use super::world::World;

/// The result of a request.
pub(super) enum NetworkResult<T> {
    /// The server's response.
    Response(T),
    /// An error response of a gateway.
    Gateway(u16),
    /// No response, with the reason.
    Broken(&'static str),
}

/// Sends a request. The server executes `work` each time the request arrives.
pub(super) async fn request<T, F: Future<Output = T>>(
    world: &World,
    client: usize,
    rng: &mut Rng,
    work: impl Fn(Rc<Run>) -> F,
) -> NetworkResult<T> {
    let fault = world.network.draw_fault(rng);
    let (there, pick) = (rng.u64(1..60), rng.bool());
    // One of eight responses is slow, so that it may arrive after the response to a later request.
    let back = if rng.u8(0..8) == 0 { rng.u64(60..2000) } else { rng.u64(1..60) };
    sleep(Duration::from_millis(there)).await;
    if world.network.is_disconnected(client) {
        return if pick { NetworkResult::Broken("no route") } else { pending().await };
    }
    match fault {
        RequestFault::CutBefore => return NetworkResult::Broken("cut on the way there"),
        RequestFault::NoAnswer => return pending().await,
        RequestFault::Gateway { status, is_done: false } => return NetworkResult::Gateway(status),
        _ => {}
    }
    let Some(run) = world.server.run() else { return NetworkResult::Broken("connection refused") };
    let limit = world.network.idle_limit(client).unwrap_or(Duration::from_secs(3600));
    let limit = if let RequestFault::CutDuring(time) = fault { time.min(limit) } else { limit };
    let working = async {
        if matches!(fault, RequestFault::Duplicate) {
            let (first, second) = join(run.serve(work(run.clone())), run.serve(work(run.clone()))).await;
            return if pick { first } else { second };
        }
        run.serve(work(run.clone())).await
    };
    let done = match timeout_at(Instant::now() + limit, working).await {
        Err(_) => return NetworkResult::Broken("cut while held"),
        Ok(None) => return NetworkResult::Broken("the server is gone"),
        Ok(Some(done)) => done,
    };
    sleep(Duration::from_millis(back)).await;
    if world.network.is_disconnected(client) {
        return if pick { NetworkResult::Broken("no route back") } else { pending().await };
    }
    match fault {
        RequestFault::CutAfter => NetworkResult::Broken("cut on the way back"),
        RequestFault::Gateway { status, .. } => NetworkResult::Gateway(status),
        _ => NetworkResult::Response(done),
    }
}
