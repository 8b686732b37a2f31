//! The log of one run of the simulated server: collects drafts, syncs them to the disk in groups, and only then
//! notifies the hub and answers the publishers. A crash may happen at any point.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_server::Scope;
use holdline_server::log::{
    AccessHandle, Chunk, Draft, Follower, Log, LogError, LogEvent, LoggedRoom, MemoryLog, Outcome, Page,
    Retention, StoredEntry,
};
use holdline_shared::{Epoch, PersonId, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::disk::Disk;
use super::mutation::Mutation;

type AppendResult = Result<Outcome, LogError>;

/// The log as the hub sees it.
pub(super) struct SimulatedLog {
    epoch: Epoch,
    inner: Arc<MemoryLog>,
    /// Entries that the inner log has appended and the hub was not notified of yet.
    appended: Arc<Mutex<Vec<Arc<StoredEntry>>>>,
    follower: Mutex<Option<Follower>>,
    waiting: Mutex<Vec<(Draft, oneshot::Sender<AppendResult>)>>,
    rng: Mutex<Rng>,
    shows_early: bool,
    answers_early: bool,
}

impl SimulatedLog {
    /// Opens the log that the disk has.
    pub(super) fn open(disk: &Disk, rng: Rng) -> Self {
        let inner = Arc::new(disk.load(disk.incarnation()));
        let appended: Arc<Mutex<Vec<_>>> = Arc::default();
        let queue = appended.clone();
        let following = inner.follow(
            inner.head(),
            Arc::new(move |event| {
                if let LogEvent::Appended(group) = event {
                    queue.lock().extend_from_slice(group);
                }
            }),
        );
        // The memory log answers at once.
        let _ = following.now_or_never();
        Self {
            epoch: disk.epoch(),
            inner,
            appended,
            follower: Mutex::new(None),
            waiting: Mutex::default(),
            rng: Mutex::new(rng),
            shows_early: disk.mutation == Some(Mutation::ShowBeforeDurable),
            answers_early: disk.mutation == Some(Mutation::AcknowledgeEarly),
        }
    }

    /// The writer: commits one group after another, each with one sync. Runs until dropped.
    pub(super) async fn write(self: Arc<Self>, disk: Rc<Disk>) {
        loop {
            // Disks are fast, with exceptions.
            let pause = {
                let mut rng = self.rng.lock();
                if rng.u8(0..6) == 0 { rng.u64(15..600) } else { rng.u64(1..15) }
            };
            sleep(Duration::from_millis(pause)).await;
            let group = std::mem::take(&mut *self.waiting.lock());
            let mut answers = Vec::new();
            for (draft, answer) in group {
                let outcome = self.commit(&disk, draft);
                answers.push((answer, outcome));
            }
            self.notify();
            for (answer, outcome) in answers {
                // The publisher may have disconnected.
                let _ = answer.send(outcome);
            }
        }
    }

    /// Applies a crash to the waiting drafts: they are lost, or were synced just in time without an answer.
    pub(super) fn crash(&self, disk: &Disk) {
        let was_synced = self.rng.lock().bool();
        for (draft, _) in std::mem::take(&mut *self.waiting.lock()) {
            if was_synced && !self.shows_early && !self.answers_early {
                let _ = self.commit(disk, draft);
            }
        }
    }

    fn commit(&self, disk: &Disk, draft: Draft) -> AppendResult {
        if disk.is_full.get() && !self.shows_early {
            return Err(LogError::Full);
        }
        let outcome = self.inner.append(draft.clone()).now_or_never().unwrap_or(Err(LogError::Closed))?;
        disk.keep(draft);
        Ok(outcome)
    }

    fn notify(&self) {
        let appended = std::mem::take(&mut *self.appended.lock());
        if let Some(follower) = &*self.follower.lock()
            && !appended.is_empty()
        {
            follower(LogEvent::Appended(&appended));
        }
    }

    /// Adds random latency before and after a future.
    fn with_latency<T: Send + 'static>(&self, work: BoxFuture<'static, T>) -> BoxFuture<'static, T> {
        let (before, after) = {
            let mut rng = self.rng.lock();
            (rng.u64(0..4), rng.u64(0..4))
        };
        Box::pin(async move {
            sleep(Duration::from_millis(before)).await;
            let done = work.await;
            sleep(Duration::from_millis(after)).await;
            done
        })
    }
}

impl Log for SimulatedLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn secret(&self) -> [u8; 32] {
        self.inner.secret()
    }

    fn head(&self) -> Seq {
        self.inner.head()
    }

    fn append(&self, draft: Draft) -> BoxFuture<'static, AppendResult> {
        if self.shows_early {
            let _ = self.inner.append(draft.clone()).now_or_never();
            self.notify();
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().push((draft, sender));
        if self.answers_early {
            return Box::pin(async { Ok(Outcome::Unchanged) });
        }
        Box::pin(async move { receiver.await.unwrap_or(Err(LogError::Closed)) })
    }

    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        let (inner, scope) = (self.inner.clone(), scope.clone());
        self.with_latency(async move { inner.read(&scope, rooms, after).await }.boxed())
    }

    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> Pin<Box<dyn Future<Output = Result<Page, LogError>> + Send>> {
        let (inner, scope) = (self.inner.clone(), scope.clone());
        self.with_latency(async move { inner.page(&scope, room, before, limit, reader).await }.boxed())
    }

    fn messages_of(
        &self,
        author: PersonId,
        after: Seq,
    ) -> BoxFuture<'static, Result<Vec<(RoomName, Seq)>, LogError>> {
        self.inner.messages_of(author, after)
    }

    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.inner.prune(keep)
    }

    fn access(&self) -> AccessHandle {
        self.inner.access()
    }
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.inner.rooms()
    }

    /// Registers the follower. The entries that it was not told yet are in `appended`, and are told with the
    /// next group.
    fn follow(&self, _: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        *self.follower.lock() = Some(follower);
        ready(Ok(())).boxed()
    }
}
