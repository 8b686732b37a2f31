//! Connections that are served by hyper and the router, as in any axum app.

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

use super::ServeConfig;
use super::admission::{ACCEPT_PAUSE, Admission, Seat, note_failed_accept, tune};
use super::boundary::Boundary;
use super::event_loop::Remote;
use super::exchange::{Exchange, Part, Turn};
use super::stall::StallRule;
use crate::http::HEAD_BYTES;
use crate::metrics::Metrics;

/// How long tokio may take to hear of a socket; one whose client does not read is served nevertheless.
const SETTLING: Duration = Duration::from_millis(20);

/// How long a request that only reads goes on after its client has closed its sending side. A script that closes early is
/// answered within that (`printf 'GET …' | nc -N`); a client that has vanished looks the same, and its held poll ends.
const HALF_CLOSED: Duration = Duration::from_secs(1);

/// Serves connections with hyper.
pub(super) struct Plain {
    app: Router,
    http: http1::Builder,
    head_timeout: Duration,
    idle_timeout: Duration,
    stall_rule: StallRule,
    stopped: watch::Receiver<bool>,
    /// Says by its being there that somebody is still served.
    serving: mpsc::Sender<()>,
    /// Rung when an event loop has failed.
    failed: Arc<Notify>,
}

/// A connection on its way to hyper, or back.
pub(super) struct Traveller {
    pub(super) stream: std::net::TcpStream,
    /// What was read of it and not yet answered.
    pub(super) first: Bytes,
    pub(super) seat: Seat,
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
        // What is longer than the buffer hyper refuses by itself; what fits into its last read the router does.
        http.max_buf_size(HEAD_BYTES).half_close(true);
        let stall_rule = StallRule::new(stall_timeout, metrics);
        Self { app, http, head_timeout, idle_timeout, stall_rule, stopped, serving, failed }
    }

    /// How long an idle connection is kept.
    pub(super) fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// How fast an answer has to be taken.
    pub(super) fn stall_rule(&self) -> StallRule {
        self.stall_rule.clone()
    }

    /// Lets the server end, because an event loop has failed: what accepts may be gone with it.
    pub(super) fn fail(&self) {
        self.failed.notify_one();
    }

    /// Something whose being there says that somebody is still served.
    pub(super) fn serving(&self) -> mpsc::Sender<()> {
        self.serving.clone()
    }

    /// Accepts until told to stop; the server ends if that panics.
    pub(super) async fn accept_until_stopped(
        self: Arc<Self>,
        listener: TcpListener,
        admission: Arc<Admission>,
    ) {
        let accepting = tokio::spawn(self.clone().accept(listener, admission));
        if accepting.await.is_err_and(|error| error.is_panic()) {
            tracing::error!("accepting has failed; the server stops");
            self.fail();
        }
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, admission: Arc<Admission>) {
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
            let Some(seat) = admission.enter() else {
                admission.refuse(|| Ok(stream));
                continue;
            };
            if let Err(error) = tune(&SockRef::from(&stream)) {
                tracing::debug!(%peer, %error, "the connection keeps the system's settings");
            }
            tokio::spawn(self.clone().serve(stream, Bytes::new(), seat, None));
        }
    }

    /// Takes a connection over from an event loop; if it has a home there, it goes back when a request for it comes.
    pub(super) async fn take_over(self: Arc<Self>, traveller: Traveller, home: Option<Arc<Remote>>) {
        let Traveller { stream, first, seat } = traveller;
        match TcpStream::from_std(stream) {
            Ok(stream) => {
                // Tokio has yet to hear that the socket takes bytes. Hyper must not try before: when an answer is still in
                // its buffer and the next request is wrong, it asserts that it may begin another one (`can_write_head`
                // in 1.12.0), and without assertions mixes the two. A socket that is really full may go on after a while.
                let _ = timeout(SETTLING, stream.writable()).await;
                self.serve(stream, first, seat, home).await;
            }
            Err(error) => tracing::debug!(%error, "a connection was lost between two hands"),
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, first: Bytes, seat: Seat, home: Option<Arc<Remote>>) {
        let ended = self.converse(stream, first, home.is_some()).await;
        match (ended, home) {
            (Ok(Some((stream, first))), Some(home)) => home.send(Traveller { stream, first, seat }),
            (Ok(_), _) => {}
            (Err(error), _) => tracing::debug!(%error, "connection ended"),
        }
    }

    /// Serves requests until the connection ends, or until one comes that is an event loop's.
    async fn converse(
        &self,
        stream: TcpStream,
        first: Bytes,
        has_home: bool,
    ) -> Result<Option<(std::net::TcpStream, Bytes)>, Box<dyn std::error::Error + Send + Sync>> {
        let exchange = Arc::<Exchange>::default();
        let peer = stream.peer_addr().ok().map(ConnectInfo);
        let service = service_fn(|mut request: Request<Incoming>| {
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            // At once, and not when hyper first polls the future: it may read on for the body before that.
            let (app, turn) = (self.app.clone(), Turn::begin(&exchange, request.method()));
            let request = request.map(|body| Body::new(Part::request(body, turn.clone())));
            async move {
                let response = app.oneshot(request).await?;
                Ok::<_, std::convert::Infallible>(response.map(|body| Part::answer(body, turn)))
            }
        });
        let io = Boundary::new(stream, first, exchange.clone(), has_home, self.stall_rule());
        let mut connection = self.http.serve_connection(io, service);
        let mut stopped = self.stopped.clone();
        let stop = stopped.wait_for(|&stopped| stopped);
        tokio::pin!(stop);
        let mut is_stopping = false;
        let mut limit = TimeLimit::new(self.head_timeout, self.idle_timeout);
        let served = poll_fn(|context| {
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
                // Only now that hyper has read what there is: it would close a connection on which nothing was asked.
                if is_stopping || stop.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                is_stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        });
        if !served.await? {
            return Ok(None);
        }
        let parts = connection.into_parts();
        let (stream, next) = parts.io.into_parts();
        // Hyper has read nothing beyond the last request, or it is what this is the rest of.
        let mut first = BytesMut::from(&*parts.read_buf);
        first.extend_from_slice(&next);
        Ok(Some((stream.into_std()?, first.freeze())))
    }
}

/// The time limit of a connection: for being idle, for sending a head, and for waiting on a client that has closed its
/// sending side. Nearly every limit is called off long before its time, so the timer stays where it is when a limit ends
/// later than that, and is set again only when it goes off too early.
struct TimeLimit {
    head: Duration,
    idle: Duration,
    current: Option<(Limited, Instant)>,
    timer: Pin<Box<Sleep>>,
}

/// The state of a connection that has a time limit, and the number of the exchange that it is in.
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

    /// Ready when the time is over for what the connection does.
    fn poll(&mut self, exchange: &Exchange, context: &mut Context<'_>) -> Poll<()> {
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
