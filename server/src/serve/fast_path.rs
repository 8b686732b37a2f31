//! Recognises the requests that event loops answer: polls in their usual form. Strict, because every other
//! request is left to hyper. Does not decide whether a request is granted.

use std::mem::MaybeUninit;

use crate::api::{CallerHeaders, HttpConfig, RequestLine};

/// The beginning of every request that an event loop answers.
const BEGINNING: &[u8] = b"GET /api/v1/poll?";

/// The largest number of headers. A browser sends about fifteen.
const HEADERS: usize = 32;

/// The request line of a poll, as the caller's checks see it.
pub(super) const LINE: RequestLine<'static> =
    RequestLine { is_safe: true, needs_host: true, authority: None, nested: "" };

/// A poll that an event loop can answer.
#[derive(Debug)]
pub(crate) struct FastPoll<'a> {
    pub(crate) query: &'a str,
    headers: &'a [httparse::Header<'a>],
}

/// Memory for the headers of a request.
pub(crate) struct HeaderSlots<'a>([MaybeUninit<httparse::Header<'a>>; HEADERS]);

impl HeaderSlots<'_> {
    pub(crate) fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; HEADERS])
    }
}

/// Whether these bytes are exactly one complete request that an event loop answers.
pub(super) fn is_fast_path(bytes: &[u8]) -> bool {
    FastPoll::parse(bytes, &mut HeaderSlots::new()).is_some()
}

/// Splits what begins like a poll into the query and the headers, neither of which is checked.
pub(super) fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let target = bytes.strip_prefix(BEGINNING)?;
    let end = target.iter().position(|byte| *byte == b' ')?;
    let headers = target[end..].strip_prefix(b" HTTP/1.1\r\n")?;
    Some((std::str::from_utf8(&target[..end]).ok()?, headers))
}

/// Whether every parser interprets a query in the same way.
pub(super) fn is_plain_query(query: &str) -> bool {
    query.bytes().all(is_plain_in_query)
}

impl<'a> FastPoll<'a> {
    /// Parses a poll in HTTP/1.1 that is complete, has nothing behind it, and has no header that affects the
    /// connection.
    pub(crate) fn parse(bytes: &'a [u8], slots: &'a mut HeaderSlots<'a>) -> Option<Self> {
        if !bytes.starts_with(BEGINNING) {
            return None;
        }
        let mut request = httparse::Request::new(&mut []);
        let parsed = request.parse_with_uninit_headers(bytes, &mut slots.0);
        if !matches!(parsed, Ok(httparse::Status::Complete(length)) if length == bytes.len()) {
            return None;
        }
        let query = request.path?.strip_prefix("/api/v1/poll?")?;
        let is_plain = request.version == Some(1)
            && is_plain_query(query)
            && request.headers.iter().all(is_plain_header);
        is_plain.then_some(Self { query, headers: request.headers })
    }

    /// The headers that identify the caller.
    pub(crate) fn caller_headers(&self, config: &HttpConfig) -> CallerHeaders<'a> {
        CallerHeaders::read(config, self.headers.iter().map(|header| (header.name, header.value)))
    }
}

/// Whether a header announces no body and does not affect the connection.
fn is_plain_header(header: &httparse::Header<'_>) -> bool {
    let is = |name: &str| header.name.eq_ignore_ascii_case(name);
    match header.name.len() {
        10 if is("connection") => header.value.eq_ignore_ascii_case(b"keep-alive"),
        2 | 6 | 7 | 14 | 17 => {
            !["te", "expect", "upgrade", "trailer", "content-length", "transfer-encoding"].into_iter().any(is)
        }
        _ => true,
    }
}

/// Whether every parser interprets this byte of a query in the same way.
fn is_plain_in_query(byte: u8) -> bool {
    let is_mark = |byte| {
        matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'&'
                | b'='
                | b'*'
                | b'+'
                | b':'
                | b'/'
                | b','
                | b';'
                | b'@'
                | b'!'
                | b'$'
                | b'\''
                | b'('
                | b')'
        )
    };
    byte.is_ascii_alphanumeric() || is_mark(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: &str = "GET /api/v1/poll?room=lobby&after=00000000000000ff-7 HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn poll_is_recognized() {
        let mut slots = HeaderSlots::new();
        let poll = FastPoll::parse(POLL.as_bytes(), &mut slots).unwrap();
        assert_eq!(poll.query, "room=lobby&after=00000000000000ff-7");
        assert!(is_fast_path(POLL.replace("Host: a", "Connection: Keep-Alive").as_bytes()));
    }

    #[test]
    fn everything_else_is_left_to_hyper() {
        let changed = |from: &str, to: &str| POLL.replace(from, to).into_bytes();
        for other in [
            changed("GET", "HEAD"),
            changed("GET", "POST"),
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
