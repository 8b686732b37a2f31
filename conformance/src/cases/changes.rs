//! Edits, deletions, reactions, rooms.

use anyhow::ensure;
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem};

declare! {
    C32 "an edit is an entry, folded into history; the same edit again is 204" edits;
    C33 "only the author may edit or delete" only_the_author;
    C34 "the text of a deleted message is in no later answer" deletions;
    C35 "a reaction is added once and removed once" reactions;
    C36 "creating a room is 201, repeating it 204, a new topic 200" rooms;
    C37 "room names ignore upper and lower case and are validated" names;
}

async fn edits(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let said = ada.say(&room, "helo").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}", said.seq);
    let edit = || ada.request(Method::PATCH, &path).json(&json!({ "text": "hello" })).send();
    ensure_equal((edit().await?.status().as_u16(), edit().await?.status().as_u16()), (200, 204))?;
    let page = server.history(&room, "").await?;
    let text =
        page.messages.first().and_then(|message| message.text.as_ref()).map(|text| text.as_str().to_owned());
    ensure_equal(text.as_deref(), Some("hello"))
}

async fn only_the_author(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let said = ada.say(&room, "mine").await?;
    let bob = server.participant("Bob").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}", said.seq);
    let edit = bob.request(Method::PATCH, &path).json(&json!({ "text": "hacked" })).send().await?;
    expect_problem(edit, ProblemCode::NotAuthor).await?;
    expect_problem(bob.request(Method::DELETE, &path).send().await?, ProblemCode::NotAuthor).await.map(drop)
}

async fn deletions(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let said = ada.say(&room, "my secret").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}", said.seq);
    ensure_equal(ada.request(Method::DELETE, &path).send().await?.status().as_u16(), 200)?;
    ensure_equal(ada.request(Method::DELETE, &path).send().await?.status().as_u16(), 204)?;
    let edit = ada.request(Method::PATCH, &path).json(&json!({ "text": "back" })).send().await?;
    expect_problem(edit, ProblemCode::MessageDeleted).await?;
    let page = server.get(&format!("/api/v1/rooms/{room}/messages")).await?.text().await?;
    ensure!(!page.contains("my secret"), "history still has the text");
    let batch = server.poll(&format!("room={room}&after={now}&wait=0")).await?;
    ensure_equal(batch.entries.len(), 2)
}

async fn reactions(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let said = ada.say(&room, "hello").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}/reactions/%F0%9F%91%8D", said.seq);
    let mut statuses = Vec::new();
    for method in [Method::PUT, Method::PUT, Method::DELETE, Method::DELETE] {
        statuses.push(ada.request(method, &path).send().await?.status().as_u16());
    }
    ensure_equal(statuses, vec![200, 204, 200, 204])?;
    let letter = format!("/api/v1/rooms/{room}/messages/{}/reactions/a", said.seq);
    expect_problem(ada.request(Method::PUT, &letter).send().await?, ProblemCode::InvalidEmoji).await.map(drop)
}

async fn rooms(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let path = format!("/api/v1/rooms/{room}");
    let again = ada.request(Method::PUT, &path).send().await?.status().as_u16();
    let topic =
        ada.request(Method::PUT, &path).json(&json!({ "topic": "tea" })).send().await?.status().as_u16();
    ensure_equal((again, topic), (204, 200))?;
    ensure_equal(server.history(&room, "").await?.topic.as_str(), "tea")?;
    let list = server.get("/api/v1/rooms").await?.text().await?;
    ensure!(list.contains(&room), "the list lacks the room");
    Ok(())
}

async fn names(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let shouted = format!("/api/v1/rooms/{}", room.to_uppercase());
    ensure_equal(ada.request(Method::PUT, &shouted).send().await?.status().as_u16(), 204)?;
    for bad in ["tea%20room", "-tea", "te%E2%80%8Ba", "a.b"] {
        let answer = ada.request(Method::PUT, &format!("/api/v1/rooms/{bad}")).send().await?;
        expect_problem(answer, ProblemCode::InvalidRoom).await?;
    }
    Ok(())
}
