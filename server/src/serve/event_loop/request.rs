//! Recognizing the two requests that come by the thousand. Strict: what is in any way unusual is left to hyper.

use std::mem::MaybeUninit;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use holdline_shared::PollQuery;

use crate::http::{CallerHeaders, Line};

/// Headers that a request may have. A browser sends about fifteen.
const HEADERS: usize = 32;

/// A request that an event loop answers, as it was read.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) asked: Asked<'a>,
    headers: &'a [httparse::Header<'a>],
}

/// Memory for the headers of a request.
pub(super) struct HeaderSlots<'a>([MaybeUninit<httparse::Header<'a>>; HEADERS]);

impl HeaderSlots<'_> {
    pub(super) fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; HEADERS])
    }
}

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// A poll; what stands behind the `?`.
    Poll(&'a str),
    /// Publishing a message.
    Publish {
        /// Of ASCII; others are percent-encoded, and decoded by the router.
        room: &'a str,
        /// Some JSON, or so the request says.
        body: &'a [u8],
    },
}

/// Whether these bytes are one whole request that an event loop answers, no more and no less.
pub(crate) fn is_ours(bytes: &[u8]) -> bool {
    Request::parse(bytes, &mut HeaderSlots::new()).is_some()
}

impl<'a> Request<'a> {
    /// Reads a poll or a publish in HTTP/1.1, whole, with nothing behind it, and nothing in it that changes how the
    /// connection goes on.
    pub(super) fn parse(bytes: &'a [u8], slots: &'a mut HeaderSlots<'a>) -> Option<Self> {
        if !bytes.starts_with(b"GET /api/v1/poll?") && !bytes.starts_with(b"POST /api/v1/rooms/") {
            return None;
        }
        let mut request = httparse::Request::new(&mut []);
        let parsed = request.parse_with_uninit_headers(bytes, &mut slots.0);
        let Ok(httparse::Status::Complete(length)) = parsed else { return None };
        let (method, target, version) = (request.method?, request.path?, request.version?);
        let body = &bytes[length..];
        let asked = if method == "GET" {
            poll(target).filter(|_| body.is_empty())?
        } else {
            Asked::Publish { room: published_room(target)?, body }
        };
        let request = Self { asked, headers: request.headers };
        (version == 1 && request.is_usual(body)).then_some(request)
    }

    /// The headers by which a caller is judged.
    pub(super) fn caller_headers(&self) -> CallerHeaders<'a> {
        CallerHeaders::read(self.headers.iter().map(|header| (header.name, header.value)))
    }

    /// The parts of the request line by which a caller is judged.
    pub(super) fn line(&self) -> Line<'static> {
        let is_safe = matches!(self.asked, Asked::Poll(_));
        Line { is_safe, needs_host: true, authority: None, nested: "" }
    }

    /// The headers that prove who asks: `Authorization` and `Cookie`.
    pub(super) fn credentials(&self) -> HeaderMap {
        let mut credentials = HeaderMap::new();
        for header in self.headers {
            let is = |name: &HeaderName| header.name.eq_ignore_ascii_case(name.as_str());
            let name = [header::AUTHORIZATION, header::COOKIE].into_iter().find(is);
            if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(header.value)) {
                credentials.append(name, value);
            }
        }
        credentials
    }

    /// Whether the headers fit what is asked and leave the connection alone.
    fn is_usual(&self, body: &[u8]) -> bool {
        let (mut is_json, mut has_length) = (false, false);
        for header in self.headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            let says = |value: &str| header.value.eq_ignore_ascii_case(value.as_bytes());
            let is_fine = match header.name.len() {
                10 if is("connection") => says("keep-alive"),
                14 if is("content-length") => {
                    !std::mem::replace(&mut has_length, true) && says(&body.len().to_string())
                }
                12 if is("content-type") => {
                    !std::mem::replace(&mut is_json, true) && says("application/json")
                }
                2 | 6 | 7 | 16 | 17 => !CHANGES.iter().any(|name| is(name)),
                _ => true,
            };
            if !is_fine {
                return false;
            }
        }
        match self.asked {
            Asked::Poll(_) => !has_length,
            Asked::Publish { .. } => is_json && has_length,
        }
    }
}

/// Headers that change what belongs to the request, or how the connection goes on.
const CHANGES: [&str; 6] = ["transfer-encoding", "content-encoding", "expect", "upgrade", "te", "trailer"];

