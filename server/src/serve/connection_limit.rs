//! The limits on open connections, of all clients and of each visitor. Further clients are told to retry, and closed.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use holdline_shared::{Problem, ProblemCode};
use metrics::Counter;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::config::ServeConfig;
use crate::api::{HttpConfig, network};
use crate::http::protection_lines;
use crate::leases::{Lease, Leases};
use crate::metrics::Metrics;
use crate::repeated_line::RepeatedLine;

/// `TCP_USER_TIMEOUT`: the kernel closes the connection of a client that takes no byte of its answer for this
/// long. Longer than the stall rule's window, because that rule counts the clients that it cuts off, and
/// spares slow readers: a kernel with little to send takes far longer than one window to find out that some
/// of it was taken.
const STUCK_READER: Duration = Duration::from_secs(150);
/// The send buffer of a connection, in bytes. The kernel doubles it for its own bookkeeping; by default it
/// would buffer up to 4 MiB for a client that does not read. Enough for a megabyte a second across an ocean.
const SEND_BUFFER: usize = 128 * 1024;
/// The idle time after which the kernel probes a connection, so that vanished clients are noticed while a
/// poll is held.
const KEEPALIVE: Duration = Duration::from_secs(45);
/// The pause after a failed accept, which most likely lacked file descriptors.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Counts connections.
pub(super) struct ConnectionLimit {
    most: usize,
    connections: Arc<AtomicUsize>,
    of_visitors: Leases<IpAddr>,
    /// Says which peers are proxies.
    http: HttpConfig,
    refusals: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
    refused_by_visitor: Counter,
}

/// The permit of one connection, given back by dropping it.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    _of_all: Permit,
    _of_visitor: Lease,
}

/// One of a bounded number of permits, given back by dropping it.
#[derive(Debug)]
struct Permit(Arc<AtomicUsize>);

impl Permit {
    fn take(count: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let taken = count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| (taken < most).then_some(taken + 1));
        taken.ok().map(|_| Self(count.clone()))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The limit that a new connection has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Visitor,
}

impl Full {
    fn problem(self) -> Problem {
        match self {
            Self::Server => Problem::new(
                ProblemCode::Overloaded,
                "there are as many connections as there may be; come back soon",
            ),
            Self::Visitor => Problem::new(
                ProblemCode::RateLimited,
                "there are as many connections from your network as there may be (limit visitor-connections); come back soon",
            ),
        }
    }
}

/// The number of connections that are being refused at once.
const REFUSALS: usize = 64;
/// The time in which a refused client may notice.
const REFUSAL_TIME: Duration = Duration::from_secs(2);
/// The time in which a refused client has to send the first line of its request.
const FIRST_LINE_TIME: Duration = Duration::from_secs(1);
/// The number of bytes of the first line that are examined.
const FIRST_LINE: usize = 8 * 1024;
/// The value of `Retry-After`, in seconds.
const RETRY_AFTER: u64 = 5;

/// The response to a client beyond the limit, depending on the first line of its request. An `EventSource`
/// reconnects only after a 200.
fn refusal(full: Full, first_line: &[u8]) -> String {
    let problem = full.problem();
    // A problem is made of strings and numbers; encoding it cannot fail.
    let json = serde_json::to_string(&problem).unwrap_or_default();
    let (status, kind, body) = if asks_for_events(first_line) {
        let event = format!("retry: {}\nevent: problem\ndata: {json}\n\n", RETRY_AFTER * 1000);
        ("200 OK", "text/event-stream\r\nx-accel-buffering: no", event)
    } else {
        let retry_after = "application/problem+json\r\nretry-after: 5";
        let status = match full {
            Full::Server => "503 Service Unavailable",
            Full::Visitor => "429 Too Many Requests",
        };
        (status, retry_after, json)
    };
    let protection = protection_lines();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncache-control: no-store\r\n{protection}connection: close\r\n\
         content-length: {}\r\ndate: {}\r\n\r\n{body}",
        body.len(),
        httpdate::fmt_http_date(SystemTime::now()),
    )
}

/// Whether the request is `GET …/api/v1/events`, under any prefix.
fn asks_for_events(first_line: &[u8]) -> bool {
    let Some(target) = first_line.strip_prefix(b"GET ") else { return false };
    let path = target.split(|byte| matches!(byte, b' ' | b'?' | b'\r' | b'\n')).next().unwrap_or_default();
    path.ends_with(b"/api/v1/events")
}

/// Reads at least to the end of the first line, or as much as comes in time.
async fn read_first_line(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let reading = async {
        while !read.contains(&b'\n') && read.len() < FIRST_LINE {
            if stream.read_buf(&mut read).await? == 0 {
                break;
            }
        }
        Ok::<_, io::Error>(())
    };
    timeout(FIRST_LINE_TIME, reading).await.unwrap_or(Ok(()))?;
    Ok(read)
}

impl ConnectionLimit {
    pub(super) fn new(config: &ServeConfig, metrics: Arc<Metrics>) -> Self {
        let (connections, http) = (Arc::default(), config.http.clone());
        metrics.watch_connections(&connections);
        Self {
            most: config.max_connections,
            connections,
            of_visitors: Leases::new(http.limits.visitor_connections),
            http,
            refusals: Arc::default(),
            refused_by_visitor: metrics.refused_by_limit("visitor-connections"),
            metrics,
        }
    }

    /// Acquires a permit, unless a limit is reached. This machine and proxies are no visitors.
    pub(super) fn acquire(&self, peer: IpAddr) -> Result<ConnectionPermit, Full> {
        let peer = peer.to_canonical();
        let visitor = (!peer.is_loopback() && !self.http.trusts(peer)).then(|| network(peer));
        let of_visitor = self.of_visitors.acquire(visitor.as_ref()).ok_or(Full::Visitor)?;
        let of_all = Permit::take(&self.connections, self.most).ok_or(Full::Server)?;
        self.metrics.connections.increment(1);
        Ok(ConnectionPermit { _of_all: of_all, _of_visitor: of_visitor })
    }

