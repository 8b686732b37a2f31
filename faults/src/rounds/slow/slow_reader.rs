//! A slow reader: requests large responses with the smallest possible receive buffer and reads a kilobyte now and then.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::sleep;

/// The smallest window that opens again after a few kilobytes: the kernel disconnects readers that keep it shut.
const BUFFER: u32 = 4096;
const BYTES: usize = 1024;

/// The requests of a slow reader and its speed.
#[derive(Debug, Clone)]
pub(super) struct SlowReader {
    pub(super) path: String,
    /// The value of `Authorization`, if reading needs one.
    pub(super) bearer: Option<String>,
    /// Pipelined requests. The kernel buffers one response, and a few megabytes at most; only with more data does the
    /// server itself wait.
    pub(super) requests: usize,
    /// The pause before each kilobyte.
    pub(super) pause: Duration,
}

impl SlowReader {
    /// Reads until dropped or disconnected.
    pub(super) async fn read(self, server: SocketAddr) -> io::Result<Infallible> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(BUFFER)?;
        let mut stream = socket.connect(server).await?;
        let bearer = self.bearer.iter().map(|bearer| format!("Authorization: {bearer}\r\n"));
        let bearer: String = bearer.collect();
        let request = format!("GET {} HTTP/1.1\r\nHost: {server}\r\n{bearer}\r\n", self.path);
        stream.write_all(request.repeat(self.requests).as_bytes()).await?;
        let mut bytes = [0; BYTES];
        loop {
            sleep(self.pause).await;
            if stream.read(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
