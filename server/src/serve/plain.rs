//! Connections that are served by hyper and the router, as in any axum app.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::{Bytes, BytesMut};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::timeout;
use tower::ServiceExt;

use super::admission::{ACCEPT_PAUSE, Admission, Seat, tune};
use super::boundary::{Boundary, Exchange, Part, Turn};
use super::event_loop::Remote;

/// Longest head of a request, in bytes; hyper answers 431 beyond it.
const HEAD_BYTES: usize = 32 * 1024;

/// How long tokio may take to hear of a socket; one whose client does not read is served nevertheless.
const SETTLING: Duration = Duration::from_millis(20);

/// Serves connections with hyper.
pub(super) struct Plain {
    app: Router,
    http: http1::Builder,
    head_timeout: Duration,
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
        head_timeout: Duration,
        stopped: watch::Receiver<bool>,
        serving: mpsc::Sender<()>,
        failed: Arc<Notify>,
    ) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(head_timeout).max_buf_size(HEAD_BYTES);
        Self { app, http, head_timeout, stopped, serving, failed }
    }

    /// How long an idle connection is kept.
    pub(super) fn head_timeout(&self) -> Duration {
        self.head_timeout
    }

    /// Lets the server end, because an event loop has failed: what accepts may be gone with it.
    pub(super) fn fail(&self) {
        self.failed.notify_one();
    }

    /// Something whose being there says that somebody is still served.
    pub(super) fn serving(&self) -> mpsc::Sender<()> {
        self.serving.clone()
    }

    /// Accepts until told to stop.
    pub(super) async fn accept(self: Arc<Self>, listener: TcpListener, admission: Arc<Admission>) {
        let mut stopped = self.stopped.clone();
        loop {
            let accepted = tokio::select! {
                _ = stopped.wait_for(|&stopped| stopped) => return,
                accepted = listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted; trying again");
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
        let exchange = has_home.then(Arc::<Exchange>::default);
        let peer = stream.peer_addr().ok().map(ConnectInfo);
        let service = service_fn(|mut request: Request<Incoming>| {
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            // At once, and not when hyper first polls the future: it may read on for the body before that.
            let (app, turn) = (self.app.clone(), exchange.as_ref().map(Turn::begin));
            let request = request.map(|body| Body::new(Part::request(body, turn.clone())));
            async move {
                let response = app.oneshot(request).await?;
                Ok::<_, std::convert::Infallible>(response.map(|body| Part::answer(body, turn)))
            }
        });
        let io = Boundary::new(stream, first, exchange.clone());
        let mut connection = self.http.serve_connection(io, service);
        let mut stopped = self.stopped.clone();
        let stop = stopped.wait_for(|&stopped| stopped);
        tokio::pin!(stop);
        let mut is_stopping = false;
        let served = poll_fn(|context| {
            loop {
                if let Poll::Ready(ended) = Pin::new(&mut connection).poll(context) {
                    return Poll::Ready(ended.map(|()| false));
                }
                if exchange.as_ref().is_some_and(|exchange| exchange.is_over()) {
                    return Poll::Ready(Ok(true));
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
