//! Encodes replies for the wire, with the same bytes as hyper and the router: head and body in one buffer.
//! Polls that get the same batch share the buffer.

use std::time::SystemTime;

use bytes::Bytes;
use http::StatusCode;
use tokio::time::Instant;

use crate::api::{Reply, ReplyBody};
use crate::http::protection_lines;

/// Encodes responses, and caches the last batch for further polls that get the same.
pub(super) struct Responses {
    date: Date,
    /// The protection headers, as lines.
    protection: String,
    last: Option<LastBatch>,
}

struct LastBatch {
    body: Bytes,
    is_tls: bool,
    closes: bool,
    made_at: u64,
    response: Bytes,
}

/// The value of the `Date` header, formatted once a second.
struct Date {
    since: Instant,
    second: u64,
    text: String,
}

impl Responses {
    pub(super) fn new(now: Instant) -> Self {
        let date = Date { since: now, second: 0, text: httpdate::fmt_http_date(SystemTime::now()) };
        Self { date, protection: protection_lines(), last: None }
    }

    /// Encodes the response to a poll over a browser's connection that may be encrypted; `closes` announces the close
    /// of the connection.
    pub(super) fn batch(&mut self, body: &Bytes, is_tls: bool, closes: bool, now: Instant) -> Bytes {
        self.date.update(now);
        let same = self.last.as_ref().filter(|last| {
            // Compares addresses, not bytes: the cache keeps the buffer alive, so no other buffer can have
            // its address.
            let is_same = last.body.as_ptr() == body.as_ptr() && last.body.len() == body.len();
            is_same && last.is_tls == is_tls && last.closes == closes && last.made_at == self.date.second
        });
        if let Some(last) = same {
            return last.response.clone();
        }
        let response = self.encode(&Reply::batch(body.clone(), closes).over(is_tls), closes, now);
        let (body, made_at) = (body.clone(), self.date.second);
        self.last = Some(LastBatch { body, is_tls, closes, made_at, response: response.clone() });
        response
    }

    /// Encodes a reply. If only `closes` says that the connection closes, the header stands behind the
    /// length, as hyper writes it.
    pub(super) fn encode(&mut self, reply: &Reply, closes: bool, now: Instant) -> Bytes {
        self.date.update(now);
        let mut status = itoa::Buffer::new();
        let reason = StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
        let body = match &reply.body {
            ReplyBody::Whole(body) => &**body,
            // No operation that an event loop runs answers with a stream.
            ReplyBody::Stream(_) => b"",
        };
        let mut response = Vec::with_capacity(HEAD_BYTES + self.protection.len() + body.len());
        let mut add =
            |parts: &[&str]| parts.iter().for_each(|part| response.extend_from_slice(part.as_bytes()));
        add(&["HTTP/1.1 ", status.format(reply.status), " ", reason.unwrap_or_default(), "\r\n"]);
        for (name, value) in [("content-type", reply.media_type), ("cache-control", reply.caching)] {
            if let Some(value) = value {
                add(&[name, ": ", value, "\r\n"]);
            }
        }
        add(&[&self.protection]);
        for (name, value) in reply.further_headers() {
            add(&[name, ": ", value, "\r\n"]);
        }
        let mut length = itoa::Buffer::new();
        let close = if closes && !reply.closes { "connection: close\r\n" } else { "" };
        add(&[
            "content-length: ",
            length.format(body.len()),
            "\r\n",
            close,
            "date: ",
            &self.date.text,
            "\r\n\r\n",
        ]);
        response.extend_from_slice(body);
        response.into()
    }
}

/// The initial capacity for a head without the protection headers, enough for most.
const HEAD_BYTES: usize = 256;

impl Date {
    fn update(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.since).as_secs();
        if second != self.second {
            self.second = second;
            // The wall clock is read, so that a change of the clock is followed.
            self.text = httpdate::fmt_http_date(SystemTime::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn same_batch_is_encoded_once() {
        let now = Instant::now();
        let mut responses = Responses::new(now);
        let body = Bytes::from_static(b"{}");
        let first = responses.batch(&body, false, false, now);
        assert_eq!(first.as_ptr(), responses.batch(&body, false, false, now).as_ptr());
        assert_ne!(first.as_ptr(), responses.batch(&Bytes::from_static(b"[]"), false, false, now).as_ptr());
        let encrypted = responses.batch(&body, true, false, now);
        assert!(encrypted.windows(18).any(|part| part == b"\r\nstrict-transport"), "{encrypted:?}");
        let last = responses.batch(&body, false, true, now);
        assert!(!last.windows(18).any(|part| part == b"\r\nstrict-transport"), "{last:?}");
        assert!(last.windows(19).any(|part| part == b"\r\nconnection: close"), "{last:?}");
        let later = responses.batch(&body, false, true, now + Duration::from_secs(2));
        assert_ne!(later.as_ptr(), last.as_ptr(), "another second, another date");
    }
}
