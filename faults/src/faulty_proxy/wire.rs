//! The part of HTTP/1.1 that a proxy needs: the ends of messages.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest head of a message.
const HEAD: usize = 32 * 1024;

/// A whole request, as received.
pub(super) struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// The request's path.
    pub(super) fn path(&self) -> &[u8] {
        self.bytes.split(|&byte| byte == b' ').nth(1).unwrap_or_default()
    }

    /// Sends the request to the server.
    pub(super) async fn send(&self, server: &mut TcpStream) -> io::Result<()> {
        server.write_all(&self.bytes).await
    }
}

/// The head of a response, and the length of the rest.
pub(super) struct Response {
    /// The head, and the part of the body that arrived with it.
    pub(super) bytes: Vec<u8>,
    /// The length of the rest in bytes; `None` for a body that ends with the connection or is chunked.
    pub(super) rest: Option<usize>,
}

/// Reads the next request of a connection; `None` at its end.
pub(super) async fn read_request(client: &mut TcpStream) -> io::Result<Option<Request>> {
    let Some((mut bytes, body)) = read_head(client).await? else { return Ok(None) };
    let missing = (body + length(&bytes[..body]).unwrap_or(0)).saturating_sub(bytes.len());
    let have = bytes.len();
    bytes.resize(have + missing, 0);
    client.read_exact(&mut bytes[have..]).await?;
    Ok(Some(Request { bytes }))
}

/// Reads the head of the response.
pub(super) async fn read_answer(server: &mut TcpStream) -> io::Result<Response> {
    let (bytes, body) = read_head(server).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let has_none = bytes.starts_with(b"HTTP/1.1 204") || bytes.starts_with(b"HTTP/1.1 304");
    let length = if has_none { Some(0) } else { length(&bytes[..body]) };
    let rest = length.map(|length| (body + length).saturating_sub(bytes.len()));
    Ok(Response { bytes, rest })
}

/// Reads until a head is complete; returns the bytes and the offset of the body.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<(Vec<u8>, usize)>> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(Some((bytes, end + 4)));
        }
        if bytes.len() > HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

/// The value of `Content-Length`.
fn length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    let mut found =
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value);
    found.next()?.trim().parse().ok()
}
