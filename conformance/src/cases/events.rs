//! Server-Sent Events.

use anyhow::{Context, bail, ensure};
use holdline_shared::{Batch, Cursor, ProblemCode};
use reqwest::{Method, Response};

use crate::case::{Verdict, declare};
use crate::server::{Server, header_of, refused, same};

declare! {
    C42 "events are batches whose id is their cursor" batches_with_cursors;
    C43 "a stream resumed with Last-Event-ID goes on exactly there" resumes;
    C44 "what is wrong with the request is a problem, not a stream" problems;
}

/// Reads until an event with data has come.
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

async fn batches_with_cursors(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let mut stream = server.get(&format!("/api/v1/events?room={room}&after={now}")).await?;
    ensure!(header_of(&stream, "content-type").starts_with("text/event-stream"), "not an event stream");
    let said = ada.say(&room, "hello").await?;
    let (batch, id) = next_event(&mut stream, &mut String::new()).await?;
    same((batch.entries, batch.cursor), (vec![said], id))
}

async fn resumes(server: Server) -> Verdict {
    let (ada, room) = server.room().await?;
    let now = server.now(&room).await?;
    let mut stream = server.get(&format!("/api/v1/events?room={room}&after={now}")).await?;
    ada.say(&room, "one").await?;
    let (_, id) = next_event(&mut stream, &mut String::new()).await?;
    drop(stream);
    let two = ada.say(&room, "two").await?;
    let request = server.request(Method::GET, &format!("/api/v1/events?room={room}&after={now}"));
    let mut stream = request.header("last-event-id", id.to_string()).send().await?;
    same(next_event(&mut stream, &mut String::new()).await?.0.entries, vec![two])
}

async fn problems(server: Server) -> Verdict {
    refused(server.get("/api/v1/events").await?, ProblemCode::InvalidParameter).await?;
    let answer = server.get("/api/v1/events?room=a-room-that-nobody-made").await?;
    refused(answer, ProblemCode::UnknownRoom).await.map(drop)
}
