//! The size limit of a page of history: a number of messages, and a number of bytes.

use std::io;

use holdline_shared::Message;
use holdline_shared::limits::HISTORY_BYTES;

/// The messages and bytes that a page may still take.
pub(super) struct PageLimit {
    messages: usize,
    bytes: usize,
}

impl PageLimit {
    /// The limit of an empty page that may take `messages` messages.
    pub(super) fn new(messages: usize) -> Self {
        Self { messages, bytes: HISTORY_BYTES }
    }

    /// Whether the page is full.
    pub(super) fn is_reached(&self) -> bool {
        self.messages == 0 || self.bytes == 0
    }

    /// Counts a message in.
    pub(super) fn count(&mut self, message: &Message) {
        let mut size = Size(0);
        // Neither counting bytes nor encoding strings and numbers can fail.
        let _ = serde_json::to_writer(&mut size, message);
        self.messages = self.messages.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size.0);
    }
}

/// A writer that only counts bytes.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
