//! An entry that is in the log, with the JSON that everybody is sent.

use std::mem::size_of;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES};
use holdline_shared::{Entry, EntryKind, MessageText, RoomName, Seq};

/// An entry that is durable. It was encoded once, when it was appended; every answer shares these bytes.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its position.
    pub seq: Seq,
    /// Its room.
    pub room: RoomName,
    /// The entry as JSON.
    pub json: Bytes,
    /// Decoded. Most entries are only sent, so those that are kept for long are kept without.
    entry: OnceLock<Option<Box<Entry>>>,
}

/// Memory of a kept entry beside its JSON, in bytes: the entry with its reference counts, the reference count of its
/// JSON, and a place in the list of its room, in that of all rooms and in the eviction queue, which have up to twice as
/// many places as they need. Allocators round each of these up to 16 bytes.
const KEPT_WITH: usize = rounded(size_of::<Committed>() + 2 * size_of::<usize>()) + 32 + 3 * 12;

const fn rounded(bytes: usize) -> usize {
    bytes.div_ceil(16) * 16
}

impl Committed {
    /// Encodes an entry that is about to be appended.
    pub fn encode(entry: Entry) -> Result<Self, serde_json::Error> {
        // Written where there is room, kept in as many bytes as it needs: entries are many and stay for long.
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

    /// An entry as it was stored.
    pub fn from_stored(seq: Seq, room: RoomName, json: impl Into<Bytes>) -> Self {
        Self { seq, room, json: json.into(), entry: OnceLock::new() }
    }

    /// The same without what was decoded, in a form for being kept: its room's name is shared with the others of the room.
    pub(crate) fn to_keep(&self, room: RoomName) -> Self {
        Self::from_stored(self.seq, room, self.json.clone())
    }

    /// Memory that this takes when it is kept.
    pub(crate) fn size_kept(&self) -> usize {
        rounded(self.json.len()) + KEPT_WITH
    }

    /// Decodes without keeping what was decoded.
    pub(crate) fn decode(&self) -> Option<Entry> {
        match self.entry.get() {
            Some(decoded) => decoded.as_deref().cloned(),
            None => serde_json::from_slice(&self.json).ok(),
        }
    }

    /// How many of these entries, from the first on, one batch takes.
    pub(crate) fn fitting(entries: &[Arc<Self>]) -> usize {
        let mut bytes = 0;
        let fitting = entries.iter().take(BATCH_ENTRIES).take_while(|entry| {
            let fits = bytes < BATCH_BYTES;
            bytes += entry.json.len();
            fits
        });
        fitting.count()
    }

    /// The entry itself; decoded at most once. `None` when what was stored is damaged.
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.get_or_init(|| serde_json::from_slice(&self.json).ok()).as_deref()
    }

    /// The same without its text, when it is the message `deleted` or an edit of it.
    pub(crate) fn without_text_of(&self, deleted: Seq) -> Result<Option<Self>, serde_json::Error> {
        let Some(mut entry) = self.decode() else { return Ok(None) };
        match &mut entry.kind {
            EntryKind::Message { text, .. } if self.seq == deleted => *text = None,
            EntryKind::Edit { target, text } if *target == deleted => *text = None,
            _ => return Ok(None),
        }
        Self::encode(entry).map(Some)
    }

    /// What it says, when it is a message that was not deleted.
    pub fn message_text(&self) -> Option<&MessageText> {
        match &self.entry()?.kind {
            EntryKind::Message { text, .. } => text.as_ref(),
            _ => None,
        }
    }
}
