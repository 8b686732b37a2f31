//! A faulty proxy: reads whole requests and injects a random fault into each. Dropping it stops it.

mod fault;
mod relay;
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use fastrand::Rng;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use self::fault::Fault;

/// A running proxy.
pub(crate) struct FaultyProxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    _accepting: JoinSet<()>,
}

/// The state that all connections share.
struct Shared {
    server: SocketAddr,
    rng: Mutex<Rng>,
    is_stopped: AtomicBool,
    faults: AtomicUsize,
}

impl FaultyProxy {
    /// Starts a proxy in front of `server`.
    pub(crate) async fn start(server: SocketAddr, rng: &mut Rng) -> Result<Self> {
        let listener = TcpListener::bind(crate::server::free_address(rng)?).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            server,
            rng: Mutex::new(rng.fork()),
            is_stopped: AtomicBool::new(false),
            faults: AtomicUsize::new(0),
        });
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, shared.clone()));
        Ok(Self { address, shared, _accepting: accepting })
    }

    /// Injects no more faults.
    pub(crate) fn stop_faults(&self) {
        self.shared.is_stopped.store(true, Ordering::Relaxed);
    }

    /// The number of faults so far.
    pub(crate) fn faults(&self) -> usize {
        self.shared.faults.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Chooses the fault of the next request.
    fn draw(&self, path: &[u8]) -> Fault {
        if self.is_stopped.load(Ordering::Relaxed) {
            return Fault::None;
        }
        let fault = Fault::draw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner));
        if matches!(fault, Fault::Truncate(_)) && path.starts_with(b"/subscribe") {
            // The classic route's cookie moves with the head of the response; it does not promise that the body
            // arrives, too.
            return Fault::DropAnswer;
        }
        if fault != Fault::None {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        fault
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((client, _)) = accepted {
                    connections.spawn(serve(client, shared.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one client's connection until either side closes it. Errors on it are intended.
async fn serve(mut client: TcpStream, shared: Arc<Shared>) {
    if client.set_nodelay(true).is_err() {
        return;
    }
    while let Ok(Some(request)) = wire::read_request(&mut client).await {
        let fault = shared.draw(request.path());
        if !matches!(relay::relay(&mut client, &request, fault, shared.server).await, Ok(true)) {
            return;
        }
    }
}
