//! Blocking requests, for the preparation of a measurement: one, or many over a few connections.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::response::{Response, text};

const LIMIT: Duration = Duration::from_secs(60);
/// Connections that share many requests: enough to fill a group commit.
const MANY: usize = 256;

/// A connection with one request at a time.
pub(crate) struct BlockingConn {
    stream: TcpStream,
}

impl BlockingConn {
    /// Connects to a server.
    pub(crate) fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Sends a request and reads from its response, which must be a success.
    pub(crate) fn request<T>(&mut self, request: &[u8], take: impl FnOnce(&Response<'_>) -> T) -> Result<T> {
        self.stream.write_all(request)?;
        self.receive(take)
    }

    fn receive<T>(&mut self, take: impl FnOnce(&Response<'_>) -> T) -> Result<T> {
        let (mut bytes, mut part) = (Vec::new(), [0; 16 << 10]);
        loop {
            let length = self.stream.read(&mut part).context("no response")?;
            ensure!(length > 0, "the connection ended before the response: {}", text(&bytes));
            bytes.extend_from_slice(&part[..length]);
            if let Some(response) = Response::parse(&bytes)? {
                let good = (200..300).contains(&response.status);
                ensure!(good, "{} {}", text(response.head), text(response.body));
                return Ok(take(&response));
            }
        }
    }
}

/// Sends one request over its own connection.
pub(crate) fn once<T>(
    server: SocketAddr,
    request: &[u8],
    take: impl FnOnce(&Response<'_>) -> T,
) -> Result<T> {
    BlockingConn::open(server)?.request(request, take)
}

/// Sends all requests, some at a time; every response must be a success.
pub(crate) fn all(server: SocketAddr, requests: &[Vec<u8>]) -> Result<()> {
    let conns = (0..MANY.min(requests.len())).map(|_| BlockingConn::open(server));
    let mut conns = conns.collect::<Result<Vec<_>>>()?;
    for some in requests.chunks(MANY) {
        for (conn, request) in conns.iter_mut().zip(some) {
            conn.stream.write_all(request)?;
        }
        for (conn, _) in conns.iter_mut().zip(some) {
            conn.receive(|_| ())?;
        }
    }
    Ok(())
}
