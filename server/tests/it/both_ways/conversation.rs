//! A conversation on one connection: pieces to send, and the complete output of the server.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Connection, within};

/// The last request of a conversation: the server closes the connection after its answer.
pub(crate) const END: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: end\r\nConnection: close\r\n\r\n";

/// A value of the `Date` header, for its length.
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
/// The tolerance for a server that caches the time of day.
const DATE_TOLERANCE: Duration = Duration::from_secs(5);

/// The pieces of a conversation, each sent once the server has read the one before.
#[derive(Clone, Default)]
pub(crate) struct Conversation {
    pieces: Vec<Vec<u8>>,
    /// The time after the last piece at which the client closes its sending side; `None` for never.
    closes_after: Option<Duration>,
}

/// A poll of this query with the required headers alone.
pub(crate) fn poll(query: &str) -> Vec<u8> {
    format!("GET /api/v1/poll?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

impl Conversation {
    /// A conversation of these pieces.
    pub(crate) fn of(pieces: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self { pieces: pieces.into_iter().map(Into::into).collect(), closes_after: None }
    }

    /// A conversation of these pieces and the request after which the connection ends.
    pub(crate) fn ending(pieces: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let mut conversation = Self::of(pieces);
        conversation.pieces.push(END.to_vec());
        conversation
    }

    /// The same bytes, some of which arrive earlier: `which` has a bit for each piece that is sent together
    /// with the one before.
    pub(crate) fn sooner(&self, which: usize) -> Self {
        let mut pieces: Vec<Vec<u8>> = Vec::new();
        for (number, piece) in self.pieces.iter().enumerate() {
            match pieces.last_mut() {
                Some(last) if which >> (number - 1) & 1 == 1 => last.extend(piece),
                _ => pieces.push(piece.clone()),
            }
        }
        Self { pieces, closes_after: self.closes_after }
    }

    /// Whether any request declares a body.
    pub(crate) fn has_body(&self) -> bool {
        let bytes = self.pieces.concat().to_ascii_lowercase();
        let says = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
        says(b"content-length:") || says(b"transfer-encoding:")
    }

    /// The same bytes in one piece.
    pub(crate) fn at_once(&self) -> Self {
        Self { pieces: vec![self.pieces.concat()], closes_after: self.closes_after }
    }

    /// The conversation of a client that closes its sending side after this time.
    pub(crate) fn closing_after(self, closes_after: Duration) -> Self {
        Self { closes_after: Some(closes_after), ..self }
    }

    /// Sends the conversation to a server; returns the output until the connection closes, with uniform
    /// dates.
    pub(crate) async fn send_to(&self, address: SocketAddr) -> String {
        let began = SystemTime::now();
        let said = within(&format!("the end of {self}"), self.exchange(address)).await;
        without_dates_and_ids(&said, began)
    }

    async fn exchange(&self, address: SocketAddr) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut reader, mut writer) = stream.split();
        let sends = async {
            let mut other = None;
            for (number, piece) in self.pieces.iter().enumerate() {
                if number > 0 {
                    settle(&mut other, address).await;
                }
                // The server may have closed the connection already; its output until then counts.
                if writer.write_all(piece).await.is_err() {
                    break;
                }
            }
            if let Some(closes_after) = self.closes_after {
                tokio::time::sleep(closes_after).await;
                // The server may have closed the connection already.
                let _ = writer.shutdown().await;
            }
            std::future::pending().await
        };
        let reads = async {
            let mut said = Vec::new();
            // A reset counts as an end.
            while reader.read_buf(&mut said).await.is_ok_and(|count| count > 0) {}
            said
        };
        tokio::select! {
            said = reads => said,
            never = sends => never,
        }
    }
}

/// Waits until the server has read all input sent so far. Both event loop and hyper read in the order of
/// arrival, so an answer to a later request, on another connection, proves it.
pub(crate) async fn settle(other: &mut Option<Connection>, address: SocketAddr) {
    if other.is_none() {
        *other = Some(Connection::open(address).await);
    }
    if let Some(other) = other {
        // The poll of a stranger, which a door that is shut refuses.
        assert!([200, 401].contains(&other.get("/api/v1/poll?room=lobby&wait=0", "").await.status));
        assert_eq!(other.get("/healthz", "").await.status, 200);
    }
}

/// Makes all ids of requests the same.
fn without_ids(said: &str) -> String {
    let mut parts = said.split("\r\nx-request-id: ");
    let mut same = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (id, rest) = part.split_at_checked(16).expect("a whole id");
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()) && rest.starts_with("\r\n"), "{part:?}");
        same += "\r\nx-request-id: ";
        same += rest;
    }
    same
}

/// Leaves of sessions' tokens who they are of: the rest follows from the second in which they were signed.
fn without_seconds(said: &str) -> String {
    let mut parts = said.split("h2.");
    let mut same = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(part.len());
        let (token, rest) = part.split_at(end);
        let person: Vec<&str> = token.split('.').take(2).collect();
        same += "h2.";
        same += &person.join(".");
        same += rest;
    }
    same
}

/// Checks that every date lies between the beginning of the conversation and now, and makes dates, ids of requests and the times in tokens the same.
pub(crate) fn without_dates_and_ids(said: &[u8], began: SystemTime) -> String {
    let said = said.iter().map(|&byte| char::from(byte)).collect::<String>();
    let mut parts = said.split("\r\ndate: ");
    let mut same = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (date, rest) = part.split_at_checked(DATE.len()).expect("a whole date");
        let time = httpdate::parse_http_date(date).unwrap_or_else(|_| panic!("a date, not {date:?}"));
        assert_eq!(httpdate::fmt_http_date(time), date, "in the usual form");
        assert!(time >= began - DATE_TOLERANCE, "{date} is before the conversation");
        assert!(time <= SystemTime::now(), "{date} is in the future");
        assert!(rest.starts_with("\r\n"), "{rest:?}");
        same += "\r\ndate: ";
        same += rest;
    }
    without_seconds(&without_ids(&same))
}

impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            write!(f, "\n  \"{}\"", piece.escape_ascii())?;
        }
        Ok(())
    }
}
