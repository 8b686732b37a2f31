//! As much of HTTP/1.1 as a proxy needs: where a message ends.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// No head of ours is longer.
const HEAD: usize = 32 * 1024;

/// A whole request, as it came.
pub(super) struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// Where it goes.
    pub(super) fn path(&self) -> &[u8] {
        self.bytes.split(|&byte| byte == b' ').nth(1).unwrap_or_default()
    }

    /// Sends it on.
    pub(super) async fn send(&self, server: &mut TcpStream) -> io::Result<()> {
        server.write_all(&self.bytes).await
    }
}

/// The head of an answer, and how much body follows.
pub(super) struct Answer {
    /// The head, and what came of the body along with it.
    pub(super) bytes: Vec<u8>,
    /// The rest of the body in bytes; `None` when it ends with the connection or in chunks.
    pub(super) rest: Option<usize>,
}

/// The next request of a connection; `None` when there is none.
pub(super) async fn read_request(client: &mut TcpStream) -> io::Result<Option<Request>> {
    let Some((mut bytes, body)) = read_head(client).await? else { return Ok(None) };
    let missing = (body + length(&bytes[..body]).unwrap_or(0)).saturating_sub(bytes.len());
    let have = bytes.len();
    bytes.resize(have + missing, 0);
    client.read_exact(&mut bytes[have..]).await?;
    Ok(Some(Request { bytes }))
}

/// The head of the answer to a request.
pub(super) async fn read_answer(server: &mut TcpStream) -> io::Result<Answer> {
    let (bytes, body) = read_head(server).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let has_none = bytes.starts_with(b"HTTP/1.1 204") || bytes.starts_with(b"HTTP/1.1 304");
    let length = if has_none { Some(0) } else { length(&bytes[..body]) };
    let rest = length.map(|length| (body + length).saturating_sub(bytes.len()));
    Ok(Answer { bytes, rest })
}

/// Reads until a head is complete; answers what was read and where the body begins.
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

/// What `Content-Length` says.
fn length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    let mut found =
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value);
    found.next()?.trim().parse().ok()
}
