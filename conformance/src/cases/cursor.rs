//! Cursors: where a poll begins and where it leaves off.

use anyhow::{Context, ensure};
use holdline_shared::{Cursor, Epoch, ProblemCode, Seq};

use crate::case::{Verdict, declare};
use crate::server::{Server, refused, same, seqs};

declare! {
    C01 "a poll without a cursor answers no entries and the cursor of now" begins_now;
    C02 "a poll from a cursor brings exactly what came after it" brings_what_came_after;
    C03 "a repeated poll from the same cursor brings the same" repeats;
    C04 "a poll from an answer's cursor brings nothing a second time" goes_on;
    C05 "after=start brings the room from its beginning, in ascending order" from_the_start;
    C06 "a malformed cursor is invalid_cursor" malformed;
    C07 "a cursor of another epoch is epoch_changed, with a cursor to go on from" other_epoch;
    C08 "a cursor beyond the end of the log is epoch_changed" beyond_the_end;
    C09 "a backlog longer than a batch arrives whole over several polls" long_backlog;
}

async fn begins_now(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    ada.say(&room, "before").await?;
    same(server.poll(&format!("room={room}&wait=0")).await?.entries.len(), 0)
}

async fn brings_what_came_after(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    ada.say(&room, "before").await?;
    let now = server.now(&room).await?;
    let said = [ada.say(&room, "one").await?, ada.say(&room, "two").await?];
    same(server.poll(&format!("room={room}&after={now}&wait=0")).await?.entries, said.to_vec())
}

async fn repeats(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    ada.say(&room, "one").await?;
    let query = format!("room={room}&after={now}&wait=0");
    same(server.poll(&query).await?.entries, server.poll(&query).await?.entries)
}

async fn goes_on(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    ada.say(&room, "one").await?;
    let first = server.poll(&format!("room={room}&after={now}&wait=0")).await?;
    same(first.entries.len(), 1)?;
    let second = ada.say(&room, "two").await?;
    same(server.poll(&format!("room={room}&after={}&wait=0", first.cursor)).await?.entries, vec![second])
}

async fn from_the_start(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    ada.say(&room, "one").await?;
    ada.say(&room, "two").await?;
    let seqs = seqs(&server.poll(&format!("room={room}&after=start&wait=0")).await?);
    ensure!(seqs.len() == 3 && seqs.is_sorted(), "the making of the room and two messages, not {seqs:?}");
    Ok(())
}

async fn malformed(server: Server) -> Verdict {
    for bad in ["7", "yesterday", "0123456789abcdef-", "0123456789abcdef--7", "0123456789abcdef-007"] {
        let answer = server.get(&format!("/api/v1/poll?room=lobby&after={bad}&wait=0")).await?;
        refused(answer, ProblemCode::InvalidCursor).await.with_context(|| bad.to_owned())?;
    }
    Ok(())
}

async fn other_epoch(server: Server) -> Verdict {
    let now = server.now("lobby").await?;
    let other = Cursor { epoch: Epoch(now.epoch.0 ^ 1), ..now };
    let answer = server.get(&format!("/api/v1/poll?room=lobby&after={other}&wait=0")).await?;
    let cursor =
        refused(answer, ProblemCode::EpochChanged).await?.cursor.context("no cursor to go on from")?;
    server.poll(&format!("room=lobby&after={cursor}&wait=0")).await.map(drop)
}

async fn beyond_the_end(server: Server) -> Verdict {
    let now = server.now("lobby").await?;
    let beyond = Cursor { seq: Seq(now.seq.0 + 1_000_000), ..now };
    let answer = server.get(&format!("/api/v1/poll?room=lobby&after={beyond}&wait=0")).await?;
    refused(answer, ProblemCode::EpochChanged).await.map(drop)
}

async fn long_backlog(server: Server) -> Verdict {
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
    same(got, said)
}
