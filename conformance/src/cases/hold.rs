//! Holding: the time at which a poll is answered.

use std::time::{Duration, Instant};

use anyhow::ensure;
use holdline_shared::ProblemCode;

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem, header_of};

declare! {
    C10 "wait=0 answers at once" answers_at_once;
    C11 "a poll without news is held for its wait and answered with an empty batch" is_held;
    C12 "a held poll is answered by a publish, long before its wait is over" is_answered;
    C13 "an entry of another room does not end the hold" other_rooms_do_not_count;
    C14 "a poll of two rooms returns the entries of both, in log order" two_rooms;
    C15 "room=* returns the entries of every room" every_room;
    C16 "a missing room is unknown_room" unknown_room;
    C17 "a poll of no room, of 51 rooms, or with an unknown parameter is invalid_parameter" wrong_parameters;
    C18 "an answer to a poll forbids caches to store it and proxies to buffer it" headers;
}

/// A duration much longer than an answer takes, and much shorter than the holds here.
const SHORT: Duration = Duration::from_secs(20);

async fn answers_at_once(server: Server) -> CaseResult {
    let started = Instant::now();
    let batch = server.poll("room=lobby&wait=0").await?;
    ensure!(batch.entries.is_empty() && started.elapsed() < SHORT, "it took {:?}", started.elapsed());
    Ok(())
}

async fn is_held(server: Server) -> CaseResult {
    let (_, room) = server.room().await?;
    let started = Instant::now();
    let batch = server.poll(&format!("room={room}&wait=1")).await?;
    ensure!(started.elapsed() >= Duration::from_millis(900), "it was held for {:?} only", started.elapsed());
    ensure_equal(batch.entries.len(), 0)
}

async fn is_answered(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let query = format!("room={room}&after={now}&wait=50");
    let started = Instant::now();
    let (batch, said) = tokio::join!(server.poll(&query), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        ada.say(&room, "hello").await
    });
    ensure!(started.elapsed() < SHORT, "it took {:?}", started.elapsed());
    ensure_equal(batch?.entries, vec![said?])
}

async fn other_rooms_do_not_count(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let (_, other) = server.room().await?;
    let now = server.now(&room).await?;
    let query = format!("room={room}&after={now}&wait=1");
    let (batch, said) = tokio::join!(server.poll(&query), ada.say(&other, "elsewhere"));
    said?;
    ensure_equal(batch?.entries.len(), 0)
}

async fn two_rooms(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let (_, other) = server.room().await?;
    let now = server.now(&room).await?;
    let said = [ada.say(&room, "1").await?, ada.say(&other, "2").await?, ada.say(&room, "3").await?];
    ensure_equal(
        server.poll(&format!("room={room}&room={other}&after={now}&wait=0")).await?.entries,
        said.to_vec(),
    )
}

async fn every_room(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let said = ada.say(&room, "hello").await?;
    let batch = server.poll(&format!("room=*&after={now}&wait=0")).await?;
    ensure!(batch.entries.contains(&said), "the message is not in {:?}", batch.entries);
    Ok(())
}

async fn unknown_room(server: Server) -> CaseResult {
    let answer = server.get("/api/v1/poll?room=a-room-that-nobody-made&wait=0").await?;
    expect_problem(answer, ProblemCode::UnknownRoom).await.map(drop)
}

async fn wrong_parameters(server: Server) -> CaseResult {
    let many = (0..51).map(|n| format!("room=r{n}")).collect::<Vec<_>>().join("&");
    for query in ["wait=0", "room=lobby&since=now", "room=lobby&wait=-1", "room=lobby&wait=1s", &many] {
        let answer = server.get(&format!("/api/v1/poll?{query}")).await?;
        expect_problem(answer, ProblemCode::InvalidParameter).await?;
    }
    Ok(())
}

async fn headers(server: Server) -> CaseResult {
    let answer = server.get("/api/v1/poll?room=lobby&wait=0").await?;
    ensure_equal(header_of(&answer, "cache-control").as_str(), "no-store")?;
    ensure_equal(header_of(&answer, "x-accel-buffering").as_str(), "no")?;
    ensure_equal(header_of(&answer, "content-type").as_str(), "application/json")
}
