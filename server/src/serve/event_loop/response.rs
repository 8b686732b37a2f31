//! Answers as they go over the wire: the head that hyper and the handler would make, and the body, in one buffer. Polls
//! that get the same batch share it.

use std::time::SystemTime;

use bytes::Bytes;
use tokio::time::Instant;

use crate::http::PROTECTION;
use crate::log::Committed;

/// Makes answers, and keeps the last one for the next who gets the same.
pub(super) struct Responses {
    date: Date,
    last: Option<Last>,
}

struct Last {
    body: Bytes,
    closes: bool,
    made_at: u64,
    response: Bytes,
}

/// The time of day for the `Date` header, made once a second.
struct Date {
    since: Instant,
    second: u64,
    text: String,
}

impl Responses {
    pub(super) fn new(now: Instant) -> Self {
        let date = Date { since: now, second: 0, text: httpdate::fmt_http_date(SystemTime::now()) };
        Self { date, last: None }
    }

    /// The answer to a publish: the entry, with the status of one that is new or of one that was there.
    pub(super) fn entry(&mut self, entry: &Committed, is_new: bool, is_last: bool, now: Instant) -> Bytes {
        self.date.update(now);
        if !is_new {
            return encode([b"HTTP/1.1 200 OK\r\n", JSON], &entry.json, is_last, &self.date.text);
        }
        let mut seq = itoa::Buffer::new();
        let seq = seq.format(entry.seq.0).as_bytes();
        let head = [b"HTTP/1.1 201 Created\r\n", JSON, b"location: messages/", seq, b"\r\n"];
        encode(head, &entry.json, is_last, &self.date.text)
    }

    /// The answer to a poll with this body; `is_last` says that the connection is closed after it.
    pub(super) fn batch(&mut self, body: &Bytes, is_last: bool, now: Instant) -> Bytes {
        self.date.update(now);
        let same = self.last.as_ref().filter(|last| {
            // The same buffer, not just the same bytes; it is kept here, so that no other can take its address.
            let is_same = last.body.as_ptr() == body.as_ptr() && last.body.len() == body.len();
            is_same && last.closes == is_last && last.made_at == self.date.second
        });
        if let Some(last) = same {
            return last.response.clone();
        }
        // The handler says it itself.
        let connection = if is_last { CLOSE } else { b"" };
        let head = [b"HTTP/1.1 200 OK\r\n", JSON, b"x-accel-buffering: no\r\n", connection];
        let response = encode(head, body, false, &self.date.text);
        let last = Last {
            body: body.clone(),
            closes: is_last,
            made_at: self.date.second,
            response: response.clone(),
        };
        self.last = Some(last);
        response
    }
}

impl Date {
    fn update(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.since).as_secs();
        if second != self.second {
            self.second = second;
            // Asked anew, so that a clock that is set is followed.
            self.text = httpdate::fmt_http_date(SystemTime::now());
        }
    }
}

/// What every answer says of its body.
const JSON: &[u8] = b"content-type: application/json\r\ncache-control: no-store\r\n";

/// Says that the connection is closed after the answer.
const CLOSE: &[u8] = b"connection: close\r\n";

/// Puts an answer together as hyper does, which is also the one to say that the connection closes where the handler does
/// not know.
fn encode<const N: usize>(head: [&[u8]; N], body: &[u8], closes: bool, date: &str) -> Bytes {
    let (mut length, connection) = (itoa::Buffer::new(), if closes { CLOSE } else { b"" });
    let length = length.format(body.len()).as_bytes();
    let rest = [
        PROTECTION.as_bytes(),
        b"content-length: ",
        length,
        b"\r\n",
        connection,
        b"date: ",
        date.as_bytes(),
        b"\r\n\r\n",
        body,
    ];
    // As much as is needed and no more: what is exactly full becomes `Bytes` without another allocation.
    let size = head.iter().chain(&rest).map(|part| part.len()).sum();
    let mut response = Vec::with_capacity(size);
    head.iter().chain(&rest).for_each(|part| response.extend_from_slice(part));
    response.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_same_is_made_once() {
        let now = Instant::now();
        let mut responses = Responses::new(now);
        let body = Bytes::from_static(b"{}");
        let first = responses.batch(&body, false, now);
        assert_eq!(first.as_ptr(), responses.batch(&body, false, now).as_ptr());
        assert_ne!(first.as_ptr(), responses.batch(&Bytes::from_static(b"[]"), false, now).as_ptr());
        let last = responses.batch(&body, true, now);
        assert!(last.windows(19).any(|part| part == b"\r\nconnection: close"), "{last:?}");
        let later = responses.batch(&body, true, now + Duration::from_secs(2));
        assert_ne!(later.as_ptr(), last.as_ptr(), "another second, another date");
    }
}
