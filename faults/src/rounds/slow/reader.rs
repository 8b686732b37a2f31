//! One slow reader: asks for a large answer with the smallest buffer there is, and takes a kilobyte of it a minute.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::sleep;

/// The system makes the least it knows of it.
const BUFFER: u32 = 1024;
const BYTES: usize = 1024;
const PAUSE: Duration = Duration::from_secs(60);

/// Reads until it is dropped; a reader that was cut does not come back.
pub(super) async fn read(server: SocketAddr, path: String) -> io::Result<Infallible> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(BUFFER)?;
    let mut stream = socket.connect(server).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = [0; BYTES];
    loop {
        sleep(PAUSE).await;
        if stream.read(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
