//! Connections that hyper and the router serve, like those of any axum app.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::{Bytes, BytesMut};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower::ServiceExt;

use super::config::ServeConfig;
use super::connection_limit::{ConnectionLimit, ConnectionPermit, tune};
use super::exchange::{ExchangeGuard, ExchangeState, TrackedBody};
use super::failed_accept::{ACCEPT_PAUSE, note_failed_accept};
use super::handoff::Handoff;
use super::handoff_io::HandoffIo;
use super::loop_handle::{Command, LoopHandle};
use super::stall::StallRule;
use crate::http::HEAD_BYTES;
use crate::metrics::Metrics;

/// The longest wait for tokio to learn that a socket is writable. A connection whose client does not read is
/// served nevertheless.
const SETTLING: Duration = Duration::from_millis(20);

/// The time for which a safe request continues after its client has closed its sending side. A script that
/// closes early (`printf 'GET …' | nc -N`) is answered within this time; a vanished client looks the same,
/// and its held poll ends.
const HALF_CLOSED: Duration = Duration::from_secs(1);

/// Serves connections with hyper.
pub(super) struct Plain {
    app: Router,
    http: http1::Builder,
    head_timeout: Duration,
    idle_timeout: Duration,
    stall_rule: StallRule,
    stopped: watch::Receiver<bool>,
    /// Cloned for each event loop; `serve` waits until all clones are dropped.
    serving: mpsc::Sender<()>,
    /// Notified when an event loop has failed.
    failed: Arc<Notify>,
}

impl Plain {
    pub(super) fn new(
        app: Router,
        config: &ServeConfig,
        metrics: Arc<Metrics>,
        stopped: watch::Receiver<bool>,
        serving: mpsc::Sender<()>,
        failed: Arc<Notify>,
    ) -> Self {
        let &ServeConfig { head_timeout, idle_timeout, stall_timeout, .. } = config;
        let mut http = http1::Builder::new();
        // Hyper would make a timer for each request; `TimeLimit` keeps one for each connection.
        http.header_read_timeout(None);
        // Hyper refuses a head that is longer than the buffer; the router refuses one that fits only into the
        // last read.
        http.max_buf_size(HEAD_BYTES).half_close(true);
        let stall_rule = StallRule::new(stall_timeout, metrics);
        Self { app, http, head_timeout, idle_timeout, stall_rule, stopped, serving, failed }
    }

    /// The time after which an idle connection is closed.
    pub(super) fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// The rule for clients that read too slowly.
    pub(super) fn stall_rule(&self) -> StallRule {
        self.stall_rule.clone()
    }

    /// Notes that an event loop has failed, and accepting perhaps with it, so that the server ends.
    pub(super) fn fail(&self) {
        self.failed.notify_one();
    }

    /// The sender that an event loop keeps until its end; `serve` waits for that.
    pub(super) fn serving(&self) -> mpsc::Sender<()> {
        self.serving.clone()
    }

    /// Accepts connections until told to stop; a panic ends the server.
    pub(super) async fn accept_until_stopped(
        self: Arc<Self>,
        listener: TcpListener,
        connection_limit: Arc<ConnectionLimit>,
    ) {
        let accepting = tokio::spawn(self.clone().accept(listener, connection_limit));
        if accepting.await.is_err_and(|error| error.is_panic()) {
            tracing::error!("accepting has failed; the server stops");
            self.fail();
        }
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, connection_limit: Arc<ConnectionLimit>) {
        let mut stopped = self.stopped.clone();
        loop {
            let accepted = tokio::select! {
                _ = stopped.wait_for(|&stopped| stopped) => return,
                accepted = listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    note_failed_accept(&error);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let permit = match connection_limit.acquire(peer.ip()) {
                Ok(permit) => permit,
                Err(refused) => {
                    connection_limit.refuse(refused, || Ok(stream));
                    continue;
                }
            };
            if let Err(error) = tune(&SockRef::from(&stream)) {
                tracing::debug!(%peer, %error, "the connection keeps the system's settings");
            }
            tokio::spawn(self.clone().serve(stream, Bytes::new(), permit, None));
        }
    }

    /// Adopts a connection from an event loop. With a handle, the connection goes back when a request for the
    /// loop comes.
    pub(super) async fn adopt(self: Arc<Self>, handoff: Handoff, event_loop: Option<Arc<LoopHandle>>) {
        let Handoff { stream, first, permit } = handoff;
        match TcpStream::from_std(stream) {
            Ok(stream) => {
                // Tokio does not know yet that the socket is writable. Hyper must not write before: if an
                // answer is still in its buffer and the next request is invalid, it asserts that it may begin
                // another answer (`can_write_head` in 1.12.0), and without assertions mixes the two. If the
                // socket is really full, serving continues after a moment.
                let _ = timeout(SETTLING, stream.writable()).await;
                self.serve(stream, first, permit, event_loop).await;
            }
            Err(error) => tracing::debug!(%error, "a connection was lost in a hand-over"),
        }
    }

    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        first: Bytes,
        permit: ConnectionPermit,
        event_loop: Option<Arc<LoopHandle>>,
    ) {
        let ended = self.drive(stream, first, event_loop.is_some()).await;
        match (ended, event_loop) {
            (Ok(Some((stream, first))), Some(event_loop)) => {
                event_loop.send(Command::Adopt(Handoff { stream, first, permit }));
            }
            (Ok(_), _) => {}
            (Err(error), _) => tracing::debug!(%error, "connection ended"),
        }
    }

