//! Recognizing a poll. Strict: what is in any way unusual is no poll here, and left to hyper to be judged.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use holdline_shared::PollQuery;

/// The start of a poll's first line.
const START: &[u8] = b"GET /api/v1/poll?";
/// Headers that a poll may have. A browser sends about fifteen.
const HEADERS: usize = 32;

/// A poll, as it was read.
#[derive(Debug)]
pub(super) struct PollRequest<'a> {
    /// What stands behind the `?`.
    pub(super) query: &'a str,
    headers: [httparse::Header<'a>; HEADERS],
}

/// Whether these bytes are one whole poll, no more and no less.
pub(crate) fn is_poll(bytes: &[u8]) -> bool {
    PollRequest::parse(bytes).is_some()
}

impl<'a> PollRequest<'a> {
    /// Reads a poll: `GET` of the route in HTTP/1.1, with its head complete, nothing behind it, and nothing in it that
    /// changes how the connection goes on.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(START) || !bytes.ends_with(b"\r\n\r\n") {
            return None;
        }
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let is_whole = request.parse(bytes) == Ok(httparse::Status::Complete(bytes.len()));
        let (target, version) = (request.path?, request.version?);
        let count = request.headers.len();
        let query = target.get(START.len() - b"GET ".len()..)?;
        let is_usual = is_whole
            && version == 1
            && query.bytes().all(is_usual_in_query)
            && headers[..count].iter().all(leaves_connection_alone);
        is_usual.then_some(Self { query, headers })
    }

    /// What says who asks.
    pub(super) fn credentials(&self) -> HeaderMap {
        let mut credentials = HeaderMap::new();
        for header in &self.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes()).ok();
            let value = HeaderValue::from_bytes(header.value).ok();
            if let (Some(name @ (header::AUTHORIZATION | header::COOKIE)), Some(value)) = (name, value) {
                credentials.append(name, value);
            }
        }
        credentials
    }
}

/// Reads queries, and keeps the last one: those who are answered together ask the same together.
#[derive(Default)]
pub(super) struct Queries {
    last: Option<(String, PollQuery)>,
}

impl Queries {
    /// What is asked; nothing when it is not valid.
    pub(super) fn parse(&mut self, text: &str) -> Option<PollQuery> {
        if let Some((last, query)) = &self.last
            && last == text
        {
            return Some(query.clone());
        }
        let query = PollQuery::from_pairs(form_urlencoded::parse(text.as_bytes())).ok()?;
        self.last = Some((text.to_owned(), query.clone()));
        Some(query)
    }
}

/// What a query is made of that needs no second thought.
fn is_usual_in_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=*+:/,;@!$'()".contains(&byte)
}

fn leaves_connection_alone(header: &httparse::Header<'_>) -> bool {
    let is = |name: &str| header.name.eq_ignore_ascii_case(name);
    if is("connection") {
        return header.value.eq_ignore_ascii_case(b"keep-alive");
    }
    !["content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer"].iter().any(|name| is(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: &str = "GET /api/v1/poll?room=lobby&after=00000000000000ff-7 HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn a_poll_is_a_poll() {
        let request = PollRequest::parse(POLL.as_bytes()).unwrap();
        assert_eq!(request.query, "room=lobby&after=00000000000000ff-7");
        assert!(request.credentials().is_empty());
        assert!(is_poll(POLL.replace("Host: a", "Connection: Keep-Alive").as_bytes()));
    }

    #[test]
    fn the_same_query_is_the_same() {
        let mut queries = Queries::default();
        let first = queries.parse("room=tea&wait=5").unwrap();
        assert_eq!(queries.parse("room=tea&wait=5").as_ref(), Some(&first));
        assert_ne!(queries.parse("room=tea&wait=6").as_ref(), Some(&first));
        assert_eq!(queries.parse("room="), None);
        assert_eq!(queries.parse("room=tea&wait=5").as_ref(), Some(&first));
    }

    #[test]
    fn knows_who_asks() {
        let poll =
            POLL.replace("Host: a", "Cookie: a=b\r\nAuthorization: Bearer x\r\ncookie: c=d\r\nAccept: */*");
        let credentials = PollRequest::parse(poll.as_bytes()).unwrap().credentials();
        assert_eq!(credentials.get_all("cookie").iter().collect::<Vec<_>>(), ["a=b", "c=d"]);
        assert_eq!(credentials["authorization"], "Bearer x");
        assert_eq!(credentials.len(), 3);
    }

    #[test]
    fn everything_else_is_left_to_hyper() {
        let changed = |from: &str, to: &str| POLL.replace(from, to).into_bytes();
        for other in [
            changed("GET", "HEAD"),
            changed("GET", "get"),
            changed("HTTP/1.1", "HTTP/1.0"),
            changed("/api/v1/poll", "/api/v1/poll/"),
            changed("/api/v1/poll", "http://a/api/v1/poll"),
            changed("poll?", "poll#"),
            changed("room=lobby", "room=\u{e9}"),
            changed("room=lobby", "room=\""),
            changed("Host: a", "Connection: close"),
            changed("Host: a", "Connection: keep-alive, close"),
            changed("Host: a", "Content-Length: 0"),
            changed("Host: a", "Transfer-Encoding: chunked"),
            changed("Host: a", "Expect: 100-continue"),
            changed("Host: a", "Upgrade: websocket"),
            changed("Host: a", "Host : a"),
            changed("Host: a", "Host: a\r\n b"),
            changed("\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
            changed("\r\n\r\n", "\r\n"),
            changed("Host: a", &vec!["a: b"; HEADERS + 1].join("\r\n")),
        ] {
            assert!(!is_poll(&other), "{}", String::from_utf8_lossy(&other));
        }
        for length in 0..POLL.len() {
            assert!(!is_poll(&POLL.as_bytes()[..length]), "a part of it");
        }
    }
}
