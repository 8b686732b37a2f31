//! The limits on open connections, of all clients and of each visitor. Further clients are told to retry, and closed.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use metrics::Counter;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::config::ServeConfig;
use super::connection_refusal::{ReachedLimit, read_first_line};
use crate::api::{HttpConfig, network};
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

/// A permit, of a bounded number; given back by dropping it.
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

/// The number of connections that are being refused at once.
const REFUSALS: usize = 64;
/// The time in which a refused client may notice.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

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
    pub(super) fn acquire(&self, peer: IpAddr) -> Result<ConnectionPermit, ReachedLimit> {
        let peer = peer.to_canonical();
        let visitor = (!peer.is_loopback() && !self.http.trusts(peer)).then(|| network(peer));
        let of_visitor = self.of_visitors.acquire(visitor.as_ref()).ok_or(ReachedLimit::Visitor)?;
        let of_all = Permit::take(&self.connections, self.most).ok_or(ReachedLimit::Server)?;
        self.metrics.connections.increment(1);
        Ok(ConnectionPermit { _of_all: of_all, _of_visitor: of_visitor })
    }

    /// Refuses a connection: answers once the first line is read, then drains the client's input, because an
    /// immediate close could discard the answer. If too many refusals are in progress, closes the connection
    /// without an answer.
    pub(super) fn refuse(
        &self,
        reached: ReachedLimit,
        stream: impl FnOnce() -> io::Result<TcpStream> + Send + 'static,
    ) {
        static LINE: RepeatedLine = RepeatedLine::new();
        self.metrics.connections_refused.increment(1);
        if reached == ReachedLimit::Visitor {
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
                stream.write_all(reached.response(&first_line).as_bytes()).await?;
                stream.shutdown().await?;
                tokio::io::copy(&mut stream.take(1 << 16), &mut tokio::io::sink()).await
            };
            // A client that does not read loses only its refusal.
            let _ = timeout(REFUSAL_TIME, answered).await;
            drop(permit);
        });
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
        assert_eq!(acquire().unwrap_err(), ReachedLimit::Server);
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
        assert_eq!(acquire("2001:db8::3").unwrap_err(), ReachedLimit::Visitor);
        let others = ["2001:db8:0:1::1", "192.0.2.1", "::ffff:192.0.2.1"].map(acquire);
        assert_eq!(acquire("192.0.2.1").unwrap_err(), ReachedLimit::Visitor, "the same in both forms");
        for peer in ["127.0.0.1", "::1", "10.1.2.3"].iter().cycle().take(12) {
            assert!(acquire(peer).is_ok(), "{peer}");
        }
        assert!(others.iter().chain(&open).all(Result::is_ok));
        drop(open);
        acquire("2001:db8::3").unwrap();
    }
}
