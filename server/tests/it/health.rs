//! `/healthz` and `/readyz` in every state of the log, and the end of a server whose log has failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, pending, ready};
use holdline_server::Scope;
use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::{
    Chunk, Draft, Follower, Log, LogError, LoggedRoom, MemoryLog, Outcome, Page, Retention,
};
use holdline_shared::{Epoch, PersonId, ProblemCode, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::support::{Server, within};

/// A log whose health the test sets.
struct UnhealthyLog {
    log: MemoryLog,
    /// The answer to health checks; `None` for no answer.
    health: Mutex<Option<Result<(), LogError>>>,
    /// The number of health checks.
    asked: Mutex<usize>,
    /// Has a permit once the log has failed.
    failed: Arc<Semaphore>,
    /// Whether reads never end.
    is_stuck: AtomicBool,
}

impl UnhealthyLog {
    fn new(health: Option<Result<(), LogError>>) -> Self {
        let failed = Arc::new(Semaphore::new(0));
        Self {
            log: MemoryLog::new(),
            health: Mutex::new(health),
            asked: Mutex::new(0),
            failed,
            is_stuck: AtomicBool::new(false),
        }
    }
}

impl Log for UnhealthyLog {
    fn epoch(&self) -> Epoch {
        self.log.epoch()
    }
    fn secret(&self) -> [u8; 32] {
        self.log.secret()
    }
    fn head(&self) -> Seq {
        self.log.head()
    }
    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        self.log.append(draft)
    }
    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        if self.is_stuck.load(Ordering::Relaxed) {
            pending().boxed()
        } else {
            self.log.read(scope, rooms, after)
        }
    }
    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        asking: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        if self.is_stuck.load(Ordering::Relaxed) {
            pending().boxed()
        } else {
            self.log.page(scope, room, before, limit, asking)
        }
    }
    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.log.prune(keep)
    }
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.log.rooms()
    }
    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        self.log.follow(after, follower)
    }
    fn health(&self) -> BoxFuture<'static, Result<(), LogError>> {
        *self.asked.lock() += 1;
        match &*self.health.lock() {
            Some(health) => ready(health.clone()).boxed(),
            None => pending().boxed(),
        }
    }
    fn failed(&self) -> BoxFuture<'static, ()> {
        let failed = self.failed.clone();
        async move {
            let _ = failed.acquire().await;
        }
        .boxed()
    }
}

#[tokio::test]
async fn readyz_names_the_reason_of_a_failing_log() {
    let secret = "/var/lib/holdline.db is on fire";
    for (health, words) in [
        (LogError::Full, "full"),
        (LogError::Busy, "more to do"),
        (LogError::Closed, "closed"),
        (LogError::Unavailable(secret.to_owned()), "the server's own log says why"),
    ] {
        let log = Arc::new(UnhealthyLog::new(Some(Err(health))));
        let server = Server::on(log, HubConfig::default(), ServeConfig::default()).await;
        let reply = server.visitor().get("/readyz").await.expect(503);
        assert_eq!(reply.problem(), ProblemCode::LogUnavailable);
        assert!(reply.text().contains(words) && !reply.text().contains("fire"), "{}", reply.text());
        assert_eq!(
            server.visitor().get("/healthz").await.expect(200).text(),
            "ok\n",
            "a restart would not help"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn readyz_has_a_time_limit_and_healthz_does_not_wait() {
    let log = Arc::new(UnhealthyLog::new(None));
    let mut config = ServeConfig::default();
    config.event_loops = Some(0);
    let server = Server::on(log.clone(), HubConfig::default(), config).await;
    // Readers that never finish.
    log.is_stuck.store(true, Ordering::Relaxed);
    let stuck: Vec<_> = (0..20)
        .map(|_| {
            let visitor = server.visitor();
            tokio::spawn(async move { visitor.get("/api/v1/rooms/lobby/messages").await.status })
        })
        .collect();
    let start = tokio::time::Instant::now();
    server.visitor().get("/healthz").await.expect(200);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let reply = server.visitor().get("/readyz").await.expect(503);
    assert!(reply.text().contains("did not answer"), "{}", reply.text());
    stuck.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn readyz_checks_the_log_at_most_once_a_second() {
    let log = Arc::new(UnhealthyLog::new(Some(Ok(()))));
    let mut config = ServeConfig::default();
    config.event_loops = Some(0);
    let server = Server::on(log.clone(), HubConfig::default(), config).await;
    for _ in 0..100 {
        assert_eq!(server.hub.readiness().await, Ok(()));
    }
    assert_eq!(*log.asked.lock(), 1, "however many requests there are");
    *log.health.lock() = Some(Err(LogError::Full));
    tokio::time::advance(Duration::from_secs(2)).await;
    server.visitor().get("/readyz").await.expect(503);
    *log.health.lock() = Some(Ok(()));
    tokio::time::advance(Duration::from_secs(2)).await;
    server.visitor().get("/readyz").await.expect(200);
}

#[tokio::test]
async fn stopping_server_is_healthy_but_not_ready() {
    let server = Server::start().await;
    let visitor = server.visitor();
    visitor.get("/readyz").await.expect(200);
    server.hub.close();
    assert_eq!(visitor.get("/readyz").await.expect(503).problem(), ProblemCode::ShuttingDown);
    visitor.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn server_with_a_failed_log_reports_it_and_ends() {
    let log = Arc::new(UnhealthyLog::new(Some(Ok(()))));
    let failed = log.failed.clone();
    let mut server = Server::on(log, HubConfig::default(), ServeConfig::default()).await;
    let mut held = server.connect().await;
    held.send("GET", "/api/v1/poll?room=lobby", "", b"").await;
    crate::support::until("the poll is held", || server.hub.held() == 1).await;
    failed.add_permits(1);
    within("the hub's end", server.hub.failed()).await;
    assert!(server.hub.readiness().await.is_err());
    assert_eq!(within("an answer", held.reply()).await.unwrap().status, 200, "a graceful end");
    server.ended().await;

    // An app that mounts the router has to check by itself; `readiness` reports the failure.
    let log = Arc::new(UnhealthyLog::new(Some(Ok(()))));
    let failed = log.failed.clone();
    let hub = holdline_server::hub::Hub::open(log).await.unwrap();
    failed.add_permits(1);
    within("the hub's end", hub.failed()).await;
    assert_eq!(hub.readiness().await, Err(holdline_server::hub::NotReady::Failed));
}
