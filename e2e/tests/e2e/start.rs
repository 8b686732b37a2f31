//! A client that cannot start, or has stopped, says so and offers the next steps.

use anyhow::Result;
use fantoccini::Locator;
use holdline_e2e::{Browser, Chat, Check, Server, eventually};
use serde_json::json;

/// Whether the reader can see that the client has stopped.
const STOPPED: &str =
    "const e = document.querySelector('.stopped'); return e.checkVisibility({ visibilityProperty: true })";

async fn until_stopped(browser: &Browser) -> Result<()> {
    eventually("a word about it", async || {
        let is_stopped: bool = browser.run(STOPPED, vec![]).await?;
        Ok(Check::that(is_stopped, || "nothing".to_owned()))
    })
    .await
}

#[tokio::test]
async fn client_that_does_not_arrive_is_told() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start().await?;
    browser.devtools("Network.enable", json!({})).await?;
    browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    browser.client.goto(&server.url()).await?;
    until_stopped(&browser).await?;
    let simple = browser.client.find(Locator::Css(".stopped a[href=classic]")).await?;
    simple.click().await?;
    eventually("the simple page", async || {
        let path = browser.client.current_url().await?.path().to_owned();
        Ok(Check::that(path == "/classic", || path))
    })
    .await
}

#[tokio::test]
async fn client_that_has_crashed_is_told() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    assert!(!ada.browser.run::<bool>(STOPPED, vec![]).await?);
    // A trap as browsers report it; an error in a script of the developer tools has no details.
    let trap = "const error = new WebAssembly.RuntimeError('unreachable');\
                window.dispatchEvent(new ErrorEvent('error', { error }))";
    let () = ada.browser.run(trap, vec![]).await?;
    until_stopped(&ada.browser).await
}

/// An address with a user name and a password, as people type it for a server behind a login.
#[tokio::test]
async fn address_with_a_password_works() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url().replace("http://", "http://ada:secret@")).await?;
    ada.say("in spite of it").await?;
    ada.until_said(&["in spite of it"]).await?;
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea" && screen.status == "live").await?;
    ada.browser.must_be_quiet().await
}