    /// Refuses a connection: answers once the first line is read, then drains the client's input, because an
    /// immediate close could discard the answer. If too many refusals are in progress, closes the connection
    /// without an answer.
    pub(super) fn refuse(&self, full: Full, stream: impl FnOnce() -> io::Result<TcpStream> + Send + 'static) {
        static LINE: RepeatedLine = RepeatedLine::new();
        self.metrics.connections_refused.increment(1);
        if full == Full::Visitor {
            self.refused_by_visitor.increment(1);
        }
        if let Some(times) = LINE.count(1) {
            tracing::warn!(
                times,
                most = self.most,
                of_visitor = self.of_visitors.most(),
                "connections were refused: as many are open as may be"
            );
        }
        let Some(permit) = Permit::take(&self.refusals, REFUSALS) else { return };
        tokio::spawn(async move {
            let answered = async {
                let mut stream = stream()?;
                let first_line = read_first_line(&mut stream).await?;
                stream.write_all(refusal(full, &first_line).as_bytes()).await?;
                stream.shutdown().await?;
                tokio::io::copy(&mut stream.take(1 << 16), &mut tokio::io::sink()).await
            };
            // A client that does not read loses only its refusal.
            let _ = timeout(REFUSAL_TIME, answered).await;
            drop(permit);
        });
    }
}

/// Warns in the server's own log that a connection could not be accepted.
pub(super) fn note_failed_accept(error: &io::Error) {
    static LINE: RepeatedLine = RepeatedLine::new();
    if let Some(times) = LINE.count(1) {
        tracing::warn!(%error, times, "connections could not be accepted; trying again");
    }
}

/// Disables Nagle's algorithm, bounds the send buffer, and lets the kernel detect dead and stuck peers. On Linux, accepted
/// connections inherit these options from the listener.
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
    use std::net::Ipv4Addr;

    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn only_streams_of_events_are_refused_with_a_200() {
        for (line, is_stream) in [
            ("GET /api/v1/events?room=lobby HTTP/1.1\r\n", true),
            ("GET /chat/api/v1/events HTTP/1.1\r\nHost: a", true),
            ("GET /api/v1/events?room=caf", true),
            ("POST /api/v1/events HTTP/1.1\r\n", false),
            ("GET /api/v1/eventss HTTP/1.1\r\n", false),
            ("GET /api/v1/poll?x=/api/v1/events HTTP/1.1\r\n", false),
            ("GET / HTTP/1.1\r\nx: GET /api/v1/events", false),
            ("", false),
        ] {
            let answer = refusal(Full::Server, line.as_bytes());
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert_eq!(head.starts_with("HTTP/1.1 200 "), is_stream, "{line}: {head}");
            assert!(
                head.contains(&format!("content-length: {}", body.len())) && head.contains("\r\ndate: "),
                "{head}"
            );
            assert!(head.contains(protection_lines().trim_end()), "{head}");
            let json = if is_stream {
                body.strip_prefix("retry: 5000\nevent: problem\ndata: ")
                    .and_then(|rest| rest.strip_suffix("\n\n"))
            } else {
                Some(body)
            };
            let problem: Problem = serde_json::from_str(json.unwrap()).unwrap();
            assert_eq!(problem.code, ProblemCode::Overloaded);
        }
    }

    #[test]
    fn kernel_waits_longer_than_the_rule_that_counts() {
        let rule = crate::ServeConfig::default().stall_timeout;
        assert!(STUCK_READER >= 2 * rule, "{STUCK_READER:?} against {rule:?}");
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        tune(&SockRef::from(&socket)).unwrap();
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(STUCK_READER));
    }

    #[test]
    fn permit_is_given_back() {
        let metrics = Arc::<Metrics>::default();
        let config = ServeConfig { max_connections: 1, ..ServeConfig::default() };
        let connection_limit = ConnectionLimit::new(&config, metrics.clone());
        let acquire = || connection_limit.acquire(LOCAL);
        let permit = acquire().unwrap();
        assert_eq!(acquire().unwrap_err(), Full::Server);
        drop(permit);
        assert!(acquire().is_ok());
    }

    #[test]
    fn visitor_is_limited_by_network_but_neither_this_machine_nor_a_proxy() {
        let metrics = Arc::<Metrics>::default();
        let mut config = ServeConfig::default();
        config.http.limits.visitor_connections = Some(2);
        config.http.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
        let limit = ConnectionLimit::new(&config, metrics.clone());
        let acquire = |peer: &str| limit.acquire(peer.parse().unwrap());
        let open = [acquire("2001:db8::1"), acquire("2001:db8::2")];
        assert_eq!(acquire("2001:db8::3").unwrap_err(), Full::Visitor);
        let others = ["2001:db8:0:1::1", "192.0.2.1", "::ffff:192.0.2.1"].map(acquire);
        assert_eq!(acquire("192.0.2.1").unwrap_err(), Full::Visitor, "the same in both forms");
        for peer in ["127.0.0.1", "::1", "10.1.2.3"].iter().cycle().take(12) {
            assert!(acquire(peer).is_ok(), "{peer}");
        }
        assert!(others.iter().chain(&open).all(Result::is_ok));
        drop(open);
        acquire("2001:db8::3").unwrap();
        assert!(refusal(Full::Visitor, b"GET / HTTP/1.1\r\n").starts_with("HTTP/1.1 429 "));
    }
}
