//! The eviction queue: all cached entries in log order, and the memory that they take. The oldest are evicted
//! first, regardless of their room.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::log::StoredEntry;

/// The cached entries, oldest first.
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

    /// Replaces an entry by another form of it.
    pub(super) fn replace(&mut self, entry: &Arc<StoredEntry>) {
        if let Ok(index) = self.entries.binary_search_by_key(&entry.seq, |entry| entry.seq) {
            self.bytes = self.bytes + entry.cached_size() - self.entries[index].cached_size();
            self.entries[index] = entry.clone();
        }
    }

    /// Removes the oldest entry if all entries together take more than `limit` bytes.
    pub(super) fn pop_beyond(&mut self, limit: usize) -> Option<Arc<StoredEntry>> {
        if self.bytes <= limit {
            return None;
        }
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.cached_size();
        Some(oldest)
    }

    /// The memory that all entries take, in bytes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
