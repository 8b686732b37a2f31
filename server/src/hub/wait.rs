//! The wait of a held poll: register, look, sleep, look. It never asks the log; what is at hand is all it sees.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use holdline_shared::Seq;
use holdline_shared::limits::BATCH_ENTRIES;

use super::Hub;
use super::room::{Look, Room};
use super::sync::{Instant, sleep_until};
use super::visit::Visit;
use super::watch::Watch;
use crate::log::Committed;

/// What a wait is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// An answer; one that was encoded for somebody else will do.
    Answer,
    /// The entries themselves.
    Entries,
}

/// What ends a wait; with the position that it reaches.
pub(super) enum Seen {
    Entries(Vec<Arc<Committed>>, Seq),
    Shared(Bytes, Seq),
    /// The log has to be read.
    TooOld,
    /// Who is here has changed, or the time is up, or the server is stopping.
    Nothing(Seq),
}

impl Seen {
    /// How far it reaches; nothing at all reaches nowhere.
    pub(super) fn upto(&self) -> Seq {
        match self {
            Self::Entries(_, upto) | Self::Shared(_, upto) | Self::Nothing(upto) => *upto,
            Self::TooOld => Seq::START,
        }
    }
}

impl Hub {
    /// Register, look, sleep, look.
    pub(super) async fn wait(
        &self,
        watched: &[Arc<Room>],
        after: Seq,
        wait: Duration,
        wants: Wants,
        visit: Option<&Visit>,
    ) -> Seen {
        if wait.is_zero() {
            let head = self.head().max(after);
            return self.look(watched, after, wants).unwrap_or(Seen::Nothing(head));
        }
        let mut watch = Watch::new(watched, &self.held);
        let mut visiting = visit.map(Visit::watch);
        let sleep = sleep_until(Instant::now() + wait);
        tokio::pin!(sleep);
        poll_fn(|context| {
            watch.register(context.waker());
            if let Some(visiting) = &mut visiting {
                visiting.register(context.waker());
            }
            let is_time_up = || sleep.as_mut().poll(context).is_ready();
            self.glance(watched, after, wants, visit, is_time_up).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// One look for one poll: entries, or nothing because the wait is over, or `None` because it goes on.
    pub(super) fn glance(
        &self,
        watched: &[Arc<Room>],
        after: Seq,
        wants: Wants,
        visit: Option<&Visit>,
        is_time_up: impl FnOnce() -> bool,
    ) -> Option<Seen> {
        // Read before the look: the position that an empty answer claims must not be ahead of what was looked at.
        let head = self.head().max(after);
        self.look(watched, after, wants).or_else(|| {
            let is_over = self.is_closing() || visit.is_some_and(Visit::has_news) || is_time_up();
            is_over.then_some(Seen::Nothing(head))
        })
    }

    /// One look at all watched rooms, as of one head.
    pub(super) fn look(&self, watched: &[Arc<Room>], after: Seq, wants: Wants) -> Option<Seen> {
        let head = self.head();
        if let [room] = watched {
            if wants == Wants::Answer
                && let Some((body, upto)) = room.shared_answer(after)
            {
                return Some(Seen::Shared(body, upto));
            }
            return match room.look(after, head, BATCH_ENTRIES) {
                Look::Nothing => None,
                Look::TooOld => Some(Seen::TooOld),
                Look::Removed => Some(Seen::Nothing(head.max(after))),
                Look::Found(found) => Some(fit(found, head)),
            };
        }
        let mut all = Vec::new();
        for room in watched {
            match room.look(after, head, BATCH_ENTRIES + 1) {
                Look::Nothing => {}
                Look::TooOld => return Some(Seen::TooOld),
                // The next poll, which comes at once, is told that there is no such room.
                Look::Removed => return Some(Seen::Nothing(after)),
                Look::Found(found) => all.extend(found),
            }
        }
        all.sort_unstable_by_key(|entry| entry.seq);
        (!all.is_empty()).then(|| fit(all, head))
    }
}

/// Closes a batch at its limits. A full one reaches as far as its last entry, any other as far as the view it is from.
fn fit(mut entries: Vec<Arc<Committed>>, head: Seq) -> Seen {
    let fitting = Committed::fitting(&entries);
    let is_full = fitting < entries.len() || fitting == BATCH_ENTRIES;
    entries.truncate(fitting);
    let upto = if is_full { entries.last().map_or(head, |entry| entry.seq) } else { head };
    Seen::Entries(entries, upto)
}
