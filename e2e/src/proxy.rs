//! A reverse proxy that mounts an app under a prefix: forwards every request under `/chat/` to the server
//! without the prefix, and names the prefix in a header, unless it is told not to. One request per connection, bytes
//! are forwarded as they come.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The prefix that is stripped.
const PREFIX: &str = "/chat";

/// The length of the longest head of a request.
const HEAD_BYTES: usize = 64 * 1024;

/// A running proxy; stopped when dropped.
#[derive(Debug)]
pub struct PrefixProxy {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl PrefixProxy {
    /// Starts a proxy for this server.
    pub async fn start(server: &str) -> Result<Self> {
        Self::start_with(server, "x-forwarded-prefix: /chat\r\n").await
    }

    /// Starts a proxy that does not tell the server of the prefix.
    pub async fn start_silent(server: &str) -> Result<Self> {
        Self::start_with(server, "").await
    }

    async fn start_with(server: &str, header: &'static str) -> Result<Self> {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let server = server.clone();
                // A broken connection concerns only its two ends.
                tokio::spawn(async move { forward(visitor, &server, header).await.unwrap_or_default() });
            }
        });
        Ok(Self { address, accepting })
    }

    /// The chat's address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}{PREFIX}", self.address)
    }
}

impl Drop for PrefixProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Forwards a request, and returns its response.
async fn forward(mut visitor: TcpStream, server: &str, header: &str) -> Result<()> {
    let mut request = Vec::new();
    let head = loop {
        if let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        if request.len() > HEAD_BYTES || visitor.read_buf(&mut request).await? == 0 {
            bail!("no whole request");
        }
    };
    let Some(rewritten) = rewrite(std::str::from_utf8(&request[..head])?, header) else {
        visitor
            .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .await?;
        return Ok(());
    };
    let mut server = TcpStream::connect(server).await.context("the server is away")?;
    server.write_all(rewritten.as_bytes()).await?;
    server.write_all(&request[head..]).await?;
    copy_bidirectional(&mut visitor, &mut server).await?;
    Ok(())
}

/// Rewrites the head for the server, with a header more; `None` for a path outside the prefix.
fn rewrite(head: &str, header: &str) -> Option<String> {
    let (line, fields) = head.split_once("\r\n")?;
    let (method, target) = line.split_once(' ')?;
    let rest = target.strip_prefix(PREFIX).filter(|rest| rest.starts_with(['/', ' ', '?']))?;
    let slash = if rest.starts_with('/') { "" } else { "/" };
    let fields: String = fields
        .split_inclusive("\r\n")
        .filter(|field| !field.to_ascii_lowercase().starts_with("connection:"))
        .collect();
    Some(format!("{method} {slash}{rest}\r\n{header}connection: close\r\n{fields}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn strips_the_prefix_and_says_so() {
        let rewrite = |head| super::rewrite(head, "x-forwarded-prefix: /chat\r\n");
        let head = "GET /chat/r/tea?x=1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
        let passed =
            "GET /r/tea?x=1 HTTP/1.1\r\nx-forwarded-prefix: /chat\r\nconnection: close\r\nHost: a\r\n\r\n";
        assert_eq!(rewrite(head).as_deref(), Some(passed));
        assert!(rewrite("GET /chat HTTP/1.1\r\n\r\n").is_some_and(|head| head.starts_with("GET / HTTP/1.1")));
        assert_eq!(rewrite("GET /chatter HTTP/1.1\r\n\r\n"), None);
        assert_eq!(rewrite("GET /api HTTP/1.1\r\n\r\n"), None);
    }
}