fn poll(target: &str) -> Option<Asked<'_>> {
    let query = target.strip_prefix("/api/v1/poll?")?;
    query.bytes().all(is_usual_in_query).then_some(Asked::Poll(query))
}

fn published_room(target: &str) -> Option<&str> {
    let room = target.strip_prefix("/api/v1/rooms/")?.strip_suffix("/messages")?;
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    room.bytes().all(is_usual).then_some(room)
}

/// Reads queries, and keeps the last one: those who are answered together ask the same together.
#[derive(Default)]
pub(super) struct Queries {
    last: Option<(String, PollQuery)>,
}

impl Queries {
    /// What is asked; nothing when it is not valid.
    pub(super) fn parse(&mut self, text: &str) -> Option<&PollQuery> {
        if self.last.as_ref().is_none_or(|(last, _)| last != text) {
            let query = PollQuery::from_pairs(form_urlencoded::parse(text.as_bytes())).ok()?;
            self.last = Some((text.to_owned(), query));
        }
        self.last.as_ref().map(|(_, query)| query)
    }
}

/// What a query is made of that needs no second thought.
fn is_usual_in_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=*+:/,;@!$'()".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: &str = "GET /api/v1/poll?room=lobby&after=00000000000000ff-7 HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn a_poll_is_a_poll() {
        let mut slots = HeaderSlots::new();
        let request = Request::parse(POLL.as_bytes(), &mut slots).unwrap();
        assert_eq!(request.asked, Asked::Poll("room=lobby&after=00000000000000ff-7"));
        assert!(request.credentials().is_empty());
        assert!(is_ours(POLL.replace("Host: a", "Connection: Keep-Alive").as_bytes()));
    }

    #[test]
    fn the_same_query_is_the_same() {
        let mut queries = Queries::default();
        let first = queries.parse("room=tea&wait=5").unwrap().clone();
        assert_eq!(queries.parse("room=tea&wait=5"), Some(&first));
        assert_ne!(queries.parse("room=tea&wait=6"), Some(&first));
        assert_eq!(queries.parse("room="), None);
        assert_eq!(queries.parse("room=tea&wait=5"), Some(&first));
    }

    #[test]
    fn knows_who_asks() {
        let poll =
            POLL.replace("Host: a", "Cookie: a=b\r\nAuthorization: Bearer x\r\ncookie: c=d\r\nAccept: */*");
        let credentials = Request::parse(poll.as_bytes(), &mut HeaderSlots::new()).unwrap().credentials();
        assert_eq!(credentials.get_all("cookie").iter().collect::<Vec<_>>(), ["a=b", "c=d"]);
        assert_eq!(credentials["authorization"], "Bearer x");
        assert_eq!(credentials.len(), 3);
    }

    #[test]
    fn a_publish_is_a_publish() {
        let publish = "POST /api/v1/rooms/Tea-2_b/messages HTTP/1.1\r\ncontent-type: application/json\r\n\
            content-length: 2\r\n\r\n{}";
        assert_eq!(
            Request::parse(publish.as_bytes(), &mut HeaderSlots::new()).unwrap().asked,
            Asked::Publish { room: "Tea-2_b", body: b"{}" }
        );
        for (from, to) in [
            ("{}", "{"),
            ("{}", "{} "),
            ("POST", "PUT"),
            ("Tea", "T%65a"),
            ("Tea", "T/a"),
            ("/messages", "/messages/"),
            ("/messages", "/messages?a"),
            ("length: 2", "length: +2"),
            ("length: 2", "length: 02"),
            ("length: 2", "length: 2\r\ncontent-length: 2"),
            ("content-length: 2", "a: b"),
            ("content-length: 2", "content-length: 2\r\ntransfer-encoding: chunked"),
            ("content-type", "a"),
            ("json", "json; charset=utf-8"),
            ("json", "problem+json"),
        ] {
            let other = publish.replace(from, to);
            assert!(other != publish && !is_ours(other.as_bytes()), "{other}");
        }
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
            assert!(!is_ours(&other), "{}", String::from_utf8_lossy(&other));
        }
        for length in 0..POLL.len() {
            assert!(!is_ours(&POLL.as_bytes()[..length]), "a part of it");
        }
    }
}
