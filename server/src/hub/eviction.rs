//! The eviction queue: all cached entries in log order, and the memory that they take. The oldest are evicted
//! first, regardless of their room.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use holdline_shared::{RoomName, Seq};

use crate::log::{RoomCut, StoredEntry};

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

    /// Removes what these rooms have lost.
    pub(super) fn prune(&mut self, cuts: &[RoomCut]) {
        let cuts: HashMap<&RoomName, Seq> = cuts.iter().map(|cut| (&cut.room, cut.upto)).collect();
        let newest = cuts.values().copied().max().unwrap_or_default();
        let end = self.entries.partition_point(|entry| entry.seq <= newest);
        let (gone, kept): (Vec<_>, Vec<_>) = self
            .entries
            .drain(..end)
            .partition(|entry| cuts.get(&entry.room).is_some_and(|cut| entry.seq <= *cut));
        self.bytes -= gone.iter().map(|entry| entry.cached_size()).sum::<usize>();
        kept.into_iter().rev().for_each(|entry| self.entries.push_front(entry));
    }

    /// Memory that everything here takes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
