//! HTTP over a bare socket, for requests that no ordinary client sends, and for thousands of connections.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{Reply, within};

/// A keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A simple cookie jar: names and values, sent with every request.
#[derive(Default)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), buffer: Vec::new() }
    }

    /// Connects from this address of the machine.
    pub(crate) async fn open_from(source: IpAddr, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(source, 0)).unwrap();
        Self { stream: socket.connect(address).await.unwrap(), buffer: Vec::new() }
    }

    /// Sends raw bytes.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends a `GET` request and reads the response.
    pub(crate) async fn get(&mut self, path: &str, headers: &str) -> Reply {
        self.request("GET", path, headers, b"").await
    }

    /// Sends a request and reads the response. Each header ends with a line break.
    pub(crate) async fn request(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
        self.send(method, path, headers, body).await;
        within("an answer", self.reply()).await.expect("an answer, not the end of the connection")
    }

    /// Sends a request without reading the response.
    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) {
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        self.write(&bytes).await;
    }

    /// Reads the next response; `None` if the server closed the connection.
    pub(crate) async fn reply(&mut self) -> Option<Reply> {
        let (head, status, headers) = loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let (status, headers) = parse_head(&self.buffer[..end]);
                break (end + 4, status, headers);
            }
            self.read_more().await?;
        };
        let length =
            headers.get("content-length").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
        while self.buffer.len() < head + length {
            self.read_more().await?;
        }
        let body = Bytes::copy_from_slice(&self.buffer[head..head + length]);
        self.buffer.drain(..head + length);
        Some(Reply { status, headers, body })
    }

    /// Reads until the server closes the connection; returns everything read.
    pub(crate) async fn rest(&mut self) -> String {
        while self.read_more().await.is_some() {}
        String::from_utf8_lossy(&std::mem::take(&mut self.buffer)).into_owned()
    }

    /// Reads exactly this many bytes.
    pub(crate) async fn read_exact(&mut self, bytes: &mut [u8]) {
        self.stream.read_exact(bytes).await.unwrap();
    }

    /// Reads more bytes; `None` at the end of the connection or an error.
    async fn read_more(&mut self) -> Option<()> {
        let count = self.stream.read_buf(&mut self.buffer).await.unwrap_or(0);
        (count > 0).then_some(())
    }
}

fn parse_head(head: &[u8]) -> (u16, HeaderMap) {
    let head = std::str::from_utf8(head).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    (status, headers)
}

impl Jar {
    /// Stores the cookies that the response sets, and removes those that it clears.
    pub(crate) fn take(&mut self, reply: &Reply) {
        for cookie in reply.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.0.retain(|(known, _)| known != name);
            if !cookie.to_str().unwrap().contains("; Max-Age=0") {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The `Cookie` header.
    pub(crate) fn header(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("Cookie: {}\r\n", pairs.join("; ")) }
    }
}
