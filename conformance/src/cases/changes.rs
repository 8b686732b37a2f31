//! Edits, deletions, reactions, rooms.

use anyhow::ensure;
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::case::{Verdict, declare};
use crate::server::{Server, refused, same};

declare! {
    C32 "an edit is an entry, folded into history; the same edit again is 204" edits;
    C33 "only the author may edit or delete" only_the_author;
    C34 "what a deleted message said is in no answer any more" deletions;
    C35 "a reaction is put once and taken back once" reactions;
    C36 "making a room is 201, again 204, another topic 200" rooms;
    C37 "a room's name is the same in upper and lower case, and checked" names;
}

async fn edits(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let said = ada.say(&room, "helo").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}", said.seq);
    let edit = || ada.request(Method::PATCH, &path).json(&json!({ "text": "hello" })).send();
    same((edit().await?.status().as_u16(), edit().await?.status().as_u16()), (200, 204))?;
    let page = server.history(&room, "").await?;
    let text =
        page.messages.first().and_then(|message| message.text.as_ref()).map(|text| text.as_str().to_owned());
    same(text.as_deref(), Some("hello"))
}

async fn only_the_author(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let said = ada.say(&room, "mine").await?;
    let bob = server.somebody("Bob").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}", said.seq);
    let edit = bob.request(Method::PATCH, &path).json(&json!({ "text": "hacked" })).send().await?;
    refused(edit, ProblemCode::NotAuthor).await?;
    refused(bob.request(Method::DELETE, &path).send().await?, ProblemCode::NotAuthor).await.map(drop)
}

async fn deletions(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let said = ada.say(&room, "my secret").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}", said.seq);
    same(ada.request(Method::DELETE, &path).send().await?.status().as_u16(), 200)?;
    same(ada.request(Method::DELETE, &path).send().await?.status().as_u16(), 204)?;
    let edit = ada.request(Method::PATCH, &path).json(&json!({ "text": "back" })).send().await?;
    refused(edit, ProblemCode::MessageDeleted).await?;
    let page = server.get(&format!("/api/v1/rooms/{room}/messages")).await?.text().await?;
    ensure!(!page.contains("my secret"), "history still says it");
    let batch = server.poll(&format!("room={room}&after={now}&wait=0")).await?;
    same(batch.entries.len(), 2)
}

async fn reactions(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let said = ada.say(&room, "hello").await?;
    let path = format!("/api/v1/rooms/{room}/messages/{}/reactions/%F0%9F%91%8D", said.seq);
    let mut statuses = Vec::new();
    for method in [Method::PUT, Method::PUT, Method::DELETE, Method::DELETE] {
        statuses.push(ada.request(method, &path).send().await?.status().as_u16());
    }
    same(statuses, vec![200, 204, 200, 204])?;
    let letter = format!("/api/v1/rooms/{room}/messages/{}/reactions/a", said.seq);
    refused(ada.request(Method::PUT, &letter).send().await?, ProblemCode::InvalidEmoji).await.map(drop)
}

async fn rooms(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let path = format!("/api/v1/rooms/{room}");
    let again = ada.request(Method::PUT, &path).send().await?.status().as_u16();
    let topic =
        ada.request(Method::PUT, &path).json(&json!({ "topic": "tea" })).send().await?.status().as_u16();
    same((again, topic), (204, 200))?;
    same(server.history(&room, "").await?.topic.as_str(), "tea")?;
    let list = server.get("/api/v1/rooms").await?.text().await?;
    ensure!(list.contains(&room), "the list does not have it");
    Ok(())
}

async fn names(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let shouted = format!("/api/v1/rooms/{}", room.to_uppercase());
    same(ada.request(Method::PUT, &shouted).send().await?.status().as_u16(), 204)?;
    for bad in ["tea%20room", "-tea", "te%E2%80%8Ba", "a.b"] {
        let answer = ada.request(Method::PUT, &format!("/api/v1/rooms/{bad}")).send().await?;
        refused(answer, ProblemCode::InvalidRoom).await?;
    }
    Ok(())
}
