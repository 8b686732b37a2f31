//! A slow reader: asks for large answers with the smallest possible buffer, and takes a kilobyte of them now and then.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::sleep;

/// As small as a window can be that opens again after a few kilobytes: the system cuts whoever leaves it shut.
const BUFFER: u32 = 4096;
const BYTES: usize = 1024;

/// How slow, and what is asked for.
#[derive(Debug, Clone)]
pub(super) struct SlowReader {
    pub(super) path: String,
    /// Requests that are sent at once. The system takes one answer off the server's hands, and a few megabytes at most:
    /// who asks for more has the server itself wait.
    pub(super) requests: usize,
    /// The time between two kilobytes.
    pub(super) pause: Duration,
}

impl SlowReader {
    /// Reads until it is dropped; a reader that was cut does not come back.
    pub(super) async fn read(self, server: SocketAddr) -> io::Result<Infallible> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(BUFFER)?;
        let mut stream = socket.connect(server).await?;
        let request = format!("GET {} HTTP/1.1\r\nHost: {server}\r\n\r\n", self.path);
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
