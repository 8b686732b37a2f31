//! The classic page, which uses `/publish` and `/subscribe` as the tutorial's page does, and curl receive
//! each other's messages.

use anyhow::Result;
use fantoccini::Locator;
use holdline_e2e::{Browser, Check, Person, Server, eventually, key, publish_plainly};

#[tokio::test]
async fn classic_page_and_curl_receive_each_others_messages() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start().await?;
    browser.client.goto(&format!("{}/classic", server.url())).await?;
    let field = browser.client.find(Locator::Css("input[name=message]")).await?;
    field.send_keys(&format!("hello from the page{}", key::ENTER)).await?;
    until_shown(&browser, &["hello from the page".to_owned()]).await?;
    assert_eq!(field.prop("value").await?.as_deref(), Some(""), "the field is cleared");

    publish_plainly(&server.url(), "lobby", "hello from curl").await?;
    publish_plainly(&server.url(), "lobby", "<b>not bold</b>").await?;
    Person::join(&server.url(), "Ben").await?.make_room("tea", "").await?;
    publish_plainly(&server.url(), "tea", "not for the lobby").await?;
    let shown = ["hello from the page", "hello from curl", "<b>not bold</b>"].map(str::to_owned);
    until_shown(&browser, &shown).await?;
    browser.must_be_quiet().await
}

/// The script does not listen between the answer to a request and the next one; its cookie keeps its cursor.
#[tokio::test]
async fn classic_page_loses_nothing_between_its_requests() -> Result<()> {
    let server = Server::start().await?;
    Person::join(&server.url(), "Ben").await?.make_room("rush", "").await?;
    let browser = Browser::start().await?;
    browser.client.goto(&format!("{}/classic?room=rush", server.url())).await?;
    // The page receives no message from before its first request, so probes are published until it shows one.
    eventually("the page to listen", async || {
        publish_plainly(&server.url(), "rush", "probe").await?;
        Ok(Check::that(!shown(&browser).await?.is_empty(), || "silence".to_owned()))
    })
    .await?;
    let texts: Vec<_> = (0..200).map(|n| format!("message {n}")).collect();
    for text in &texts {
        publish_plainly(&server.url(), "rush", text).await?;
    }
    eventually("200 messages, once and in order", async || {
        let mut shown = shown(&browser).await?;
        shown.retain(|text| text != "probe");
        Ok(Check::that(shown == texts, || format!("{shown:?}")))
    })
    .await?;
    browser.must_be_quiet().await
}

async fn shown(browser: &Browser) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('#messages > div')].map(line => line.textContent)";
    browser.run(script, vec![]).await
}

async fn until_shown(browser: &Browser, texts: &[String]) -> Result<()> {
    eventually(&format!("the lines {texts:?}"), async || {
        let shown = shown(browser).await?;
        Ok(Check::that(shown == texts, || format!("{shown:?}")))
    })
    .await
}
