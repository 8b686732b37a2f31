//! The classic routes of the long polling tutorial.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::{Method, Response};

use crate::case::{CaseResult, declare};
use crate::server::{Server, ensure_equal, header_of, random_word};

declare! {
    C45 "POST /publish takes the raw body and answers ok" publish_answers_ok;
    C46 "GET /subscribe is held and answered with the next message's text alone" subscribe_is_held;
    C47 "the answer is plain text in UTF-8 that must be revalidated" headers;
    C48 "of several held requests, every one is answered with the message" everyone_hears;
    C49 "?wait= ends the hold with an empty 200" wait_ends_it;
    C50 "?room= picks a room" rooms;
    C51 "with ?random= and its cookie no message is lost between two requests, one message per answer" nothing_is_lost;
    C52 "errors are plain text" errors_are_plain;
}

async fn publish(server: &Server, query: &str, text: &str) -> anyhow::Result<Response> {
    Ok(server.request(Method::POST, &format!("/publish{query}")).body(text.to_owned()).send().await?)
}

/// Subscribes, and publishes after a pause in which the request is most likely held; the protocol has no way to ask.
async fn subscribe_and_publish(server: &Server, query: &str, text: &str) -> anyhow::Result<Response> {
    let path = format!("/subscribe{query}");
    let (heard, published) = tokio::join!(server.get(&path), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        publish(server, query, text).await
    });
    published?;
    heard
}

async fn publish_answers_ok(server: Server) -> CaseResult {
    let answer = publish(&server, "", "hello").await?;
    ensure_equal((answer.status().as_u16(), answer.text().await?.as_str()), (200, "ok"))
}

async fn subscribe_is_held(server: Server) -> CaseResult {
    let text = format!("grüße, {}", random_word());
    let heard = subscribe_and_publish(&server, "", &text).await?;
    ensure_equal((heard.status().as_u16(), heard.text().await?), (200, text))
}

async fn headers(server: Server) -> CaseResult {
    let heard = subscribe_and_publish(&server, "", "hello").await?;
    ensure_equal(header_of(&heard, "content-type").as_str(), "text/plain;charset=utf-8")?;
    ensure_equal(header_of(&heard, "cache-control").as_str(), "no-cache, must-revalidate")
}

async fn everyone_hears(server: Server) -> CaseResult {
    let text = random_word();
    let all = futures_util::future::join_all((0..10).map(|_| server.get("/subscribe")));
    let (all, published) = tokio::join!(all, async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        publish(&server, "", &text).await
    });
    published?;
    for heard in all {
        ensure_equal(heard?.text().await?, text.clone())?;
    }
    Ok(())
}

async fn wait_ends_it(server: Server) -> CaseResult {
    let room = random_word();
    let answer = server.get(&format!("/subscribe?room=r{room}&wait=1")).await?;
    ensure_equal((answer.status().as_u16(), answer.text().await?.as_str()), (200, ""))
}

async fn rooms(server: Server) -> CaseResult {
    let (_, room) = server.room().await?;
    let (room, other) = (format!("?room={room}"), format!("/subscribe?room=r{}&wait=1", random_word()));
    let (heard, elsewhere) =
        tokio::join!(subscribe_and_publish(&server, &room, "in here"), server.get(&other));
    ensure_equal(heard?.text().await?.as_str(), "in here")?;
    ensure_equal(elsewhere?.text().await?.as_str(), "")
}

async fn nothing_is_lost(server: Server) -> CaseResult {
    let (_, room) = server.room().await?;
    let query = format!("?room={room}&random=0.{}", random_word());
    let mut heard = subscribe_and_publish(&server, &query, "m0").await?;
    for n in 1..=5 {
        publish(&server, &query, &format!("m{n}")).await?;
    }
    for n in 0..=5 {
        let cookie = header_of(&heard, "set-cookie");
        let cookie =
            cookie.split(';').next().filter(|pair| !pair.is_empty()).context("no cookie was set")?.to_owned();
        ensure_equal(heard.text().await?, format!("m{n}"))?;
        let next = server.request(Method::GET, &format!("/subscribe{query}&wait=1")).header("cookie", cookie);
        heard = next.send().await?;
    }
    ensure_equal(heard.text().await?.as_str(), "")
}

async fn errors_are_plain(server: Server) -> CaseResult {
    for (answer, status) in [
        (publish(&server, "", "  ").await?, 400),
        (publish(&server, "", &"x".repeat(5_000)).await?, 400),
        (publish(&server, "?room=a+b", "hello").await?, 400),
        (server.get("/subscribe?wait=soon").await?, 400),
    ] {
        ensure_equal(answer.status().as_u16(), status)?;
        ensure!(header_of(&answer, "content-type").starts_with("text/plain"), "not plain text");
        ensure!(!answer.text().await?.is_empty(), "the error has no text");
    }
    Ok(())
}
