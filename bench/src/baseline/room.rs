//! A room of the floor: its log as encoded bytes, and who waits.

use std::io::Write as _;

/// As many entries as ours puts into one answer.
const BATCH: usize = 500;

/// What a request without a canned answer of its own gets.
pub(super) const SESSION: &[u8] =
    b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"token\":\"floor\"}";
pub(super) const CREATED: &[u8] =
    b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

/// What stands around a text, of the length of ours.
const BEFORE: &str = r#","at":1795169916035,"author":{"id":"cpqxc9rf8ky6xjt9","name":"Keen Newt"},"kind":"message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":""#;
const AFTER: &str = "\"}";
const EPOCH: &str = "00000000000000f1";
/// What an answer has around its entries and the digits of its cursor.
const FRAME: usize = r#"{"entries":[],"cursor":"00000000000000f1-","wait":25}"#.len();
const DATE: &str = "Fri, 20 Nov 2026 10:18:36 GMT";

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// All entries, each with a comma before it.
    log: Vec<u8>,
    /// Where each entry ends.
    ends: Vec<usize>,
    pub(super) waiting: Vec<Waiter>,
    pub(super) dirty: bool,
}

/// A held poll: all that it owns here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiter {
    pub(super) line: u32,
    pub(super) after: u32,
}

impl Room {
    pub(super) fn head(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn wait(&mut self, line: usize, after: usize) {
        let number = |value| u32::try_from(value).unwrap_or(u32::MAX);
        self.waiting.push(Waiter { line: number(line), after: number(after) });
    }

    pub(super) fn leave(&mut self, line: usize) {
        self.waiting.retain(|waiter| waiter.line as usize != line);
    }

    /// Appends a text and encodes the publisher's answer.
    pub(super) fn append(&mut self, name: &[u8], text: &[u8], lose_every: usize, answer: &mut Vec<u8>) {
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
        answer.clear();
        write!(
            answer,
            "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
             content-length: {}\r\ndate: {DATE}\r\n\r\n",
            entry.len()
        )
        .unwrap_or_default();
        answer.extend_from_slice(entry);
        if lose_every > 0 && seq.is_multiple_of(lose_every) {
            self.log.truncate(start);
        }
        self.ends.push(self.log.len());
    }

    /// Encodes the batch after this cursor.
    pub(super) fn answer(&self, after: usize, answer: &mut Vec<u8>) {
        let upto = self.ends.len().min(after + BATCH);
        let start = after.checked_sub(1).map_or(0, |last| self.ends[last]);
        let end = upto.checked_sub(1).map_or(0, |last| self.ends[last]);
        let entries = self.log.get(start + 1..end).unwrap_or_default();
        let digits = upto.checked_ilog10().unwrap_or(0) as usize + 1;
        answer.clear();
        write!(
            answer,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
             x-accel-buffering: no\r\ncontent-length: {}\r\ndate: {DATE}\r\n\r\n{{\"entries\":[",
            FRAME + entries.len() + digits
        )
        .unwrap_or_default();
        answer.extend_from_slice(entries);
        write!(answer, "],\"cursor\":\"{EPOCH}-{upto}\",\"wait\":25}}").unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Answer, last_quoted, numbers};

    #[test]
    fn a_batch_is_what_came_after() {
        let (mut room, mut answer) = (Room::default(), Vec::new());
        for number in 0..3 {
            let mut text = Vec::new();
            crate::answer::write_text(number, 100, &mut text);
            room.append(b"r0", &text, 0, &mut answer);
        }
        for after in 0..=3 {
            room.answer(after, &mut answer);
            let parsed = Answer::parse(&answer).unwrap().unwrap();
            assert_eq!(parsed.head.len() + 2 + parsed.body.len(), answer.len());
            assert_eq!(numbers(parsed.body).count(), 3 - after);
            assert_eq!(last_quoted(parsed.body, b"\"cursor\":\""), Some(&b"00000000000000f1-3"[..]));
            serde_json::from_slice::<serde_json::Value>(parsed.body).unwrap();
        }
    }

    #[test]
    fn told_to_lose_it_does() {
        let (mut room, mut answer) = (Room::default(), Vec::new());
        for _ in 0..10 {
            room.append(b"r0", b"~0000000001~", 2, &mut answer);
        }
        room.answer(0, &mut answer);
        assert_eq!(numbers(&answer).count(), 5);
    }
}
