//! System calls: epoll, sockets on loopback addresses, the limit of open files. Knows no HTTP.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::net::{AddressFamily, SocketType, sockopt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::Timespec;

/// Events taken from the kernel at once.
const EVENTS: usize = 1024;
/// Loopback addresses that clients come from: each has 28,000 ports of its own.
const SOURCES: usize = 32;
/// Ports below the ephemeral ones.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// An epoll instance.
pub(crate) struct Poller {
    epoll: OwnedFd,
}

/// Events of one wait: a token and its readiness each.
pub(crate) type Events = Vec<Event>;

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(CreateFlags::CLOEXEC)? })
    }

    /// Allocates a buffer of events.
    pub(crate) fn events() -> Events {
        Vec::with_capacity(EVENTS)
    }

    /// Watches a socket for readability.
    pub(crate) fn add(&self, socket: impl AsFd, token: u64) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, socket, EventData::new_u64(token), EventFlags::IN)?)
    }

    /// Starts or stops watching for writability, too.
    pub(crate) fn watch_writing(&self, socket: impl AsFd, token: u64, on: bool) -> io::Result<()> {
        let flags = if on { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
        Ok(epoll::modify(&self.epoll, socket, EventData::new_u64(token), flags)?)
    }

    /// Waits until a socket is ready or the time is over.
    pub(crate) fn wait(&self, events: &mut Events, wait: Option<Duration>) -> io::Result<()> {
        events.clear();
        let wait = wait.map(|wait| Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: wait.subsec_nanos().into(),
        });
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(events), wait.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Connects to a server from the loopback address with this number; the system picks the port.
pub(crate) fn connect(server: SocketAddr, source: usize) -> Result<TcpStream> {
    let SocketAddr::V4(server) = server else { bail!("{server} is not an IPv4 address") };
    let last = u8::try_from(2 + source % SOURCES)?;
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    // Closed connections leave no TIME_WAIT behind for the next run.
    sockopt::set_socket_linger(&socket, Some(Duration::ZERO))?;
    rustix::net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), 0))?;
    rustix::net::connect(&socket, &server).with_context(|| format!("cannot connect to {server}"))?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Finds a free loopback address.
pub(crate) fn free_address() -> Result<SocketAddr> {
    for _ in 0..100 {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, fastrand::u16(PORTS)));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free port")
}

/// Raises the limit of open files to its maximum, for this process and its children. Returns the maximum.
pub(crate) fn raise_file_limit() -> Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(limit.maximum.unwrap_or(u64::MAX))
}
