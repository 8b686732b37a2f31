//! Serves a hub on listeners, and stops in order.
//!
//! Our own event loops ([`event_loop`]) serve polls, at a few hundred bytes per connection; hyper and the
//! router ([`plain`]) serve all other requests. A connection is handed to hyper, with the input read so far,
//! at its first request of another kind, and comes back at the next poll.

mod admin_socket;
mod config;
mod connection_limit;
mod connection_refusal;
mod end_output;
mod event_loop;
mod exchange;
mod failed_accept;
mod fast_path;
mod handoff;
mod handoff_io;
mod loop_handle;
mod plain;
mod stall;

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::timeout;

pub use self::admin_socket::{AdminSocket, AdminSocketError};
pub use self::config::{STALL_BYTES, ServeConfig};
use self::connection_limit::ConnectionLimit;
pub(crate) use self::fast_path::{FastPoll, HeaderSlots};
use self::loop_handle::Command;
use self::plain::Plain;
use crate::api::App;
#[cfg(feature = "outgoing-hooks")]
use crate::hooks::Deliveries;
use crate::http::routes;
use crate::hub::Hub;

/// Serves the hub's router on all listeners until `stop` resolves; then stops accepting, answers every held
/// poll, lets other requests finish, and returns once all connections are closed or `stop_timeout` has
/// passed. Connections that hyper still serves then end with the runtime. Returns before `stop`, in the same
/// order, if an event loop, the hub or its log has failed.
pub async fn serve(
    listeners: Vec<TcpListener>,
    hub: Arc<Hub>,
    config: ServeConfig,
    stop: impl Future<Output = ()>,
) {
    let loops = config.event_loops.unwrap_or_else(cores);
    let app = App::new(hub, config.http.clone());
    run(listeners, routes(app.clone()), app, config, loops, stop).await;
}

/// Serves an app of which [`router`](crate::router) is a part, like [`serve`]. Polls are served like all
/// other requests, so that the app's layers apply to them too.
pub async fn serve_router(
    listeners: Vec<TcpListener>,
    app: Router,
    hub: Arc<Hub>,
    config: ServeConfig,
    stop: impl Future<Output = ()>,
) {
    let own = App::new(hub, config.http.clone());
    run(listeners, app, own, config, 0, stop).await;
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn usable<L>(listener: io::Result<L>) -> Option<L> {
    listener.inspect_err(|error| tracing::error!(%error, "a listener cannot be used")).ok()
}

async fn run(
    listeners: Vec<TcpListener>,
    router: Router,
    app: App,
    config: ServeConfig,
    event_loops: usize,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    // Each transport holds a sender; when all are gone, so is every connection.
    let (serving, mut all_ended) = mpsc::channel::<()>(1);
    let hub = app.hub.clone();
    let connection_limit = Arc::new(ConnectionLimit::new(&config, hub.metrics().clone()));
    let failed = Arc::new(Notify::new());
    // Ends with this function, after the last request.
    #[cfg(feature = "outgoing-hooks")]
    let _deliveries = Deliveries::start(&hub, config.http.hook_hosts.clone());
    if let Some(socket) = config.admin_socket.clone() {
        let own = routes(app.clone());
        tokio::spawn(admin_socket::serve(socket, own, stopped.clone(), serving.clone()));
    }
    let metrics = hub.metrics().clone();
    let plain = Arc::new(Plain::new(router, &config, metrics, stopped, serving, failed.clone()));
    // Taken from tokio, which would otherwise wake up for every connection that an event loop accepts.
    let listeners: Vec<_> = listeners.into_iter().filter_map(|one| usable(one.into_std())).collect();
    let loops = event_loop::start(event_loops, &listeners, &app, &connection_limit, &plain);
    let loops = loops.unwrap_or_else(|error| {
        tracing::warn!(%error, "no event loop could be started; polls are served like every other request");
        Vec::new()
    });
    if loops.is_empty() {
        for listener in listeners.into_iter().filter_map(|one| usable(TcpListener::from_std(one))) {
            tokio::spawn(plain.clone().accept_until_stopped(listener, connection_limit.clone()));
        }
    } else {
        // The loops have their own copies and close them when they drain; after that, nobody must wait in a
        // backlog.
        drop(listeners);
    }
    drop(plain);
    tokio::select! { () = stop => {}, () = failed.notified() => {}, () = hub.failed() => {} }
    // Fails only if every connection has ended already.
    let _ = stopping.send(true);
    // Before the loops are told, so that all their later answers announce the close of the connection.
    hub.close();
    for one in &loops {
        one.send(Command::Drain);
    }
    if timeout(config.stop_timeout, all_ended.recv()).await.is_err() {
        tracing::warn!("some requests took too long to finish and were cut");
        for one in &loops {
            one.send(Command::Abort);
        }
    }
}
