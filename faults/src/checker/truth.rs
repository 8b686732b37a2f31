//! The log as it really was, prepared for looking up.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdline_shared::{Entry, EntryKind, PublishKey, Seq};

use super::change::{Change, ChangeKind};
use super::ledger::Publish;
use super::message_text;
use super::sight::{Sight, digest, digest_with, text, text_digest, texts_message};

/// The log, and what else may have been seen of it.
pub(super) struct Truth<'a> {
    pub(super) log: &'a [Entry],
    known: HashMap<Seq, Known<'a>>,
    /// Texts of messages, also of deleted ones, by their digest.
    texts: HashMap<u64, Seq>,
    deleted: HashSet<Seq>,
}

struct Known<'a> {
    entry: &'a Entry,
    digest: u64,
    /// The entry without the text that was deleted, and with each that it may have had.
    before_and_after: Vec<u64>,
}

impl<'a> Truth<'a> {
    /// `publishes` and `changes` know the texts that were deleted since.
    pub(super) fn new(
        log: &'a [Entry],
        publishes: &BTreeMap<PublishKey, Publish>,
        changes: &[Change],
    ) -> Self {
        let deletions = log.iter().filter_map(|entry| match entry.kind {
            EntryKind::Delete { target } => Some(target),
            _ => None,
        });
        let deleted: HashSet<Seq> = deletions.collect();
        let mut edits: HashMap<Seq, Vec<u64>> = HashMap::new();
        for Change { request, .. } in changes {
            if let ChangeKind::Edit(text) = &request.kind {
                edits.entry(request.target).or_default().push(text_digest(text.as_str()));
            }
        }
        let (mut known, mut texts) = (HashMap::new(), HashMap::new());
        for entry in log {
            let had: Vec<u64> = match (&entry.kind, text(entry)) {
                (_, Some(text)) => vec![text_digest(text)],
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
            if texts_message(entry).is_some_and(|message| deleted.contains(&message)) {
                before_and_after.push(digest_with(entry, None));
                before_and_after.extend(had.into_iter().map(|text| digest_with(entry, Some(text))));
            }
            known.insert(entry.seq, Known { entry, digest: digest(entry), before_and_after });
        }
        Self { log, known, texts, deleted }
    }

    pub(super) fn entry(&self, seq: Seq) -> Option<&'a Entry> {
        self.known.get(&seq).map(|known| known.entry)
    }

    /// Whether this is, or was before a deletion, the entry at `seq`.
    pub(super) fn allows(&self, seq: Seq, digest: u64) -> bool {
        let known = self.known.get(&seq);
        known.is_some_and(|known| known.digest == digest || known.before_and_after.contains(&digest))
    }

    /// Whether the entry could have been seen with this text alone: one that it once had, among others that it may
    /// have had.
    pub(super) fn is_guess(&self, seq: Seq, digest: u64) -> bool {
        let known = self.known.get(&seq);
        // The first is the entry without a text.
        known.is_some_and(|known| {
            known.before_and_after.len() > 2 && known.before_and_after[1..].contains(&digest)
        })
    }

    pub(super) fn is_deleted(&self, message: Seq) -> bool {
        self.deleted.contains(&message)
    }

    /// Which entry a reader saw, if there is such a one.
    pub(super) fn find(&self, sight: Sight) -> Option<Seq> {
        match sight {
            Sight::Entry { seq, digest } => self.allows(seq, digest).then_some(seq),
            Sight::Text { digest } => self.texts.get(&digest).copied(),
        }
    }

    /// Whether a reader of texts has to see this one: not, when it was deleted before that.
    pub(super) fn is_heard(&self, entry: &Entry) -> bool {
        message_text(entry).is_some() && !self.is_deleted(entry.seq)
    }
}
