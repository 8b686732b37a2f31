//! A journal: an order of records that is made elsewhere. It decides nothing and knows nothing of what records mean.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use holdline_shared::{Epoch, Seq};

use super::error::LogError;
use super::record::{OrderedRecord, Record};

/// What tells one journal from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Names this life of the journal.
    pub epoch: Epoch,
    /// A key that stays with it.
    pub secret: [u8; 32],
}

/// News of a journal.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum JournalEvent<'a> {
    /// The next records. Some or all of them may have been delivered before.
    Records(&'a [OrderedRecord]),
    /// The journal was replaced or restored. What was delivered before means nothing; from here on the records of the new
    /// one are delivered, from its beginning.
    Replaced {
        /// Who the journal is now.
        identity: Identity,
        /// How far it has come.
        head: Seq,
    },
}

/// A callback for [`JournalEvent`]s. After an error the journal delivers the same event again later.
pub type JournalFollower = Arc<dyn Fn(JournalEvent<'_>) -> Result<(), LogError> + Send + Sync>;

/// An order of records. [`JournaledLog`](super::JournaledLog) makes a log of any of them.
pub trait Journal: Send + Sync + 'static {
    /// Who the journal is now.
    fn identity(&self) -> Identity;

    /// Its newest position.
    fn head(&self) -> Seq;

    /// Gives the records places behind each other, and resolves with these positions once the records are durable. The
    /// places are taken when this is called, not when the future is awaited; dropping the future takes nothing back. After
    /// an error the records may be delivered all the same.
    fn append(&self, records: Vec<Record>) -> BoxFuture<'static, Result<Vec<Seq>, LogError>>;

    /// Reads some of the records after a position, in order; none when there are no more.
    fn read(&self, after: Seq) -> BoxFuture<'static, Result<Vec<OrderedRecord>, LogError>>;

    /// Delivers every record after `after`, those of before this call as well, and from then on every [`JournalEvent`]:
    /// each at least once, in order, one call at a time. Called once.
    fn follow(&self, after: Seq, follower: JournalFollower);
}
