//! Cursors: the positions before and after a poll.

use anyhow::{Context, ensure};
use holdline_shared::{Cursor, Epoch, ProblemCode, Seq};

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem, seqs};

declare! {
    C01 "a poll without a cursor returns no entries and the current cursor" starts_at_the_head;
    C02 "a poll from a cursor returns exactly the entries after it" returns_later_entries;
    C03 "a repeated poll from the same cursor returns the same entries" repeats;
    C04 "a poll from an answer's cursor returns no entry again" continues;
    C05 "after=start returns the room from its beginning, in ascending order" from_the_start;
    C06 "a malformed cursor is invalid_cursor" malformed;
    C07 "a cursor of another epoch is epoch_changed, with a cursor to continue from" other_epoch;
    C08 "a cursor beyond the end of the log is epoch_changed" beyond_the_end;
    C09 "a backlog longer than a batch arrives completely over several polls" long_backlog;
}

async fn starts_at_the_head(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    ada.say(&room, "before").await?;
    ensure_equal(server.poll(&format!("room={room}&wait=0")).await?.entries.len(), 0)
}

async fn returns_later_entries(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    ada.say(&room, "before").await?;
    let now = server.now(&room).await?;
    let said = [ada.say(&room, "one").await?, ada.say(&room, "two").await?];
    ensure_equal(server.poll(&format!("room={room}&after={now}&wait=0")).await?.entries, said.to_vec())
}

async fn repeats(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    ada.say(&room, "one").await?;
    let query = format!("room={room}&after={now}&wait=0");
    ensure_equal(server.poll(&query).await?.entries, server.poll(&query).await?.entries)
}

async fn continues(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    ada.say(&room, "one").await?;
    let first = server.poll(&format!("room={room}&after={now}&wait=0")).await?;
    ensure_equal(first.entries.len(), 1)?;
    let second = ada.say(&room, "two").await?;
    ensure_equal(
        server.poll(&format!("room={room}&after={}&wait=0", first.cursor)).await?.entries,
        vec![second],
    )
}

async fn from_the_start(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    ada.say(&room, "one").await?;
    ada.say(&room, "two").await?;
    let seqs = seqs(&server.poll(&format!("room={room}&after=start&wait=0")).await?);
    ensure!(
        seqs.len() == 3 && seqs.is_sorted(),
        "expected the creation of the room and two messages, not {seqs:?}"
    );
    Ok(())
}

async fn malformed(server: Server) -> CaseResult {
    for bad in ["7", "yesterday", "0123456789abcdef-", "0123456789abcdef--7", "0123456789abcdef-007"] {
        let answer = server.get(&format!("/api/v1/poll?room=lobby&after={bad}&wait=0")).await?;
        expect_problem(answer, ProblemCode::InvalidCursor).await.with_context(|| bad.to_owned())?;
    }
    Ok(())
}

async fn other_epoch(server: Server) -> CaseResult {
    let now = server.now("lobby").await?;
    let other = Cursor { epoch: Epoch(now.epoch.0 ^ 1), ..now };
    let answer = server.get(&format!("/api/v1/poll?room=lobby&after={other}&wait=0")).await?;
    let cursor = expect_problem(answer, ProblemCode::EpochChanged)
        .await?
        .cursor
        .context("no cursor to continue from")?;
    server.poll(&format!("room=lobby&after={cursor}&wait=0")).await.map(drop)
}

async fn beyond_the_end(server: Server) -> CaseResult {
    let now = server.now("lobby").await?;
    let beyond = Cursor { seq: Seq(now.seq.0 + 1_000_000), ..now };
    let answer = server.get(&format!("/api/v1/poll?room=lobby&after={beyond}&wait=0")).await?;
    expect_problem(answer, ProblemCode::EpochChanged).await.map(drop)
}

async fn long_backlog(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let mut cursor = server.now(&room).await?;
    let texts: Vec<String> = (0..520).map(|n| format!("m{n}")).collect();
    let mut said: Vec<Seq> = Vec::new();
    for some in texts.chunks(40) {
        for entry in futures_util::future::join_all(some.iter().map(|text| ada.say(&room, text))).await {
            said.push(entry?.seq);
        }
    }
    said.sort_unstable();
    let mut got = Vec::new();
    while got.len() < said.len() {
        let batch = server.poll(&format!("room={room}&after={cursor}&wait=0")).await?;
        ensure!(!batch.entries.is_empty(), "the backlog ended after {} of {}", got.len(), said.len());
        got.extend(seqs(&batch));
        cursor = batch.cursor;
    }
    ensure_equal(got, said)
}
