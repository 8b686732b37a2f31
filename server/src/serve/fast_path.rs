//! Recognizes the requests that event loops answer: polls and publishes, in the form in which they come by the thousand.
//! Strict, because everything else is left to hyper. Whether a request may be granted is not decided here.

use std::mem::MaybeUninit;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::api::{CallerHeaders, RequestLine};

/// Headers that a request may have. A browser sends about fifteen.
const HEADERS: usize = 32;

/// A request that an event loop answers.
#[derive(Debug)]
pub(super) struct FastRequest<'a> {
    pub(super) asked: Asked<'a>,
    headers: &'a [httparse::Header<'a>],
}

/// The operation that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// A poll, by its query.
    Poll(&'a str),
    /// A message to publish.
    Publish {
        /// In ASCII. Other names are percent-encoded, and decoded by the router.
        room: &'a str,
        body: &'a [u8],
    },
}

/// Memory for the headers of a request.
pub(super) struct HeaderSlots<'a>([MaybeUninit<httparse::Header<'a>>; HEADERS]);

impl HeaderSlots<'_> {
    pub(super) fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; HEADERS])
    }
}

/// Whether these bytes are one whole request that an event loop answers, no more and no less.
pub(super) fn is_fast_path(bytes: &[u8]) -> bool {
    FastRequest::parse(bytes, &mut HeaderSlots::new()).is_some()
}

impl<'a> FastRequest<'a> {
    /// Reads a poll or a publish in HTTP/1.1: whole, with nothing behind it, and nothing in it that changes how the connection
    /// goes on.
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
        (version == 1 && request.has_only_plain_headers(body)).then_some(request)
    }

    /// The headers by which a caller is judged.
    pub(super) fn caller_headers(&self) -> CallerHeaders<'a> {
        CallerHeaders::read(self.headers.iter().map(|header| (header.name, header.value)))
    }

    /// The parts of the request line by which a caller is judged.
    pub(super) fn line(&self) -> RequestLine<'static> {
        let is_safe = matches!(self.asked, Asked::Poll(_));
        RequestLine { is_safe, needs_host: true, authority: None, nested: "" }
    }

    /// The headers that describe the body.
    pub(super) fn body_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for found in self.headers {
            let is = |name: &HeaderName| found.name.eq_ignore_ascii_case(name.as_str());
            let name = [header::CONTENT_TYPE, header::CONTENT_ENCODING].into_iter().find(is);
            if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(found.value)) {
                headers.append(name, value);
            }
        }
        headers
    }

    /// Whether the headers fit the body and leave the connection alone.
    fn has_only_plain_headers(&self, body: &[u8]) -> bool {
        let mut has_length = false;
        for header in self.headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            let says = |value: &str| header.value.eq_ignore_ascii_case(value.as_bytes());
            let is_plain = match header.name.len() {
                10 if is("connection") => says("keep-alive"),
                14 if is("content-length") => {
                    !std::mem::replace(&mut has_length, true) && says(&body.len().to_string())
                }
                2 | 6 | 7 | 17 => !CHANGES.iter().any(|name| is(name)),
                _ => true,
            };
            if !is_plain {
                return false;
            }
        }
        has_length == matches!(self.asked, Asked::Publish { .. })
    }
}

/// Headers that change which bytes belong to the request, or how the connection goes on.
const CHANGES: [&str; 5] = ["transfer-encoding", "expect", "upgrade", "te", "trailer"];

fn poll(target: &str) -> Option<Asked<'_>> {
    let query = target.strip_prefix("/api/v1/poll?")?;
    query.bytes().all(is_plain_in_query).then_some(Asked::Poll(query))
}

fn published_room(target: &str) -> Option<&str> {
    let room = target.strip_prefix("/api/v1/rooms/")?.strip_suffix("/messages")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (!room.is_empty() && room.bytes().all(is_plain)).then_some(room)
}

/// Whether every parser reads this byte of a query in the same way.
fn is_plain_in_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=*+:/,;@!$'()".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: &str = "GET /api/v1/poll?room=lobby&after=00000000000000ff-7 HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn poll_is_recognized() {
        let mut slots = HeaderSlots::new();
        let request = FastRequest::parse(POLL.as_bytes(), &mut slots).unwrap();
        assert_eq!(request.asked, Asked::Poll("room=lobby&after=00000000000000ff-7"));
        assert!(is_fast_path(POLL.replace("Host: a", "Connection: Keep-Alive").as_bytes()));
    }

    #[test]
    fn headers_of_the_body_are_found() {
        let publish = "POST /api/v1/rooms/tea/messages HTTP/1.1\r\nContent-TYPE: a/b\r\nhost: c\r\n\
            content-encoding: d\r\ncontent-length: 0\r\n\r\n";
        let headers = FastRequest::parse(publish.as_bytes(), &mut HeaderSlots::new()).unwrap().body_headers();
        assert_eq!(
            (headers["content-type"].as_bytes(), headers["content-encoding"].as_bytes()),
            (&b"a/b"[..], &b"d"[..])
        );
        assert_eq!(headers.len(), 2);
    }

    #[test]
    fn publish_is_recognized() {
        let publish = "POST /api/v1/rooms/Tea-2_b/messages HTTP/1.1\r\ncontent-type: application/json\r\n\
            content-length: 2\r\n\r\n{}";
        assert_eq!(
            FastRequest::parse(publish.as_bytes(), &mut HeaderSlots::new()).unwrap().asked,
            Asked::Publish { room: "Tea-2_b", body: b"{}" }
        );
        for (from, to) in [
            ("{}", "{"),
            ("{}", "{} "),
            ("POST", "PUT"),
            ("Tea", "T%65a"),
            ("Tea", "T/a"),
            ("Tea-2_b", ""),
            ("/messages", "/messages/"),
            ("/messages", "/messages?a"),
            ("length: 2", "length: +2"),
            ("length: 2", "length: 02"),
            ("length: 2", "length: 2\r\ncontent-length: 2"),
            ("content-length: 2", "a: b"),
            ("content-length: 2", "content-length: 2\r\ntransfer-encoding: chunked"),
        ] {
            let other = publish.replace(from, to);
            assert!(other != publish && !is_fast_path(other.as_bytes()), "{other}");
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
            assert!(!is_fast_path(&other), "{}", String::from_utf8_lossy(&other));
        }
        for length in 0..POLL.len() {
            assert!(!is_fast_path(&POLL.as_bytes()[..length]), "a part of it");
        }
    }
}
