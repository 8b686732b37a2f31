//! Serving a hub on listeners: the accept loops, the time-outs that hyper can set, and an orderly stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::http::router;
use crate::hub::Hub;

/// How to treat connections.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Connections at once; further ones are told to come back and closed.
    pub max_connections: usize,
    /// How long a client may take for a request's head, and how long an idle connection is kept.
    pub head_timeout: Duration,
    /// How long after the stop requests may still take before they are cut.
    pub stop_timeout: Duration,
}

impl Default for ServeConfig {
    /// 16,384 connections, 60 s, 5 s.
    fn default() -> Self {
        Self {
            max_connections: 16_384,
            head_timeout: Duration::from_secs(60),
            stop_timeout: Duration::from_secs(5),
        }
    }
}

/// A client that takes no byte of its answer for this long is cut off.
const STUCK_READER: Duration = Duration::from_secs(30);
/// A silent connection is probed after this long, so that clients that vanished are noticed while a poll is held.
const KEEPALIVE: Duration = Duration::from_secs(45);
/// Longest head of a request, in bytes; hyper answers 431 beyond it.
const HEAD_BYTES: usize = 32 * 1024;
/// After an accept that failed, most likely for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the hub's router on all listeners until `stop` resolves; then stops accepting, answers every held poll,
/// lets other requests finish, and returns once all connections are gone or `stop_timeout` is over.
pub async fn serve(
    listeners: Vec<TcpListener>,
    hub: Arc<Hub>,
    config: ServeConfig,
    stop: impl Future<Output = ()>,
) {
    serve_router(listeners, router(hub.clone()), hub, config, stop).await;
}

/// The same for an app of which [`router`] is a part.
pub async fn serve_router(
    listeners: Vec<TcpListener>,
    app: Router,
    hub: Arc<Hub>,
    config: ServeConfig,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    let permits = Arc::new(Semaphore::new(config.max_connections));
    let accepting: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            let accept = Accept {
                listener,
                app: app.clone(),
                permits: permits.clone(),
                head_timeout: config.head_timeout,
            };
            tokio::spawn(accept.run(stopped.clone()))
        })
        .collect();
    stop.await;
    // Receivers are gone only if every accept loop is.
    let _ = stopping.send(true);
    hub.close();
    let connections = async {
        for accept in accepting {
            if let Ok(connections) = accept.await {
                connections.shutdown().await;
            }
        }
    };
    if timeout(config.stop_timeout, connections).await.is_err() {
        tracing::warn!("some requests took too long to finish and were cut");
    }
}

/// One accept loop.
struct Accept {
    listener: TcpListener,
    app: Router,
    permits: Arc<Semaphore>,
    head_timeout: Duration,
}

impl Accept {
    /// Accepts until told to stop; answers the connections that are still open.
    async fn run(self, mut stopped: watch::Receiver<bool>) -> GracefulShutdown {
        let connections = GracefulShutdown::new();
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.head_timeout).max_buf_size(HEAD_BYTES);
        loop {
            let accepted = tokio::select! {
                _ = stopped.wait_for(|&stopped| stopped) => return connections,
                accepted = self.listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted; trying again");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Ok(permit) = self.permits.clone().try_acquire_owned() else {
                // Beyond this many at once they are closed without a word.
                if let Ok(permit) = refusals.clone().try_acquire_owned() {
                    tokio::spawn(async move {
                        refuse(stream).await;
                        drop(permit);
                    });
                }
                continue;
            };
            if let Err(error) = tune(&stream) {
                tracing::debug!(%peer, %error, "the connection keeps the system's settings");
            }
            let service = TowerToHyperService::new(self.app.clone());
            let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%peer, %error, "connection ended");
                }
                drop(permit);
            });
        }
    }
}

/// Connections that are being refused at once.
const REFUSALS: usize = 64;
/// How long a refused client may take to notice.
const REFUSAL_TIME: Duration = Duration::from_secs(2);
/// What a client is told for which there is no place.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\n\
    cache-control: no-store\r\nconnection: close\r\ncontent-length: 177\r\n\r\n\
    {\"type\":\"urn:holdline:problem:overloaded\",\"title\":\"The server is full\",\"status\":503,\"code\":\"overloaded\",\
    \"detail\":\"there are as many connections as there may be; come back soon\"}";

/// Answers without having read, then reads what the client still sends: closing at once would take the answer away.
async fn refuse(mut stream: TcpStream) {
    let told = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(1 << 16), &mut tokio::io::sink()).await
    };
    // A client that does not listen is no loss.
    let _ = timeout(REFUSAL_TIME, told).await;
}

/// Answers leave at once, and dead or stuck peers are noticed by the kernel.
fn tune(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(STUCK_READER))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdline_shared::{Problem, ProblemCode};

    #[test]
    fn the_refusal_is_a_valid_answer() {
        let (head, body) = std::str::from_utf8(FULL).unwrap().split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{} bytes", body.len());
        let problem: Problem = serde_json::from_str(body).unwrap();
        assert_eq!(problem, Problem::new(ProblemCode::Overloaded, problem.detail.clone()));
    }
}
