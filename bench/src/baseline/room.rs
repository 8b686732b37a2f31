//! A room of the baseline: its log as encoded bytes, and its waiters.

use std::io::Write as _;

/// Entries in one response, as Holdline limits them.
const BATCH: usize = 500;

/// Fixed responses.
pub(super) const SESSION: &[u8] =
    b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{\"token\":\"baseline\"}";
pub(super) const CREATED: &[u8] =
    b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

/// The rest of an entry around its text, as long as Holdline's.
const BEFORE: &str = r#","at":1795169916035,"author":{"id":"cpqxc9rf8ky6xjt9","name":"Keen Newt"},"kind":"message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":""#;
const AFTER: &str = "\"}";
const EPOCH: &str = "00000000000000f1";
/// Length of a body without its entries and the digits of its cursor.
const FRAME: usize = r#"{"entries":[],"cursor":"00000000000000f1-","wait":25}"#.len();
const DATE: &str = "Fri, 20 Nov 2026 10:18:36 GMT";

/// A room.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The encoded entries, each with a comma before it.
    log: Vec<u8>,
    /// The end of each entry in `log`.
    ends: Vec<usize>,
    pub(super) waiting: Vec<Waiter>,
    pub(super) dirty: bool,
}

/// A held poll.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiter {
    pub(super) conn: u32,
    pub(super) after: u32,
}

impl Room {
    pub(super) fn head(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn wait(&mut self, conn: usize, after: usize) {
        let number = |value| u32::try_from(value).unwrap_or(u32::MAX);
        self.waiting.push(Waiter { conn: number(conn), after: number(after) });
    }

    pub(super) fn leave(&mut self, conn: usize) {
        self.waiting.retain(|waiter| waiter.conn as usize != conn);
    }

    /// Appends a text and encodes the response to its publisher.
    pub(super) fn append(&mut self, name: &[u8], text: &[u8], drop_every: usize, response: &mut Vec<u8>) {
        let start = self.log.len();
        let seq = self.ends.len() + 1;
        self.log.push(b',');
        // Writing to memory does not fail.
        write!(self.log, "{{\"seq\":{seq},\"room\":\"").unwrap_or_default();
        self.log.extend_from_slice(name);
        self.log.push(b'"');
        self.log.extend_from_slice(BEFORE.as_bytes());
        self.log.extend_from_slice(text);
        self.log.extend_from_slice(AFTER.as_bytes());
        let entry = &self.log[start + 1..];
        response.clear();
        write!(
            response,
            "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
             content-length: {}\r\ndate: {DATE}\r\n\r\n",
            entry.len()
        )
        .unwrap_or_default();
        response.extend_from_slice(entry);
        if drop_every > 0 && seq.is_multiple_of(drop_every) {
            self.log.truncate(start);
        }
        self.ends.push(self.log.len());
    }

    /// Encodes the batch after this cursor.
    pub(super) fn response(&self, after: usize, response: &mut Vec<u8>) {
        let upto = self.ends.len().min(after + BATCH);
        let start = after.checked_sub(1).map_or(0, |last| self.ends[last]);
        let end = upto.checked_sub(1).map_or(0, |last| self.ends[last]);
        let entries = self.log.get(start + 1..end).unwrap_or_default();
        let digits = upto.checked_ilog10().unwrap_or(0) as usize + 1;
        response.clear();
        write!(
            response,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
             x-accel-buffering: no\r\ncontent-length: {}\r\ndate: {DATE}\r\n\r\n{{\"entries\":[",
            FRAME + entries.len() + digits
        )
        .unwrap_or_default();
        response.extend_from_slice(entries);
        write!(response, "],\"cursor\":\"{EPOCH}-{upto}\",\"wait\":25}}").unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::{Response, last_quoted, numbers};

    #[test]
    fn fixed_responses_are_complete() {
        for bytes in [SESSION, CREATED] {
            let response = Response::parse(bytes).unwrap().unwrap();
            assert_eq!(response.head.len() + 2 + response.body.len(), bytes.len());
            serde_json::from_slice::<serde_json::Value>(response.body).unwrap();
        }
    }

    #[test]
    fn batch_has_the_entries_after_the_cursor() {
        let (mut room, mut response) = (Room::default(), Vec::new());
        for number in 0..3 {
            let mut text = Vec::new();
            crate::response::write_text(number, 100, &mut text);
            room.append(b"r0", &text, 0, &mut response);
        }
        for after in 0..=3 {
            room.response(after, &mut response);
            let parsed = Response::parse(&response).unwrap().unwrap();
            assert_eq!(parsed.head.len() + 2 + parsed.body.len(), response.len());
            assert_eq!(numbers(parsed.body).count(), 3 - after);
            assert_eq!(last_quoted(parsed.body, b"\"cursor\":\""), Some(&b"00000000000000f1-3"[..]));
            serde_json::from_slice::<serde_json::Value>(parsed.body).unwrap();
        }
    }

    #[test]
    fn every_second_message_is_dropped_on_request() {
        let (mut room, mut response) = (Room::default(), Vec::new());
        for _ in 0..10 {
            room.append(b"r0", b"~0000000001~", 2, &mut response);
        }
        room.response(0, &mut response);
        assert_eq!(numbers(&response).count(), 5);
    }
}
