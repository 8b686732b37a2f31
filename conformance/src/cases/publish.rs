//! Publishing: idempotent, authenticated, validated.

use anyhow::{Context, ensure};
use holdline_shared::{Entry, ProblemCode};
use reqwest::Method;
use serde_json::json;

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem, new_key};

declare! {
    C19 "a publish is answered 201 with its entry" answers_the_entry;
    C20 "a repeated key is answered 200 with the first entry and appends nothing" a_key_counts_once;
    C21 "of many concurrent publishes with one key, one is appended" at_the_same_time;
    C22 "the same key from two people makes two messages" keys_are_personal;
    C23 "an acknowledged message can be read at once" is_readable;
    C24 "publishing without a session is session_required, with a forged one session_invalid" needs_a_session;
    C25 "publishing into a missing room is unknown_room" needs_a_room;
    C26 "an invalid key, an empty text and a text that is too long have their own problems" is_checked;
    C27 "invalid JSON, missing fields, a wrong type and too large a body have their own problems" bodies_are_checked;
}

async fn answers_the_entry(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let entry = ada.say(&room, "hello").await?;
    ensure_equal((entry.room.as_str(), entry.author), (room.as_str(), ada.session.person.clone()))
}

async fn a_key_counts_once(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let key = new_key();
    let first = ada.publish(&room, key, "first").await?;
    let again = ada.publish(&room, key, "again").await?;
    ensure_equal((first.status().as_u16(), again.status().as_u16()), (201, 200))?;
    let (first, again): (Entry, Entry) = (first.json().await?, again.json().await?);
    ensure_equal(again, first)?;
    ensure_equal(server.history(&room, "").await?.messages.len(), 1)
}

async fn at_the_same_time(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let key = new_key();
    let answers = futures_util::future::join_all((0..20).map(|_| ada.publish(&room, key, "once"))).await;
    let mut created = 0;
    for answer in answers {
        let status = answer?.status().as_u16();
        ensure!(status == 200 || status == 201, "answered {status}");
        created += usize::from(status == 201);
    }
    ensure_equal((created, server.history(&room, "").await?.messages.len()), (1, 1))
}

async fn keys_are_personal(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let bob = server.participant("Bob").await?;
    let key = new_key();
    let statuses =
        [ada.publish(&room, key, "mine").await?.status(), bob.publish(&room, key, "mine").await?.status()];
    ensure_equal(statuses.map(|status| status.as_u16()), [201, 201])
}

async fn is_readable(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    for n in 0..20 {
        let entry = ada.say(&room, &format!("m{n}")).await?;
        let page = server.history(&room, "limit=1").await?;
        ensure_equal(page.messages.first().map(|message| message.seq), Some(entry.seq))?;
        ensure!(page.cursor.seq >= entry.seq, "the page's cursor is behind its messages");
    }
    Ok(())
}

async fn needs_a_session(server: Server) -> CaseResult {
    let body = json!({ "key": new_key(), "text": "hello" });
    let nobody = server.request(Method::POST, "/api/v1/rooms/lobby/messages").json(&body).send().await?;
    expect_problem(nobody, ProblemCode::SessionRequired).await?;
    let token = server.participant("Ada").await?.session.token.unwrap_or_default();
    let forged = format!("{}x", token.get(..token.len() - 1).context("the token is empty")?);
    let stranger = server.request(Method::POST, "/api/v1/rooms/lobby/messages").bearer_auth(forged);
    expect_problem(stranger.json(&body).send().await?, ProblemCode::SessionInvalid).await.map(drop)
}

async fn needs_a_room(server: Server) -> CaseResult {
    let ada = server.participant("Ada").await?;
    let answer = ada.publish("a-room-that-nobody-made", new_key(), "hello").await?;
    expect_problem(answer, ProblemCode::UnknownRoom).await.map(drop)
}

async fn is_checked(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let path = format!("/api/v1/rooms/{room}/messages");
    for (body, code) in [
        (json!({ "key": "seven", "text": "hello" }), ProblemCode::InvalidKey),
        (json!({ "key": new_key(), "text": " \n" }), ProblemCode::InvalidText),
        (json!({ "key": new_key(), "text": "x".repeat(4_001) }), ProblemCode::InvalidText),
        (json!({ "key": new_key(), "text": "a\u{0}b" }), ProblemCode::InvalidText),
    ] {
        expect_problem(ada.request(Method::POST, &path).json(&body).send().await?, code).await?;
    }
    ensure_equal(ada.publish(&room, new_key(), &"x".repeat(4_000)).await?.status().as_u16(), 201)
}

async fn bodies_are_checked(server: Server) -> CaseResult {
    let ada = server.participant("Ada").await?;
    let large = format!("{{\"key\":\"{}\",\"text\":\"{}\"}}", new_key(), "x".repeat(200_000));
    for (kind, body, code) in [
        ("application/json", "{\"key\":".to_owned(), ProblemCode::InvalidJson),
        ("application/json", "{\"text\":\"hello\"}".to_owned(), ProblemCode::InvalidBody),
        ("application/json", "[]".to_owned(), ProblemCode::InvalidBody),
        ("text/plain", "{}".to_owned(), ProblemCode::UnsupportedMediaType),
        ("application/json", large, ProblemCode::BodyTooLarge),
    ] {
        let request = ada.request(Method::POST, "/api/v1/rooms/lobby/messages").header("content-type", kind);
        expect_problem(request.body(body).send().await?, code).await?;
    }
    Ok(())
}
