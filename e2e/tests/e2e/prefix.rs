//! Behind a proxy with a path prefix, everything works as at the root.

use anyhow::Result;
use holdline_e2e::{Chat, PrefixProxy, Server};

#[tokio::test]
async fn the_chat_works_under_a_prefix() -> Result<()> {
    let server = Server::start().await?;
    let proxy = PrefixProxy::start(&server.url()).await?;
    let ada = Chat::open(&format!("{}/", proxy.url())).await?;
    ada.say("from below").await?;
    ada.until_said(&["from below"]).await?;
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea").await?;
    assert_eq!(ada.browser.client.current_url().await?.path(), "/chat/r/tea");
    ada.say("green").await?;
    let before = ada.until_said(&["green"]).await?;

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
