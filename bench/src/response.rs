//! Parses a response: status, head, body, and the numbers of the messages in it. Only as much of HTTP as the peers use: a
//! `Content-Length`, no chunks.

use anyhow::{Result, ensure};
use memchr::{memchr, memmem};

/// Stands before and after a message's number in its text, and nowhere else in any response.
const MARK: u8 = b'~';
/// Digits of a message's number.
const DIGITS: usize = 10;
/// The shortest text that can carry a number.
pub(crate) const SHORTEST: usize = DIGITS + 2;

/// A complete response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Parses the response at the beginning of these bytes; none while a part is missing.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Option<Self>> {
        let Some(end) = memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
        let (head, rest) = (&bytes[..end + 2], &bytes[end + 4..]);
        ensure!(head.starts_with(b"HTTP/1.1 ") && head.len() > 12, "not a response: {}", text(head));
        let status = decimal(&head[9..12]).and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
        let length = match header(head, b"content-length") {
            Some(value) => decimal(value).and_then(|length| usize::try_from(length).ok()),
            None if status == 204 || status == 304 => Some(0),
            None => None,
        };
        let Some(length) = length else { anyhow::bail!("an response without length: {}", text(head)) };
        Ok(rest.get(..length).map(|body| Self { status, head, body }))
    }
}

/// The value of a header, by its name in lower case.
pub(crate) fn header<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = head;
    while let Some(end) = memchr(b'\n', rest) {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        if line.len() > name.len()
            && line[name.len()] == b':'
            && line[..name.len()].eq_ignore_ascii_case(name)
        {
            return Some(line[name.len() + 1..].trim_ascii());
        }
    }
    None
}

/// Finds the text between the last `before` and the next quote: a cursor, for instance.
pub(crate) fn last_quoted<'a>(body: &'a [u8], before: &[u8]) -> Option<&'a [u8]> {
    let start = memmem::rfind(body, before)? + before.len();
    let end = memchr(b'"', &body[start..])?;
    Some(&body[start..start + end])
}

/// The numbers of the messages in a body, in its order.
pub(crate) fn numbers(body: &[u8]) -> Numbers<'_> {
    Numbers { rest: body }
}

/// See [`numbers`].
pub(crate) struct Numbers<'a> {
    rest: &'a [u8],
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let at = memchr(MARK, self.rest)?;
            let found = self.rest.get(at + 1..at + 1 + DIGITS).and_then(decimal);
            let closed = self.rest.get(at + 1 + DIGITS) == Some(&MARK);
            if let Some(number) = found.filter(|_| closed).and_then(|number| u32::try_from(number).ok()) {
                self.rest = &self.rest[at + SHORTEST..];
                return Some(number);
            }
            self.rest = &self.rest[at + 1..];
        }
    }
}

/// Writes a text of this length that carries the number.
pub(crate) fn write_text(number: u32, length: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.push(MARK);
    let mut power = 1_000_000_000;
    while power > 0 {
        out.push(b'0' + u8::try_from(number / power % 10).unwrap_or_default());
        power /= 10;
    }
    out.push(MARK);
    out.resize(start + length.max(SHORTEST), b'x');
}

/// Parses a decimal number.
pub(crate) fn decimal(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0_u64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')))
    })
}

/// Formats bytes for a person.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_is_complete_or_none() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nEtag: 3\r\n\r\nhello";
        for cut in 0..bytes.len() {
            assert_eq!(Response::parse(&bytes[..cut]).unwrap(), None, "{cut}");
        }
        let response = Response::parse(bytes).unwrap().unwrap();
        assert_eq!((response.status, response.body), (200, &b"hello"[..]));
        assert_eq!(header(response.head, b"etag"), Some(&b"3"[..]));
        assert_eq!(header(response.head, b"tag"), None);
    }

    #[test]
    fn other_protocols_are_refused() {
        assert!(Response::parse(b"SMTP ready\r\n\r\n").is_err());
        assert!(Response::parse(b"HTTP/1.1 200 OK\r\n\r\nno length").is_err());
    }

    #[test]
    fn numbers_are_read_as_written() {
        let mut body = b"{\"entries\":[".to_vec();
        for number in [0, 7, 4_000_000_000] {
            write_text(number, 100, &mut body);
            body.extend_from_slice(b"\",\"at~12");
        }
        assert_eq!(numbers(&body).collect::<Vec<_>>(), [0, 7, 4_000_000_000]);
        let mut text = Vec::new();
        write_text(1, 50, &mut text);
        assert_eq!(text.len(), 50);
    }

    #[test]
    fn incomplete_number_is_none() {
        assert_eq!(numbers(b"~00000000").count(), 0);
        assert_eq!(numbers(b"~0000000001").count(), 0);
        assert_eq!(numbers(b"~~0000000001~").collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn last_cursor_counts() {
        let body = br#"{"entries":[{"text":"\"cursor\":\"a\""}],"cursor":"b-1","wait":25}"#;
        assert_eq!(last_quoted(body, b"\"cursor\":\""), Some(&b"b-1"[..]));
    }
}
