//! What is sent on one connection, in pieces, and everything that comes back until its end.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Connection, within};

/// The last request of a talk: the server closes the connection after its answer.
pub(crate) const END: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: end\r\nConnection: close\r\n\r\n";

/// A `Date` header's value is as long as this.
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
/// A server may give the time of its last look at the clock.
const DATE_TOLERANCE: Duration = Duration::from_secs(5);

/// Pieces, each sent once the server has taken the one before.
#[derive(Clone, Default)]
pub(crate) struct Talk {
    pieces: Vec<Vec<u8>>,
    /// How long the server may still wait for something after the last piece.
    patience: Option<Duration>,
}

/// A poll of this query, without any header but what it needs.
pub(crate) fn poll(query: &str) -> Vec<u8> {
    format!("GET /api/v1/poll?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

impl Talk {
    /// These pieces and nothing else.
    pub(crate) fn of(pieces: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self { pieces: pieces.into_iter().map(Into::into).collect(), patience: None }
    }

    /// These pieces, and then the request after which the connection ends.
    pub(crate) fn ending(pieces: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let mut talk = Self::of(pieces);
        talk.pieces.push(END.to_vec());
        talk
    }

    /// The same bytes, some of which arrive sooner: `which` has a bit for each piece that comes together with the one
    /// before it.
    pub(crate) fn sooner(&self, which: usize) -> Self {
        let mut pieces: Vec<Vec<u8>> = Vec::new();
        for (number, piece) in self.pieces.iter().enumerate() {
            match pieces.last_mut() {
                Some(last) if which >> (number - 1) & 1 == 1 => last.extend(piece),
                _ => pieces.push(piece.clone()),
            }
        }
        Self { pieces, patience: self.patience }
    }

    /// Whether some request says that it has a body.
    pub(crate) fn has_body(&self) -> bool {
        let bytes = self.pieces.concat().to_ascii_lowercase();
        let says = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
        says(b"content-length:") || says(b"transfer-encoding:")
    }

    /// All of it in one piece.
    pub(crate) fn at_once(&self) -> Self {
        Self { pieces: vec![self.pieces.concat()], patience: self.patience }
    }

    /// The same by somebody who closes their side when nothing comes of it.
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Talks to a server; answers everything that it says until it closes the connection, the date made the same.
    pub(crate) async fn with(&self, address: SocketAddr) -> String {
        let began = SystemTime::now();
        let said = within(&format!("the end of {self}"), self.run(address)).await;
        without_dates_and_ids(&said, began)
    }

    async fn run(&self, address: SocketAddr) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut reader, mut writer) = stream.split();
        let sends = async {
            let mut other = None;
            for (number, piece) in self.pieces.iter().enumerate() {
                if number > 0 {
                    settle(&mut other, address).await;
                }
                // It may have closed the connection already; what it said before is what counts.
                if writer.write_all(piece).await.is_err() {
                    break;
                }
            }
            if let Some(patience) = self.patience {
                tokio::time::sleep(patience).await;
                // The server may have closed the connection long ago.
                let _ = writer.shutdown().await;
            }
            std::future::pending().await
        };
        let reads = async {
            let mut said = Vec::new();
            // A reset is an end, too.
            while reader.read_buf(&mut said).await.is_ok_and(|count| count > 0) {}
            said
        };
        tokio::select! {
            said = reads => said,
            never = sends => never,
        }
    }
}

/// Lets the server take what was sent so far: it takes things in the order in which they come, so that whoever asks
/// later and has an answer was behind it; in the event loop, and in hyper.
pub(crate) async fn settle(other: &mut Option<Connection>, address: SocketAddr) {
    if other.is_none() {
        *other = Some(Connection::open(address).await);
    }
    if let Some(other) = other {
        for path in ["/api/v1/poll?room=lobby&wait=0", "/healthz"] {
            assert_eq!(other.get(path, "").await.status, 200);
        }
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

/// Checks that every date lies between the beginning of the conversation and now, and makes dates and ids of requests the same.
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
    without_ids(&same)
}

impl fmt::Display for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            write!(f, "\n  \"{}\"", piece.escape_ascii())?;
        }
        Ok(())
    }
}
