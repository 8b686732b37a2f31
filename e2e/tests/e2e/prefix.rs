//! Behind a proxy with a path prefix, everything works as at the root.

use anyhow::Result;
use holdline_e2e::{Chat, Check, Person, PrefixProxy, Server, eventually};

/// Opens Ada's page under the prefix and sends a message in the lobby and another one in a new room; returns the page
/// in that room.
async fn talk_below(proxy: &PrefixProxy) -> Result<Chat> {
    let ada = Chat::open(&format!("{}/", proxy.url())).await?;
    ada.say("from below").await?;
    ada.until_said(&["from below"]).await?;
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea").await?;
    assert_eq!(ada.browser.client.current_url().await?.path(), "/chat/r/tea");
    ada.say("green").await?;
    ada.until_said(&["green"]).await?;
    Ok(ada)
}

#[tokio::test]
async fn the_chat_works_under_a_prefix() -> Result<()> {
    let server = Server::start().await?;
    let proxy = PrefixProxy::start(&server.url()).await?;
    let ada = talk_below(&proxy).await?;
    let before = ada.screen().await?;

    let after = ada.reload().await?;
    assert_eq!(after.nickname, before.nickname, "the cookie is sent under the prefix");
    ada.until_said(&["green"]).await?;

    let ben = Chat::open(&format!("{}/r/tea", server.url())).await?;
    ben.until_said(&["green"]).await?;
    ben.say("from the top").await?;
    ada.until_said(&["green", "from the top"]).await?;
    ada.visit("lobby").await?;
    ada.until_said(&["from below"]).await?;
    assert_eq!(ada.browser.client.current_url().await?.path(), "/chat/");

    // An address without the slash at the end.
    ada.browser.client.goto(&proxy.url()).await?;
    ada.until_live().await?;
    ada.until_said(&["from below"]).await?;
    ada.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}

/// The page learns its prefix from its own address.
#[tokio::test]
async fn the_chat_works_under_a_prefix_that_the_server_does_not_know() -> Result<()> {
    let server = Server::start().await?;
    let proxy = PrefixProxy::start_silent(&server.url()).await?;
    let ada = talk_below(&proxy).await?;
    for address in ["/r/tea", "/index.html", ""] {
        ada.browser.client.goto(&format!("{}{address}", proxy.url())).await?;
        ada.until_live().await?;
        let said = if address.contains("tea") { "green" } else { "from below" };
        ada.until_said(&[said]).await?;
    }

    // The simple page loses no message, either.
    let ben = Person::join(&server.url(), "Ben").await?;
    ada.browser.client.goto(&format!("{}/classic", proxy.url())).await?;
    let text = "return document.getElementById('messages').innerText";
    eventually("a simple page that listens", async || {
        ben.say("lobby", "Is anybody there?").await?;
        let shown: String = ada.browser.run(text, vec![]).await?;
        Ok(Check::that(shown.contains("anybody"), || shown))
    })
    .await?;
    for n in 0..5 {
        ben.say("lobby", &format!("number {n}")).await?;
        eventually("the message on the simple page", async || {
            let shown: String = ada.browser.run(text, vec![]).await?;
            Ok(Check::that(shown.contains(&format!("number {n}")), || shown.clone()))
        })
        .await?;
    }

    // A wrong address at the root stays what it is.
    for address in ["/nowhere/", "/r/", "/r//5"] {
        ada.browser.client.goto(&format!("{}{address}", server.url())).await?;
        ada.until_text("The address may have been cut or mistyped.").await?;
    }
    Ok(())
}
