//! The operations of the log: each is a read on a connection of the readers, or a job for the writer.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, pending, try_join};
use holdline_shared::{Entry, Epoch, PersonId, RoomName, RoomSelection, Seq};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::jobs::Job;
use super::life::{CLOSE_TIME, ReadKind, Stage};
use super::readers::Readers;
use super::{SqliteLog, hand_over};
use crate::access::AccessHandle;
use crate::log::draft::Draft;
use crate::log::engine::{Chunk, CommitObserver, Follower, Log, LoggedRoom, Page, RoomInUse};
use crate::log::error::LogError;
use crate::log::outcome::Outcome;
use crate::log::projection::{self, ROOMS_AT_ONCE};
use crate::log::retention::Retention;
use crate::scope::Scope;

impl Log for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.identity.epoch
    }

    fn secret(&self) -> [u8; 32] {
        self.identity.secret
    }

    fn access(&self) -> AccessHandle {
        self.shared.access.clone()
    }

    fn head(&self) -> Seq {
        Seq(self.shared.head.load(Ordering::Acquire))
    }

    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        self.hand_over(|reply| Job::Append { draft, reply })
    }

    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        let (shared, scope) = (self.shared.clone(), scope.clone());
        self.read_as(ReadKind::Entries, move |db| {
            let mut chunk = projection::read(db, &scope, &rooms, after)?;
            if chunk.upto > after {
                shared.saw(chunk.upto);
            }
            chunk.entries.retain(|entry| scope.allows(&entry.room));
            Ok(chunk)
        })
    }

    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        asking: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        let (shared, scope) = (self.shared.clone(), scope.clone());
        self.read_as(ReadKind::Messages, move |db| {
            let readable = Some(&room).filter(|room| scope.allows(room));
            let mut page = projection::page(db, readable, before, limit, asking.as_ref())?;
            shared.saw(page.upto);
            if !scope.allows(&room) {
                (page.messages, page.more) = (Vec::new(), false);
            }
            Ok(page)
        })
    }

    fn messages_of(
        &self,
        author: PersonId,
        after: Seq,
    ) -> BoxFuture<'static, Result<Vec<(RoomName, Seq)>, LogError>> {
        self.read_as(ReadKind::Messages, move |db| projection::messages_of(db, &author, after))
    }

    fn prune(&self, retention: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.hand_over(|reply| Job::Prune { retention, reply })
    }

    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        // Only the writer has retention's clock, so it decides whether these rooms are idle.
        let empty = Readers::run(self.readers.clone(), |db| projection::empty_rooms(db, None));
        // Weak, so that a search for rooms does not keep the writer alive.
        let queue = self.queue.as_ref().map(mpsc::Sender::downgrade);
        async move {
            let mut rooms = empty.await?;
            rooms.retain(|name| !is_in_use(name));
            let mut more = false;
            // One job for each portion, so that publishers get their turn in between.
            for rooms in rooms.chunks(ROOMS_AT_ONCE) {
                let (rooms, is_in_use) = (rooms.to_vec(), is_in_use.clone());
                let queue = queue.as_ref().and_then(mpsc::WeakSender::upgrade);
                more |=
                    hand_over(queue.as_ref(), |reply| Job::Expire { rooms, idle, is_in_use, reply }).await?;
            }
            Ok(more)
        }
        .boxed()
    }

    fn access_entries(&self, before: Seq, limit: usize) -> BoxFuture<'static, Result<Vec<Entry>, LogError>> {
        self.read_as(ReadKind::Entries, move |db| projection::some_access_entries(db, before, limit))
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.read_as(ReadKind::Rooms, projection::rooms)
    }

    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        self.hand_over(|reply| Job::Follow { after, follower, reply })
    }

    fn observe_commits(&self, observer: CommitObserver) {
        // There is one hub for a log, and so one observer.
        let _ = self.shared.commit_observer.set(observer);
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.begin_closing();
        let ended = self.shared.life.ended();
        async move {
            if timeout(CLOSE_TIME, ended).await.is_err() {
                tracing::error!("the log could not be closed in time; the next start puts it in order");
            }
        }
        .boxed()
    }

    fn failed(&self) -> BoxFuture<'static, ()> {
        let ended = self.shared.life.ended();
        async move {
            if ended.await != Stage::Failed {
                pending::<()>().await;
            }
        }
        .boxed()
    }

    fn health(&self) -> BoxFuture<'static, Result<(), LogError>> {
        let appends = self.hand_over(|reply| Job::Probe { reply });
        let reads = Readers::run(self.probe.clone(), |db| projection::head(db).map(drop));
        let life = self.shared.life.clone();
        async move {
            try_join(appends, reads).await?;
            life.read_trouble().map_or(Ok(()), Err)
        }
        .boxed()
    }
}
