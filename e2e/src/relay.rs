//! A relay in front of the server that fails as networks and proxies do: it swallows some requests, or
//! answers them in place of the server. One request per connection, bytes are forwarded as they come.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The length of the longest head of a request.
const HEAD_BYTES: usize = 64 * 1024;

/// The treatment of requests.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Forwards all requests.
    Pass,
    /// Never answers requests whose first line contains this text.
    Swallow(&'static str),
    /// Forwards all requests, and removes cookies from their answers.
    DropCookies,
    /// Answers requests whose first line contains this text with this status and page of HTML.
    Answer(&'static str, u16, &'static str),
}

/// A running relay; stopped when dropped, together with its connections.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    rule: Arc<Mutex<Rule>>,
    _accepting: JoinSet<()>,
}

impl Relay {
    /// Starts a relay for this server.
    pub async fn start(server: &str) -> Result<Self> {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let rule = Arc::new(Mutex::new(Rule::Pass));
        let mut accepting = JoinSet::new();
        let current = Arc::clone(&rule);
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((visitor, _)) = listener.accept().await {
                let (server, rule) = (server.clone(), Arc::clone(&current));
                // A broken connection concerns only its two ends.
                connections.spawn(async move { serve(visitor, &server, &rule).await.unwrap_or_default() });
            }
        });
        Ok(Self { address, rule, _accepting: accepting })
    }

    /// The chat's address through the relay, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Applies another rule to requests from now on.
    pub fn set(&self, rule: Rule) {
        *self.rule.lock().unwrap_or_else(PoisonError::into_inner) = rule;
    }
}

/// The head of the server's answer, and what came with it, without the lines that set cookies.
async fn without_cookies(server: &mut TcpStream) -> Result<Vec<u8>> {
    let mut answer = Vec::new();
    while !answer.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        if server.read_buf(&mut answer).await? == 0 {
            bail!("no whole answer");
        }
    }
    let lines = answer.split_inclusive(|byte| *byte == b'\n');
    Ok(lines
        .filter(|line| !line.to_ascii_lowercase().starts_with(b"set-cookie:"))
        .flatten()
        .copied()
        .collect())
}

async fn serve(mut visitor: TcpStream, server: &str, rule: &Mutex<Rule>) -> Result<()> {
    let mut request = Vec::new();
    let end = loop {
        if let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end;
        }
        if request.len() > HEAD_BYTES || visitor.read_buf(&mut request).await? == 0 {
            bail!("no whole request");
        }
    };
    let head = std::str::from_utf8(&request[..end])?;
    let line = head.lines().next().unwrap_or_default();
    let rule = *rule.lock().unwrap_or_else(PoisonError::into_inner);
    match rule {
        Rule::Swallow(part) if line.contains(part) => {
            // Reads until the client disconnects.
            while visitor.read_buf(&mut request).await? > 0 {
                request.clear();
            }
        }
        Rule::Answer(part, status, page) if line.contains(part) => {
            let answer = format!(
                "HTTP/1.1 {status} Whatever\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            visitor.write_all(answer.as_bytes()).await?;
        }
        _ => {
            let mut server = TcpStream::connect(server).await?;
            let (line, fields) = head.split_once("\r\n").unwrap_or((head, ""));
            server.write_all(format!("{line}\r\nconnection: close\r\n{fields}\r\n\r\n").as_bytes()).await?;
            server.write_all(&request[end + 4..]).await?;
            if matches!(rule, Rule::DropCookies) {
                let answer = without_cookies(&mut server).await?;
                visitor.write_all(&answer).await?;
            }
            copy_bidirectional(&mut visitor, &mut server).await?;
        }
    }
    Ok(())
}
