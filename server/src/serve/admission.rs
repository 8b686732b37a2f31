//! Who may come in: as many connections as there may be; others are told to come back.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::metrics::Metrics;
use crate::repeated_line::RepeatedLine;

/// A client that takes no byte of its answer for this long is cut off by the kernel, at least. Our own rule, which counts whom it
/// cuts off and lets slow readers live, has to come first: a kernel that is asked for a little now and then takes far longer
/// than one window to hear that some of it was taken.
const STUCK_READER: Duration = Duration::from_secs(150);
/// What the kernel holds for a client that does not read: it takes twice as much, its own bookkeeping included, where it
/// would take up to 4 MiB by itself. Enough for a megabyte a second across an ocean.
const SEND_BUFFER: usize = 128 * 1024;
/// A silent connection is probed after this long, so that clients that vanished are noticed while a poll is held.
const KEEPALIVE: Duration = Duration::from_secs(45);
/// After an accept that failed, most likely for want of file descriptors.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Counts connections.
pub(super) struct Admission {
    most: usize,
    connections: Arc<AtomicUsize>,
    refusals: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
}

/// One connection's place, given back by dropping it.
#[derive(Debug)]
pub(super) struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn take(seats: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let taken = seats
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| (taken < most).then_some(taken + 1));
        taken.ok().map(|_| Self(seats.clone()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
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

impl Admission {
    pub(super) fn new(most: usize, metrics: Arc<Metrics>) -> Self {
        let connections = Arc::default();
        metrics.watch_connections(&connections);
        Self { most, connections, refusals: Arc::default(), metrics }
    }

    /// A place for one more connection, unless there are as many as may be.
    pub(super) fn enter(&self) -> Option<Seat> {
        let seat = Seat::take(&self.connections, self.most)?;
        self.metrics.connections.increment();
        Some(seat)
    }

    /// Answers without having read, then reads what the client still sends: closing at once would take the answer away.
    /// Beyond a number of these at once, connections are closed without a word.
    pub(super) fn refuse(&self, stream: impl FnOnce() -> io::Result<TcpStream> + Send + 'static) {
        static LINE: RepeatedLine = RepeatedLine::new();
        self.metrics.connections_refused.increment();
        if let Some(times) = LINE.count(1) {
            tracing::warn!(times, most = self.most, "connections were refused: as many are open as may be");
        }
        let Some(seat) = Seat::take(&self.refusals, REFUSALS) else { return };
        tokio::spawn(async move {
            let told = async {
                let mut stream = stream()?;
                stream.write_all(FULL).await?;
                stream.shutdown().await?;
                tokio::io::copy(&mut stream.take(1 << 16), &mut tokio::io::sink()).await
            };
            // A client that does not listen is no loss.
            let _ = timeout(REFUSAL_TIME, told).await;
            drop(seat);
        });
    }
}

/// Says in the server's own log that a connection could not be accepted.
pub(super) fn note_failed_accept(error: &io::Error) {
    static LINE: RepeatedLine = RepeatedLine::new();
    if let Some(times) = LINE.count(1) {
        tracing::warn!(%error, times, "connections could not be accepted; trying again");
    }
}

/// Answers leave at once, little is held for those who do not read, and dead or stuck peers are noticed by the kernel. On a listening socket it holds, on Linux,
/// for every connection that it accepts.
pub(super) fn tune(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
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

    #[test]
    fn a_seat_is_given_back() {
        let metrics = Arc::<Metrics>::default();
        let admission = Admission::new(1, metrics.clone());
        let seat = admission.enter();
        assert!(seat.is_some() && admission.enter().is_none());
        drop(seat);
        assert!(admission.enter().is_some());
    }
}
