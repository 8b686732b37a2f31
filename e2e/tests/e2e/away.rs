//! The server goes away and comes back. The page shows that meanwhile, keeps what is typed, and loses
//! nothing.

use anyhow::Result;
use holdline_e2e::{Chat, Screen, Server};

#[tokio::test]
async fn a_server_that_is_stopped_and_started_is_survived() -> Result<()> {
    let mut server = Server::start().await?;
    let (ada, ben) = meet(&server).await?;
    server.stop().await?;
    wait_and_talk(&ada, &ben).await?;
    server.start_again().await?;
    all_is_well(&ada, &ben).await
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_is_survived() -> Result<()> {
    let mut server = Server::start().await?;
    let (ada, ben) = meet(&server).await?;
    server.kill().await?;
    wait_and_talk(&ada, &ben).await?;
    server.start_again().await?;
    // Retries at once instead of waiting.
    if ada.screen().await?.status != "live" {
        // The button may have disappeared at this very moment.
        ada.browser.click("[data-testid=retry-now]").await.unwrap_or_default();
    }
    all_is_well(&ada, &ben).await
}

/// An acknowledged message is durable: the server is killed right after the acknowledgement.
#[tokio::test]
async fn what_was_sent_survives_a_kill() -> Result<()> {
    let mut server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    for texts in [&["one"][..], &["one", "two"], &["one", "two", "three"]] {
        ada.say(texts[texts.len() - 1]).await?;
        ada.until_said(texts).await?;
        server.kill().await?;
        server.start_again().await?;
    }
    ada.reload().await?;
    ada.until_said(&["one", "two", "three"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// A message typed while the server is away is kept by the browser, also across a reload of the page.
#[tokio::test]
async fn what_was_not_sent_survives_the_page() -> Result<()> {
    let mut server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    server.kill().await?;
    ada.until("an honest status", is_away).await?;
    ada.say("said to nobody").await?;
    ada.until("a message on its way", |screen| is_pending(screen, "said to nobody")).await?;
    ada.browser.client.goto("about:blank").await?;
    server.start_again().await?;
    let ada = Chat::open_in(ada.browser, &server.url()).await?;
    ada.until_said(&["said to nobody"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// A message that waits can be discarded. Those after it are sent.
#[tokio::test]
async fn what_waits_can_be_discarded() -> Result<()> {
    let mut server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    server.kill().await?;
    ada.until("an honest status", is_away).await?;
    for text in ["not this one", "this one"] {
        ada.say(text).await?;
        ada.until("a message on its way", |screen| is_pending(screen, text)).await?;
    }
    ada.browser.click("[data-state=pending] [data-testid=discard]").await?;
    ada.until("no message", |screen| !is_pending(screen, "not this one")).await?;
    ada.browser.client.goto("about:blank").await?;
    server.start_again().await?;
    let ada = Chat::open_in(ada.browser, &server.url()).await?;
    ada.until_said(&["this one"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

async fn meet(server: &Server) -> Result<(Chat, Chat)> {
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    ada.say("before").await?;
    ben.until_said(&["before"]).await?;
    ada.until_said(&["before"]).await?;
    Ok((ada, ben))
}

async fn wait_and_talk(ada: &Chat, ben: &Chat) -> Result<()> {
    ada.until("an honest status", is_away).await?;
    ben.until("an honest status", is_away).await?;
    ada.say("Can you hear me?").await?;
    ada.say("Apparently not.").await?;
    ben.say("Hello?").await?;
    ada.until("two messages on their way", |screen| {
        is_away(screen) && is_pending(screen, "Can you hear me?") && is_pending(screen, "Apparently not.")
    })
    .await?;
    ben.until("a message on its way", |screen| is_away(screen) && is_pending(screen, "Hello?")).await?;
    Ok(())
}

async fn all_is_well(ada: &Chat, ben: &Chat) -> Result<()> {
    let is_complete = |screen: &Screen| {
        let mut texts = screen.texts();
        texts.sort_unstable();
        let all = ["Apparently not.", "Can you hear me?", "Hello?", "before"];
        texts == all && screen.messages.iter().all(|row| row.seq.is_some()) && screen.status == "live"
    };
    let at_ada = ada.until("all four messages, once, and a live page", is_complete).await?;
    let at_ben = ben.until("all four messages, once, and a live page", is_complete).await?;
    assert_eq!(at_ada.messages, at_ben.messages, "in the same order at both");
    let of_ada: Vec<_> = at_ada.texts().into_iter().filter(|text| *text != "Hello?").collect();
    assert_eq!(of_ada, ["before", "Can you hear me?", "Apparently not."], "and in the order they were said");
    ada.browser.must_be_quiet_but_for_requests().await?;
    ben.browser.must_be_quiet_but_for_requests().await
}

fn is_away(screen: &Screen) -> bool {
    ["reconnecting", "retrying", "offline"].contains(&screen.status.as_str())
}

fn is_pending(screen: &Screen, text: &str) -> bool {
    screen.row(text).is_some_and(|row| row.state == "pending" && row.seq.is_none())
}
