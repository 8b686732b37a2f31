//! A log whose order comes from a journal elsewhere. It follows the journal into its own projection, in
//! memory; an append goes to the journal, and is answered once this projection has applied it.

mod core;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::{Epoch, PersonId, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;

use self::core::{Core, Plan, Published};
use super::draft::Draft;
use super::engine::{Chunk, Follower, Log, LoggedRoom, Page, RoomInUse};
use super::error::LogError;
use super::journal::Journal;
use super::outcome::Outcome;
use super::projection::{Effect, Projection, ROOMS_AT_ONCE};
use super::record::{Record, RecordKind};
use super::retention::Retention;
use crate::access::AccessHandle;
use crate::scope::Scope;

/// A log on a journal.
pub struct JournaledLog<J> {
    journal: J,
    published: Published,
    /// Shared with the journal, which delivers into it independently of callers.
    core: Arc<Mutex<Core>>,
}

impl<J: Journal> JournaledLog<J> {
    /// Follows `journal` from its beginning. Resolves once everything in the journal is applied; an empty
    /// journal gets its first entry.
    pub async fn open(journal: J) -> Result<Self, LogError> {
        let mut core = Core::new(Projection::in_memory()?, journal.identity())?;
        loop {
            let records = journal.read(core.projection().applied()).await?;
            if records.is_empty() {
                break;
            }
            core.apply(&records)?;
        }
        let (applied, published) = (core.projection().applied(), core.published());
        let core = Arc::new(Mutex::new(core));
        let following = Arc::downgrade(&core);
        journal.follow(
            applied,
            Arc::new(move |event| following.upgrade().map_or(Ok(()), |core| core.lock().deliver(event))),
        );
        let log = Self { journal, published, core };
        if log.head() == Seq::START {
            log.append(Draft::lobby()).await?;
        }
        Ok(log)
    }

    /// Appends records; the future resolves with the effect of the last one.
    fn propose(&self, records: Vec<Record>) -> BoxFuture<'static, Result<Effect, LogError>> {
        let Some(id) = records.last().map(|record| record.id) else {
            return ready(Ok(Effect::Removed { more: false })).boxed();
        };
        let (reply, effect) = oneshot::channel();
        self.core.lock().expect(id, reply);
        let (appended, core) = (self.journal.append(records), self.core.clone());
        async move {
            if let Err(error) = appended.await {
                core.lock().give_up(id);
                return Err(error);
            }
            effect.await.unwrap_or(Err(LogError::Closed))
        }
        .boxed()
    }

    /// Appends a record that removes entries or rooms; the future resolves with whether more are left to
    /// remove.
    fn remove(&self, kind: RecordKind, has_more: bool) -> BoxFuture<'static, Result<bool, LogError>> {
        let effect = self.propose(vec![Record::new(kind)]);
        async move { Ok(matches!(effect.await?, Effect::Removed { more } if more || has_more)) }.boxed()
    }

    fn read_projection<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Projection) -> Result<T, LogError>,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        ready(read(self.core.lock().projection())).boxed()
    }
}

impl<J: Journal> Log for JournaledLog<J> {
    fn epoch(&self) -> Epoch {
        Epoch(self.published.epoch())
    }

    fn secret(&self) -> [u8; 32] {
        self.core.lock().identity().secret
    }

    fn access(&self) -> AccessHandle {
        self.core.lock().projection().access().clone()
    }

    fn head(&self) -> Seq {
        Seq(self.published.head())
    }

    fn has_reached(&self, position: Seq) -> bool {
        position <= self.head() || position <= self.journal.head()
    }

    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        let planned = self.core.lock().plan(draft);
        let records = match planned {
            Err(error) => return ready(Err(error)).boxed(),
            Ok(Plan::Answer(outcome)) => return ready(Ok(outcome)).boxed(),
            Ok(Plan::Append(records)) => records,
        };
        let effect = self.propose(records);
        async move {
            match effect.await? {
                Effect::Decided(outcome) => Ok(outcome),
                Effect::Removed { .. } => Ok(Outcome::Unchanged),
            }
        }
        .boxed()
    }

    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        // Under the lock, so what the entries change about who may read is known.
        self.read_projection(|projection| projection.read(scope, &rooms, after))
    }

    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        self.read_projection(|projection| {
            let readable = Some(&room).filter(|room| scope.allows(room));
            projection.page(readable, before, limit, reader.as_ref())
        })
    }

    fn messages_of(
        &self,
        author: PersonId,
        after: Seq,
    ) -> BoxFuture<'static, Result<Vec<(RoomName, Seq)>, LogError>> {
        self.read_projection(|projection| projection.messages_of(&author, after))
    }

    fn prune(&self, retention: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        let mut core = self.core.lock();
        let (age, per_room) = (retention.age.map(|age| core.cut(age)), retention.per_room);
        let is_due = core.projection().is_prune_due(age, per_room);
        drop(core);
        match is_due {
            // A record has a cost, and retention asks every minute.
            Ok(false) => ready(Ok(false)).boxed(),
            Ok(true) => self.remove(RecordKind::Prune { age, per_room }, false),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        let mut core = self.core.lock();
        let idle = core.cut(idle);
        let found = core.projection().empty_rooms(idle);
        drop(core);
        let mut rooms = match found {
            Ok(rooms) => rooms,
            Err(error) => return ready(Err(error)).boxed(),
        };
        rooms.retain(|name| !is_in_use(name));
        if rooms.is_empty() {
            return ready(Ok(false)).boxed();
        }
        let more = rooms.len() > ROOMS_AT_ONCE;
        rooms.truncate(ROOMS_AT_ONCE);
        self.remove(RecordKind::Expire { rooms, idle }, more)
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.read_projection(Projection::rooms)
    }

    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        ready(self.core.lock().follow(after, follower)).boxed()
    }
}
