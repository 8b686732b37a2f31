//! Parses the few requests of the load generator.

use memchr::memmem;

use crate::response::{decimal, header};

/// A request as the baseline reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request<'a> {
    Poll { room: &'a [u8], after: Option<usize>, hold: bool },
    Publish { room: &'a [u8], text: &'a [u8] },
    Room { room: &'a [u8] },
    Other,
}

/// Parses the request at the beginning of these bytes. Returns its length, too; none while a part is missing.
pub(super) fn parse(bytes: &[u8]) -> Option<(Request<'_>, usize)> {
    let end = memmem::find(bytes, b"\r\n\r\n")? + 4;
    if let Some(query) = bytes.strip_prefix(b"GET /api/v1/poll?room=") {
        return Some((poll(query), end));
    }
    let head = &bytes[..end - 2];
    let length = header(head, b"content-length").and_then(decimal).and_then(|length| length.try_into().ok());
    let whole = end + length.unwrap_or(0_usize);
    let body = bytes.get(end..whole)?;
    let request = match bytes.split(|byte| matches!(byte, b' ' | b'/')).nth(5) {
        Some(room) if bytes.starts_with(b"PUT ") => Request::Room { room },
        Some(room) if bytes.starts_with(b"POST /api/v1/rooms/") => {
            Request::Publish { room, text: text(body) }
        }
        _ => Request::Other,
    };
    Some((request, whole))
}

fn poll(query: &[u8]) -> Request<'_> {
    let end = query.iter().position(|byte| *byte == b' ').unwrap_or(query.len());
    let (query, mut after, mut hold) = (&query[..end], None, true);
    let mut parts = query.split(|byte| *byte == b'&');
    let room = parts.next().unwrap_or_default();
    for part in parts {
        if let Some(cursor) = part.strip_prefix(b"after=") {
            after = cursor.get(17..).and_then(decimal).and_then(|seq| seq.try_into().ok());
        } else if part == b"wait=0" {
            hold = false;
        }
    }
    Request::Poll { room, after, hold }
}

/// The text in the body of a publish.
pub(super) fn text(body: &[u8]) -> &[u8] {
    let text = memmem::find(body, b"\"text\":\"").map(|at| &body[at + 8..]);
    text.and_then(|text| text.strip_suffix(b"\"}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_the_generator_are_parsed() {
        let bytes =
            b"GET /api/v1/poll?room=r0&after=00000000000000f1-12&wait=110 HTTP/1.1\r\nhost: bench\r\n\r\n";
        let poll = Request::Poll { room: b"r0", after: Some(12), hold: true };
        assert_eq!(parse(bytes), Some((poll, bytes.len())));
        let bytes = b"GET /api/v1/poll?room=r0&wait=0 HTTP/1.1\r\nhost: bench\r\n\r\n";
        assert_eq!(parse(bytes).unwrap().0, Request::Poll { room: b"r0", after: None, hold: false });
        let bytes =
            b"POST /api/v1/rooms/r7/messages HTTP/1.1\r\ncontent-length: 24\r\n\r\n{\"key\":\"k\",\"text\":\"hey\"}";
        let publish = Request::Publish { room: b"r7", text: b"hey" };
        assert_eq!(parse(bytes), Some((publish, bytes.len())));
        assert_eq!(parse(&bytes[..bytes.len() - 1]), None);
        let bytes = b"PUT /api/v1/rooms/r7 HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(parse(bytes).unwrap().0, Request::Room { room: b"r7" });
    }
}
