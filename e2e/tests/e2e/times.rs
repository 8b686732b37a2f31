//! Midnight and journeys: an open page shows times and days as they are where and when it is read.

use anyhow::Result;
use holdline_e2e::{Browser, Chat, Check, Person, Server, eventually};
use serde_json::json;

/// A clock that can be put forward.
const CLOCK: &str = "const now = Date.now; Date.now = () => now() + (window.clockIsAhead ?? 0);";

async fn until_text(chat: &Chat, css: &str, what: &str, is_so: impl Fn(&str) -> bool) -> Result<String> {
    let script = format!("return document.querySelector('{css}')?.textContent ?? ''");
    eventually(what, async || {
        let text: String = chat.browser.run(&script, vec![]).await?;
        Ok(if is_so(&text) { Check::Done(text) } else { Check::Pending(text) })
    })
    .await
}

#[tokio::test]
async fn open_page_follows_day_and_zone() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "now").await?;
    let browser = Browser::start().await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": CLOCK })).await?;
    browser.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "Europe/Berlin" })).await?;
    let ada = Chat::open_in(browser, &server.url()).await?;
    ada.until_said(&["now"]).await?;
    let time = "[data-testid=message] time";
    let berlin = until_text(&ada, time, "a time", |text| !text.is_empty()).await?;
    until_text(&ada, ".day", "today", |text| text == "Today").await?;
    // Not a whole number of days away, and never the same clock.
    ada.browser.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "Asia/Kathmandu" })).await?;
    until_text(&ada, time, "the time there", |text| text != berlin).await?;
    ada.browser.run::<()>("window.clockIsAhead = 24 * 3600 * 1000", vec![]).await?;
    until_text(&ada, ".day", "yesterday", |text| text == "Yesterday").await?;
    ada.browser.must_be_quiet().await
}
