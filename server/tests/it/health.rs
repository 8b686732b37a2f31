//! `/healthz` and `/readyz` in every state of the log, and the end of a server whose log has failed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::LogError;
use holdline_shared::ProblemCode;

use crate::support::{Fault, FaultyLog, Server, within};

#[tokio::test]
async fn readyz_names_the_reason_of_a_failing_log() {
    let secret = "/var/lib/holdline.db is on fire";
    for (health, words) in [
        (LogError::Full, "full"),
        (LogError::Busy, "more to do"),
        (LogError::Closed, "closed"),
        (LogError::Unavailable(secret.to_owned()), "the server's own log says why"),
    ] {
        let log = FaultyLog::new();
        *log.health.lock() = Fault::Error(health);
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
    let log = FaultyLog::new();
    *log.health.lock() = Fault::Hang;
    let mut config = ServeConfig::default();
    config.event_loops = Some(0);
    let server = Server::on(log.clone(), HubConfig::default(), config).await;
    // Readers that never finish.
    *log.reads.lock() = Fault::Hang;
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
    let log = FaultyLog::new();
    let mut config = ServeConfig::default();
    config.event_loops = Some(0);
    let server = Server::on(log.clone(), HubConfig::default(), config).await;
    for _ in 0..100 {
        assert_eq!(server.hub.readiness().await, Ok(()));
    }
    assert_eq!(log.checks.load(Ordering::Relaxed), 1, "however many requests there are");
    *log.health.lock() = Fault::Error(LogError::Full);
    tokio::time::advance(Duration::from_secs(2)).await;
    server.visitor().get("/readyz").await.expect(503);
    *log.health.lock() = Fault::None;
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
    let log = FaultyLog::new();
    let mut server = Server::on(log.clone(), HubConfig::default(), ServeConfig::default()).await;
    let mut held = server.connect().await;
    held.send("GET", "/api/v1/poll?room=lobby", "", b"").await;
    crate::support::until("the poll is held", || server.hub.held() == 1).await;
    log.fail();
    within("the hub's end", server.hub.failed()).await;
    assert!(server.hub.readiness().await.is_err());
    assert_eq!(within("an answer", held.reply()).await.unwrap().status, 200, "a graceful end");
    server.ended().await;

    // An app that mounts the router has to check by itself; `readiness` reports the failure.
    let log = FaultyLog::new();
    let hub = holdline_server::hub::Hub::open(log.clone()).await.unwrap();
    log.fail();
    within("the hub's end", hub.failed()).await;
    assert_eq!(hub.readiness().await, Err(holdline_server::hub::NotReady::Failed));
}
