//! `memory:` a log for tests and embedding. It forgets everything when it is dropped; "durable" here means "as durable as
//! the process".
//!
//! Nothing but the journal is particular to it: records get their places by a counter, are delivered at once, on the caller's
//! thread, and are kept nowhere.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::{Epoch, Seq, Timestamp};
use parking_lot::Mutex;

use super::error::LogError;
use super::journal::{Identity, Journal, JournalEvent, JournalFollower};
use super::journaled::JournaledLog;
use super::record::{OrderedRecord, Record};
use super::validate::now_after;
use crate::random;

/// A log in memory.
pub type MemoryLog = JournaledLog<MemoryJournal>;

/// A journal that stores nothing.
pub struct MemoryJournal {
    identity: Identity,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    head: Seq,
    at: Timestamp,
    follower: Option<JournalFollower>,
}

impl MemoryLog {
    /// Makes an empty log with a lobby.
    ///
    /// # Panics
    ///
    /// If memory does not even suffice for that.
    #[expect(clippy::expect_used, reason = "nothing of it depends on anything but memory")]
    pub fn new() -> Self {
        let journal = MemoryJournal {
            identity: Identity { epoch: Epoch(random::word()), secret: random::bytes() },
            state: Mutex::default(),
        };
        let opened = Self::open(journal).now_or_never();
        opened.expect("this journal never waits").expect("an empty database in memory can be made")
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new()
    }
}

impl Journal for MemoryJournal {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn head(&self) -> Seq {
        self.state.lock().head
    }

    fn append(&self, records: Vec<Record>) -> BoxFuture<'static, Result<Vec<Seq>, LogError>> {
        // Delivered under the lock, which keeps the order.
        let mut state = self.state.lock();
        let (mut position, at) = (state.head, now_after(state.at));
        let ordered = records.into_iter().map(|record| {
            position = position.next();
            OrderedRecord { position, at, record }
        });
        let ordered: Vec<OrderedRecord> = ordered.collect();
        let follower = state.follower.as_ref();
        let delivered = follower.map_or(Ok(()), |follower| follower(JournalEvent::Records(&ordered)));
        if delivered.is_ok() {
            (state.head, state.at) = (position, at);
        }
        ready(delivered.map(|()| ordered.iter().map(|ordered| ordered.position).collect())).boxed()
    }

    fn read(&self, _: Seq) -> BoxFuture<'static, Result<Vec<OrderedRecord>, LogError>> {
        ready(Ok(Vec::new())).boxed()
    }

    fn follow(&self, _: Seq, follower: JournalFollower) {
        self.state.lock().follower = Some(follower);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::log::contract::suite!(|dir| MemoryLog::new());
}
