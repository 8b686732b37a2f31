//! Looks into the cache for a poll: collects its entries, or decides that its hold is over. Never reads the
//! log.

use std::sync::Arc;

use bytes::Bytes;
use holdline_shared::Seq;
use holdline_shared::limits::BATCH_ENTRIES;

use super::feed::{Collected, Feed, Tag};
use super::state::HubState;
use crate::log::StoredEntry;
use crate::scope::Scope;

/// The kinds of answers of other polls that a poll may be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reuse {
    /// An answer that was encoded for a poll with the same news of presence.
    Answer(Option<Tag>),
    /// None: the caller needs the entries themselves.
    Nothing,
}

/// The result of a look for one poll, with the position that it reaches.
pub(super) enum Found {
    Entries(Vec<Arc<StoredEntry>>, Seq),
    /// Entries of all rooms without those that are hidden from the poll's reader. No other poll is given them.
    Filtered(Vec<Arc<StoredEntry>>, Seq),
    /// The answer that another poll got.
    Shared(Bytes, Seq),
    /// The log has to be read.
    NotCached,
    /// The hold is over without entries: presence or memberships have changed, the time is up, or the server is stopping.
    Nothing(Seq),
}

impl Found {
    /// The position that the finding reaches; zero if the log has to be read.
    pub(super) fn upto(&self) -> Seq {
        match self {
            Self::Entries(_, upto)
            | Self::Filtered(_, upto)
            | Self::Shared(_, upto)
            | Self::Nothing(upto) => *upto,
            Self::NotCached => Seq::START,
        }
    }
}

impl HubState {
    /// Looks once for one poll; `None` means that its hold continues. `is_over` ends the hold in any case.
    pub(super) fn check(
        &self,
        feeds: &[Arc<Feed>],
        scope: &Scope,
        after: Seq,
        reuse: Reuse,
        is_over: bool,
    ) -> Option<Found> {
        // Read before the look: an empty answer must not claim a position beyond the entries that were looked
        // at.
        let head = self.head().max(after);
        self.collect(feeds, scope, after, reuse).or_else(|| {
            let has_news = matches!(reuse, Reuse::Answer(Some(_)));
            (is_over || has_news || self.is_closing()).then_some(Found::Nothing(head))
        })
    }

    /// Collects from all feeds as of one head. A removed room has no entries and moves no cursor: the next
    /// poll, which follows at once, is told that the room is unknown, or looks at the new room of that name.
    fn collect(&self, feeds: &[Arc<Feed>], scope: &Scope, after: Seq, reuse: Reuse) -> Option<Found> {
        let head = self.head();
        if let [feed] = feeds {
            let filter = Some(scope).filter(|scope| feed.key().is_filtered_by(scope));
            if let (None, Reuse::Answer(presence)) = (filter, reuse)
                && let Some((body, upto)) = feed.shared_answer(after, presence)
            {
                return Some(Found::Shared(body, upto));
            }
            return match (feed.collect(filter, after, head, BATCH_ENTRIES), filter) {
                (Collected::Nothing, _) => None,
                // A read of the log would find nothing, and end the hold in vain.
                (Collected::NotCached, Some(scope)) if !self.rooms.has_news(scope, after) => None,
                (Collected::NotCached, _) => Some(Found::NotCached),
                (Collected::Removed, _) => Some(Found::Nothing(after)),
                (Collected::Entries(entries), filter) => {
                    let (entries, upto) = fit(entries, head);
                    let found = if filter.is_some() { Found::Filtered } else { Found::Entries };
                    Some(found(entries, upto))
                }
            };
        }
        let mut all = Vec::new();
        for feed in feeds {
            match feed.collect(None, after, head, BATCH_ENTRIES + 1) {
                Collected::Nothing => {}
                Collected::NotCached => return Some(Found::NotCached),
                Collected::Removed => return Some(Found::Nothing(after)),
                Collected::Entries(entries) => all.extend(entries),
            }
        }
        all.sort_unstable_by_key(|entry| entry.seq);
        (!all.is_empty()).then(|| {
            let (entries, upto) = fit(all, head);
            Found::Entries(entries, upto)
        })
    }
}

/// Cuts a batch at its limits, and returns the position that it reaches: its last entry if it is full, the head of its view
/// otherwise.
fn fit(mut entries: Vec<Arc<StoredEntry>>, head: Seq) -> (Vec<Arc<StoredEntry>>, Seq) {
    let fitting = StoredEntry::fitting(&entries);
    let is_full = fitting < entries.len() || fitting == BATCH_ENTRIES;
    entries.truncate(fitting);
    let upto = if is_full { entries.last().map_or(head, |entry| entry.seq) } else { head };
    (entries, upto)
}
