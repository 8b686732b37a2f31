//! The final log, indexed for look-ups.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdline_shared::{Entry, EntryKind, PublishKey, Seq};

use super::change::{Change, ChangeKind};
use super::delivery::{Delivery, deletions, digest, digest_of_text, digest_with, message_text, text_digest};

/// A publish, by its key.
#[derive(Debug, Clone, Default)]
pub(super) struct Publish {
    /// [`text_digest`] of the text.
    pub(super) text: Option<u64>,
    /// The positions that the responses named.
    pub(super) answers: Vec<Seq>,
}

/// The final log, and the earlier forms of its entries.
pub(super) struct LogIndex<'a> {
    pub(super) log: &'a [Entry],
    known: HashMap<Seq, IndexedEntry<'a>>,
    /// Texts of messages, also of deleted ones, by digest.
    texts: HashMap<u64, Seq>,
    deleted: HashSet<Seq>,
}

struct IndexedEntry<'a> {
    entry: &'a Entry,
    digest: u64,
    /// The digests of the entry without its deleted text, and with each text that it may have had.
    before_and_after: Vec<u64>,
}

impl<'a> LogIndex<'a> {
    /// `publishes` and `changes` provide the texts that were deleted since.
    pub(super) fn new(
        log: &'a [Entry],
        publishes: &BTreeMap<PublishKey, Publish>,
        changes: &[Change],
    ) -> Self {
        let deleted = deletions(log);
        let mut edits: HashMap<Seq, Vec<u64>> = HashMap::new();
        for Change { request, .. } in changes {
            if let ChangeKind::Edit(text) = &request.kind {
                edits.entry(request.target).or_default().push(text_digest(text.as_str()));
            }
        }
        let (mut known, mut texts) = (HashMap::new(), HashMap::new());
        for entry in log {
            let had: Vec<u64> = match (&entry.kind, digest_of_text(entry)) {
                (_, Some(digest)) => vec![digest],
                (EntryKind::Message { key, .. }, None) => {
                    publishes.get(key).and_then(|publish| publish.text).into_iter().collect()
                }
                (EntryKind::Edit { target, .. }, None) => edits.get(target).cloned().unwrap_or_default(),
                _ => Vec::new(),
            };
            if matches!(entry.kind, EntryKind::Message { .. }) {
                texts.extend(had.iter().map(|text| (*text, entry.seq)));
            }
            let mut before_and_after = Vec::new();
            if entry.text_of().is_some_and(|message| deleted.contains(&message)) {
                before_and_after.push(digest_with(entry, None));
                before_and_after.extend(had.into_iter().map(|text| digest_with(entry, Some(text))));
            }
            known.insert(entry.seq, IndexedEntry { entry, digest: digest(entry), before_and_after });
        }
        Self { log, known, texts, deleted }
    }

    pub(super) fn entry(&self, seq: Seq) -> Option<&'a Entry> {
        self.known.get(&seq).map(|known| known.entry)
    }

    /// Whether `digest` is that of the entry at `seq`, now or before a deletion.
    pub(super) fn allows(&self, seq: Seq, digest: u64) -> bool {
        let known = self.known.get(&seq);
        known.is_some_and(|known| known.digest == digest || known.before_and_after.contains(&digest))
    }

    /// Whether the entry may or may not have had this text: one of several that were requested.
    pub(super) fn has_assumed_text(&self, seq: Seq, digest: u64) -> bool {
        let known = self.known.get(&seq);
        // The first digest is that of the entry without a text.
        known.is_some_and(|known| {
            known.before_and_after.len() > 2 && known.before_and_after[1..].contains(&digest)
        })
    }

    pub(super) fn is_deleted(&self, message: Seq) -> bool {
        self.deleted.contains(&message)
    }

    /// Finds the delivered entry in the log.
    pub(super) fn find(&self, delivery: Delivery) -> Option<Seq> {
        match delivery {
            Delivery::Entry { seq, digest } => self.allows(seq, digest).then_some(seq),
            Delivery::Text { digest } => self.texts.get(&digest).copied(),
        }
    }

    /// Whether a reader of texts must receive this entry; deleted messages may be missing.
    pub(super) fn is_due_as_text(&self, entry: &Entry) -> bool {
        message_text(entry).is_some() && !self.is_deleted(entry.seq)
    }
}