    /// Serves requests until the connection ends, or until a request for an event loop comes.
    async fn drive(
        &self,
        stream: TcpStream,
        first: Bytes,
        has_event_loop: bool,
    ) -> Result<Option<(std::net::TcpStream, Bytes)>, Box<dyn std::error::Error + Send + Sync>> {
        let exchange = Arc::<ExchangeState>::default();
        let peer = stream.peer_addr().ok().map(ConnectInfo);
        let service = service_fn(|mut request: Request<Incoming>| {
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            // The exchange begins here, and not when hyper first polls the future: hyper may read more of the body
            // before that.
            let (app, guard) = (self.app.clone(), ExchangeGuard::begin(&exchange, request.method()));
            let request = request.map(|body| Body::new(TrackedBody::request(body, guard.clone())));
            async move {
                let response = app.oneshot(request).await?;
                Ok::<_, std::convert::Infallible>(response.map(|body| TrackedBody::answer(body, guard)))
            }
        });
        let io = HandoffIo::new(stream, first, exchange.clone(), has_event_loop, self.stall_rule());
        let mut connection = self.http.serve_connection(io, service);
        let mut stopped = self.stopped.clone();
        let stop = stopped.wait_for(|&stopped| stopped);
        tokio::pin!(stop);
        let mut is_stopping = false;
        let mut limit = TimeLimit::new(self.head_timeout, self.idle_timeout);
        let is_handed_over = poll_fn(|context| {
            loop {
                if let Poll::Ready(ended) = Pin::new(&mut connection).poll(context) {
                    return Poll::Ready(ended.map(|()| false));
                }
                if exchange.is_over() {
                    return Poll::Ready(Ok(true));
                }
                if limit.poll(&exchange, context).is_ready() {
                    return Poll::Ready(Ok(false));
                }
                // The graceful shutdown begins only after hyper has had a chance to read: it closes idle connections at once.
                if is_stopping || stop.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                is_stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        });
        if !is_handed_over.await? {
            return Ok(None);
        }
        let parts = connection.into_parts();
        let (stream, next) = parts.io.into_parts();
        // Hyper has read nothing beyond the last request, or `next` follows what it has read.
        let mut first = BytesMut::from(&*parts.read_buf);
        first.extend_from_slice(&next);
        Ok(Some((stream.into_std()?, first.freeze())))
    }
}

/// The time limit of a connection: for being idle, for sending a head, and for a client that has closed its
/// sending side. Nearly every limit is lifted long before it is reached, so the timer stays unchanged when a
/// limit moves to a later time, and is set again only after it has fired too early.
struct TimeLimit {
    head: Duration,
    idle: Duration,
    current: Option<(Limited, Instant)>,
    timer: Pin<Box<Sleep>>,
}

/// The state in which a connection has a time limit, with the number of its exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limited {
    Idle(u32),
    Head(u32),
    HalfClosed(u32),
}

impl TimeLimit {
    fn new(head: Duration, idle: Duration) -> Self {
        Self { head, idle, current: None, timer: Box::pin(sleep(idle)) }
    }

    /// Is ready when the time limit of the connection's present state has passed.
    fn poll(&mut self, exchange: &ExchangeState, context: &mut Context<'_>) -> Poll<()> {
        let number = exchange.number();
        let (limited, limit) = if exchange.is_between() {
            (Limited::Idle(number), self.idle)
        } else if exchange.is_in_head() {
            (Limited::Head(number), self.head)
        } else if exchange.is_half_closed() {
            (Limited::HalfClosed(number), HALF_CLOSED)
        } else {
            return Poll::Pending;
        };
        let end = match self.current {
            Some((known, end)) if known == limited => end,
            _ => Instant::now() + limit,
        };
        self.current = Some((limited, end));
        if end < self.timer.deadline() {
            self.timer.as_mut().reset(end);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= end {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(end);
        }
        Poll::Pending
    }
}
