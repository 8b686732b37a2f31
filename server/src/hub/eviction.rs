//! The eviction queue: all cached entries in log order, and the memory that they take. The oldest go first, whichever room
//! they are in.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::log::StoredEntry;

/// What is cached, oldest first.
#[derive(Default)]
pub(super) struct EvictionQueue {
    entries: VecDeque<Arc<StoredEntry>>,
    bytes: usize,
}

impl EvictionQueue {
    pub(super) fn push(&mut self, entry: Arc<StoredEntry>) {
        self.bytes += entry.cached_size();
        self.entries.push_back(entry);
    }

    /// Puts another form of an entry in its place.
    pub(super) fn replace(&mut self, entry: &Arc<StoredEntry>) {
        if let Ok(index) = self.entries.binary_search_by_key(&entry.seq, |entry| entry.seq) {
            self.bytes = self.bytes + entry.cached_size() - self.entries[index].cached_size();
            self.entries[index] = entry.clone();
        }
    }

    /// Takes the oldest entry, when all together take more than this.
    pub(super) fn pop_beyond(&mut self, limit: usize) -> Option<Arc<StoredEntry>> {
        if self.bytes <= limit {
            return None;
        }
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.cached_size();
        Some(oldest)
    }

    /// Memory that everything here takes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
