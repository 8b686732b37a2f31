//! The classic routes, as the long polling tutorial has them.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::{Method, Response};

use crate::case::{Verdict, declare};
use crate::server::{Server, header_of, random_word, same};

declare! {
    C45 "POST /publish takes the raw body and answers ok" publish_answers_ok;
    C46 "GET /subscribe is held and answered with the next message's text alone" subscribe_is_held;
    C47 "it is plain text in UTF-8 that must be revalidated" headers;
    C48 "a held request that was not answered yet loses nothing to others that were" everyone_hears;
    C49 "?wait= ends the hold with an empty 200" wait_ends_it;
    C50 "?room= picks a room" rooms;
    C51 "with ?random= and its cookie nothing is lost between two requests, one message an answer" nothing_is_lost;
    C52 "errors are plain text" errors_are_plain;
}

async fn publish(server: &Server, query: &str, text: &str) -> anyhow::Result<Response> {
    Ok(server.request(Method::POST, &format!("/publish{query}")).body(text.to_owned()).send().await?)
}

/// Subscribes, and publishes once the request is most likely held; the server cannot be asked.
async fn hear(server: &Server, query: &str, text: &str) -> anyhow::Result<Response> {
    let path = format!("/subscribe{query}");
    let (heard, published) = tokio::join!(server.get(&path), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        publish(server, query, text).await
    });
    published?;
    heard
}

async fn publish_answers_ok(server: Server) -> Verdict {
    let answer = publish(&server, "", "hello").await?;
    same((answer.status().as_u16(), answer.text().await?.as_str()), (200, "ok"))
}

async fn subscribe_is_held(server: Server) -> Verdict {
    let text = format!("grüße, {}", random_word());
    let heard = hear(&server, "", &text).await?;
    same((heard.status().as_u16(), heard.text().await?), (200, text))
}

async fn headers(server: Server) -> Verdict {
    let heard = hear(&server, "", "hello").await?;
    same(header_of(&heard, "content-type").as_str(), "text/plain;charset=utf-8")?;
    same(header_of(&heard, "cache-control").as_str(), "no-cache, must-revalidate")
}

async fn everyone_hears(server: Server) -> Verdict {
    let text = random_word();
    let all = futures_util::future::join_all((0..10).map(|_| server.get("/subscribe")));
    let (all, published) = tokio::join!(all, async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        publish(&server, "", &text).await
    });
    published?;
    for heard in all {
        same(heard?.text().await?, text.clone())?;
    }
    Ok(())
}

async fn wait_ends_it(server: Server) -> Verdict {
    let room = random_word();
    let answer = server.get(&format!("/subscribe?room=r{room}&wait=1")).await?;
    same((answer.status().as_u16(), answer.text().await?.as_str()), (200, ""))
}

async fn rooms(server: Server) -> Verdict {
    let (_, room) = server.room().await?;
    let (room, other) = (format!("?room={room}"), format!("/subscribe?room=r{}&wait=1", random_word()));
    let (heard, elsewhere) = tokio::join!(hear(&server, &room, "in here"), server.get(&other));
    same(heard?.text().await?.as_str(), "in here")?;
    same(elsewhere?.text().await?.as_str(), "")
}

async fn nothing_is_lost(server: Server) -> Verdict {
    let (_, room) = server.room().await?;
    let query = format!("?room={room}&random=0.{}", random_word());
    let mut heard = hear(&server, &query, "m0").await?;
    for n in 1..=5 {
        publish(&server, &query, &format!("m{n}")).await?;
    }
    for n in 0..=5 {
        let cookie = header_of(&heard, "set-cookie");
        let cookie =
            cookie.split(';').next().filter(|pair| !pair.is_empty()).context("no cookie was set")?.to_owned();
        same(heard.text().await?, format!("m{n}"))?;
        let next = server.request(Method::GET, &format!("/subscribe{query}&wait=1")).header("cookie", cookie);
        heard = next.send().await?;
    }
    same(heard.text().await?.as_str(), "")
}

async fn errors_are_plain(server: Server) -> Verdict {
    for (answer, status) in [
        (publish(&server, "", "  ").await?, 400),
        (publish(&server, "", &"x".repeat(5_000)).await?, 400),
        (publish(&server, "?room=a+b", "hello").await?, 400),
        (server.get("/subscribe?wait=soon").await?, 400),
    ] {
        same(answer.status().as_u16(), status)?;
        ensure!(header_of(&answer, "content-type").starts_with("text/plain"), "not plain text");
        ensure!(!answer.text().await?.is_empty(), "no words");
    }
    Ok(())
}
