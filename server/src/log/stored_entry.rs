//! An entry of the log together with its encoded JSON, the bytes that clients are sent.

use std::mem::size_of;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES};
use holdline_shared::{Entry, MessageText, RoomName, Seq};

/// A durable entry. Its JSON was encoded once, when it was appended; every answer shares these bytes.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// Its position.
    pub seq: Seq,
    /// Its room.
    pub room: RoomName,
    /// The entry as JSON.
    pub json: Bytes,
    /// The decoded entry. Most entries are only sent, so cached ones are kept undecoded.
    entry: OnceLock<Option<Box<Entry>>>,
}

/// The memory of a cached entry besides its JSON, in bytes: the entry and its reference counts, the reference
/// count of its JSON, and slots in its room's list, the list of all rooms and the eviction queue, whose
/// capacities may be twice their lengths. Allocators round each allocation up to 16 bytes.
const CACHE_OVERHEAD: usize = rounded(size_of::<StoredEntry>() + 2 * size_of::<usize>()) + 32 + 3 * 12;

const fn rounded(bytes: usize) -> usize {
    bytes.div_ceil(16) * 16
}

impl StoredEntry {
    /// Encodes an entry that is about to be appended.
    pub fn encode(entry: Entry) -> Result<Self, serde_json::Error> {
        // Encoded into a large buffer and stored in an exact one: entries are many and live long.
        let mut json = Vec::with_capacity(1024);
        serde_json::to_writer(&mut json, &entry)?;
        let json = Bytes::copy_from_slice(&json);
        Ok(Self {
            seq: entry.seq,
            room: entry.room.clone(),
            json,
            entry: OnceLock::from(Some(Box::new(entry))),
        })
    }

    /// Wraps an entry as stored.
    pub fn from_stored(seq: Seq, room: RoomName, json: impl Into<Bytes>) -> Self {
        Self { seq, room, json: json.into(), entry: OnceLock::new() }
    }

    /// Copies the entry for a cache: undecoded, and sharing its room's name with all entries of the room.
    pub(crate) fn to_cache(&self, room: RoomName) -> Self {
        Self::from_stored(self.seq, room, self.json.clone())
    }

    /// The memory that the cached entry takes, in bytes.
    pub(crate) fn cached_size(&self) -> usize {
        rounded(self.json.len()) + CACHE_OVERHEAD
    }

    /// Decodes the entry without keeping the result.
    pub(crate) fn decode(&self) -> Option<Entry> {
        match self.entry.get() {
            Some(decoded) => decoded.as_deref().cloned(),
            None => serde_json::from_slice(&self.json).ok(),
        }
    }

    /// The number of entries, from the first on, that fit into one batch.
    pub(crate) fn fitting(entries: &[Arc<Self>]) -> usize {
        let mut bytes = 0;
        let fitting = entries.iter().take(BATCH_ENTRIES).take_while(|entry| {
            let fits = bytes < BATCH_BYTES;
            bytes += entry.json.len();
            fits
        });
        fitting.count()
    }

    /// The entry, decoded at most once; `None` when its JSON is damaged.
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.get_or_init(|| serde_json::from_slice(&self.json).ok()).as_deref()
    }

    /// A copy without its text, if this entry is the message `deleted` or an edit of it; otherwise `None`.
    pub(crate) fn without_text_of(&self, deleted: Seq) -> Result<Option<Self>, serde_json::Error> {
        let Some(mut entry) = self.decode() else { return Ok(None) };
        if entry.text_of() != Some(deleted) {
            return Ok(None);
        }
        entry.kind = entry.kind.redacted();
        Self::encode(entry).map(Some)
    }

    /// The text, if this is a message that was not deleted.
    pub fn message_text(&self) -> Option<&MessageText> {
        let entry = self.entry()?;
        entry.kind.text().filter(|_| entry.text_of() == Some(self.seq))
    }
}
