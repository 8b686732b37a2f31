//! The interface of a journal, which orders records. A journal decides nothing and does not know what records
//! mean.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use holdline_shared::{Epoch, Seq};

use super::error::LogError;
use super::record::{OrderedRecord, Record};

/// The identity of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The name of this incarnation of the journal.
    pub epoch: Epoch,
    /// The key for signing sessions, which stays the same as long as the journal exists.
    pub secret: [u8; 32],
}

/// A change of a journal.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum JournalEvent<'a> {
    /// The next records. Some or all of them may have been delivered before.
    Records(&'a [OrderedRecord]),
    /// The journal was replaced or restored. Everything delivered before is void; the records of the new
    /// journal follow, from its beginning.
    Replaced {
        /// The new identity.
        identity: Identity,
        /// The new head.
        head: Seq,
    },
}

/// A callback for [`JournalEvent`]s. After an error the journal delivers the same event again later.
pub type JournalFollower = Arc<dyn Fn(JournalEvent<'_>) -> Result<(), LogError> + Send + Sync>;

/// An order of records. [`JournaledLog`](super::JournaledLog) turns any journal into a log.
pub trait Journal: Send + Sync + 'static {
    /// The present identity.
    fn identity(&self) -> Identity;

    /// The newest position.
    fn head(&self) -> Seq;

    /// Gives the records consecutive places, and resolves with their positions once they are durable. The
    /// places are taken when this function is called, not when the future is awaited; dropping the future
    /// undoes nothing. After an error the records may be delivered nevertheless.
    fn append(&self, records: Vec<Record>) -> BoxFuture<'static, Result<Vec<Seq>, LogError>>;

    /// Reads some of the records after a position, in order; none when there are no more.
    fn read(&self, after: Seq) -> BoxFuture<'static, Result<Vec<OrderedRecord>, LogError>>;

    /// Delivers every record after `after`, earlier ones included, and from then on every [`JournalEvent`]:
    /// each at least once, in order, one call at a time. Called once.
    fn follow(&self, after: Seq, follower: JournalFollower);
}
