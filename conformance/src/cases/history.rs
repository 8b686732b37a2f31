//! History: pages, and the transition to polls.

use anyhow::ensure;
use holdline_shared::ProblemCode;

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem};

declare! {
    C28 "history and a poll from its cursor neither miss nor double an entry while others publish" joining_is_seamless;
    C29 "pages go backwards with before, newest message last, and more tells whether older ones exist" pages_backwards;
    C30 "a limit of 0 or above 200 is invalid_parameter" limits;
    C31 "history of a missing room is unknown_room" unknown_room;
}

async fn joining_is_seamless(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let talking = async {
        let mut said = Vec::new();
        for n in 0..60 {
            said.push(ada.say(&room, &format!("m{n}")).await?.seq);
        }
        anyhow::Ok(said)
    };
    let joining = async {
        let mut joins = Vec::new();
        for _ in 0..10 {
            let page = server.history(&room, "limit=200").await?;
            joins.push((page.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), page.cursor));
        }
        anyhow::Ok(joins)
    };
    let (said, joins) = tokio::join!(talking, joining);
    let said = said?;
    for (mut seen, cursor) in joins? {
        let batch = server.poll(&format!("room={room}&after={cursor}&wait=0")).await?;
        seen.extend(batch.entries.iter().map(|entry| entry.seq));
        ensure_equal(&seen, &said)?;
    }
    Ok(())
}

async fn pages_backwards(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let mut said = Vec::new();
    for n in 0..7 {
        said.push(ada.say(&room, &format!("m{n}")).await?.seq);
    }
    let newest = server.history(&room, "limit=5").await?;
    ensure_equal(newest.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), said[2..].to_vec())?;
    ensure!(newest.more, "there are two more");
    let older = server.history(&room, &format!("limit=5&before={}", said[2])).await?;
    ensure_equal(older.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), said[..2].to_vec())?;
    ensure!(!older.more, "there are no more");
    Ok(())
}

async fn limits(server: Server) -> CaseResult {
    for query in ["limit=0", "limit=201", "limit=many", "before=yesterday"] {
        let answer = server.get(&format!("/api/v1/rooms/lobby/messages?{query}")).await?;
        expect_problem(answer, ProblemCode::InvalidParameter).await?;
    }
    Ok(())
}

async fn unknown_room(server: Server) -> CaseResult {
    let answer = server.get("/api/v1/rooms/a-room-that-nobody-made/messages").await?;
    expect_problem(answer, ProblemCode::UnknownRoom).await.map(drop)
}
