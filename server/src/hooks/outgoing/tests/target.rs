//! A server to deliver to: reads a request from each connection, reports it, and answers as it was told. Stops when dropped.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// The answer to one connection.
pub(super) enum Answer {
    /// Answers with these bytes; the connection stays open.
    Bytes(String),
    /// Answers with these bytes, and then the letter `a` for ever.
    Endless(String),
    /// Answers with these bytes for ever.
    Repeat(String),
    /// Answers with these bytes, and then the letter `a` every millisecond.
    Drip(String),
    /// The end of the connection.
    Close,
    /// Nothing.
    Never,
}

impl Answer {
    /// A complete answer with this status.
    pub(super) fn status(status: u16) -> Self {
        Self::Bytes(format!("HTTP/1.1 {status} Status\r\nContent-Length: 2\r\n\r\nok"))
    }
}

/// A request as it came.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Reads a request; `None` if there is none, as when the other side speaks TLS.
    async fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            stream.read_until(b'\n', &mut line).await.ok()?;
            let line = String::from_utf8(line).ok()?;
            match line.strip_suffix("\r\n")? {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let headers = lines.iter().skip(1).filter_map(|line| line.split_once(": "));
        let headers: Vec<_> =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let mut request = Self { line: lines.first()?.clone(), headers, body: String::new() };
        let mut body = vec![0; request.header("content-length")?.parse().ok()?];
        stream.read_exact(&mut body).await.ok()?;
        request.body = String::from_utf8(body).ok()?;
        Some(request)
    }
}

/// The server.
pub(super) struct Target {
    address: SocketAddr,
    requests: mpsc::UnboundedReceiver<Request>,
    closed: mpsc::UnboundedReceiver<()>,
    task: AbortHandle,
}

impl Target {
    /// Answers the first connections with these answers, in order, and accepts no more after the last one.
    pub(super) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, received) = mpsc::unbounded_channel();
        let (closing, closed) = mpsc::unbounded_channel();
        let answers: Vec<_> = answers.into_iter().collect();
        let serve = async move {
            for answer in answers {
                let (stream, _) = listener.accept().await.unwrap();
                let mut stream = BufReader::new(stream);
                if let Some(request) = Request::read(&mut stream).await {
                    let _ = requests.send(request);
                    reply(&mut stream, answer).await;
                }
                let _ = closing.send(());
            }
        };
        let task = tokio::spawn(serve).abort_handle();
        Self { address, requests: received, closed, task }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request.
    pub(super) async fn request(&mut self) -> Request {
        self.requests.recv().await.unwrap()
    }

    /// Waits until the other side has closed a connection.
    pub(super) async fn connection_closed(&mut self) {
        self.closed.recv().await.unwrap();
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers, and returns when the other side has closed the connection, or at once for [`Answer::Close`].
async fn reply(stream: &mut BufReader<TcpStream>, answer: Answer) {
    let (head, more, pause) = match answer {
        Answer::Close => return,
        Answer::Never => (String::new(), String::new(), None),
        Answer::Bytes(head) => (head, String::new(), None),
        Answer::Endless(head) => (head, "a".repeat(4096), None),
        Answer::Repeat(bytes) => (String::new(), bytes, None),
        Answer::Drip(head) => (head, "a".to_owned(), Some(Duration::from_millis(1))),
    };
    // What cannot be written is not wanted any more.
    let (mut input, mut output) = stream.get_mut().split();
    let write = async {
        output.write_all(head.as_bytes()).await?;
        while !more.is_empty() {
            output.write_all(more.as_bytes()).await?;
            if let Some(pause) = pause {
                sleep(pause).await;
            }
        }
        pending::<io::Result<()>>().await
    };
    let mut rest = Vec::new();
    tokio::select! { _ = write => {} _ = input.read_to_end(&mut rest) => {} }
}
