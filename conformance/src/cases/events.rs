//! Server-Sent Events.

use anyhow::{Context, bail, ensure};
use holdline_shared::{Batch, Cursor, ProblemCode};
use reqwest::{Method, Response};

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, expect_problem, header_of};

declare! {
    C42 "events are batches whose id is their cursor" batches_with_cursors;
    C43 "a stream resumed with Last-Event-ID continues exactly there" resumes;
    C44 "an invalid request for a stream is answered with a problem" problems;
}

/// Reads the next event with data.
async fn next_event(stream: &mut Response, text: &mut String) -> anyhow::Result<(Batch, Cursor)> {
    loop {
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            let field =
                |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            let (data, id) = (field("data: "), field("id: "));
            if let Some(data) = data {
                return Ok((serde_json::from_str(&data)?, id.context("no id")?.parse()?));
            }
        }
        match stream.chunk().await? {
            Some(chunk) => text.push_str(std::str::from_utf8(&chunk)?),
            None => bail!("the stream ended"),
        }
    }
}

async fn batches_with_cursors(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let mut stream = server.get(&format!("/api/v1/events?room={room}&after={now}")).await?;
    ensure!(header_of(&stream, "content-type").starts_with("text/event-stream"), "not an event stream");
    let said = ada.say(&room, "hello").await?;
    let (batch, id) = next_event(&mut stream, &mut String::new()).await?;
    ensure_equal((batch.entries, batch.cursor), (vec![said], id))
}

async fn resumes(server: Server) -> CaseResult {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let mut stream = server.get(&format!("/api/v1/events?room={room}&after={now}")).await?;
    ada.say(&room, "one").await?;
    let (_, id) = next_event(&mut stream, &mut String::new()).await?;
    drop(stream);
    let two = ada.say(&room, "two").await?;
    let request = server.request(Method::GET, &format!("/api/v1/events?room={room}&after={now}"));
    let mut stream = request.header("last-event-id", id.to_string()).send().await?;
    ensure_equal(next_event(&mut stream, &mut String::new()).await?.0.entries, vec![two])
}

async fn problems(server: Server) -> CaseResult {
    expect_problem(server.get("/api/v1/events").await?, ProblemCode::InvalidParameter).await?;
    let answer = server.get("/api/v1/events?room=a-room-that-nobody-made").await?;
    expect_problem(answer, ProblemCode::UnknownRoom).await.map(drop)
}
