//! A selection is copied whole, also where it reaches over more than is drawn at a time.

use anyhow::Result;
use holdline_e2e::{Chat, Check, Person, Server, eventually};

use crate::scrolling::place;

/// Begins a selection in the first message, or goes on with it to the last.
const SELECT: &str = r"
const texts = [...document.querySelectorAll('[data-testid=message-text]')];
const selection = getSelection();
if (arguments[0]) selection.setBaseAndExtent(texts.at(-1), 1, texts.at(-1), 0);
else selection.extend(texts[0], 0);
return selection.toString();";

#[tokio::test]
async fn long_selection_is_copied_whole() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    for n in 1..=300 {
        ben.say("lobby", &format!("message {n}")).await?;
    }
    let ada = Chat::open(&server.url()).await?;
    ada.until("the newest", |screen| screen.row("message 300").is_some()).await?;
    let selected: String = ada.browser.run(SELECT, vec![true.into()]).await?;
    assert_eq!(selected, "message 300");
    eventually("the oldest message", async || {
        place(&ada, Some(0), None).await?;
        let screen = ada.screen().await?;
        Ok(Check::that(screen.row("message 1").is_some(), || format!("{:?}", screen.texts().first())))
    })
    .await?;
    let selected: String = ada.browser.run(SELECT, vec![false.into()]).await?;
    let lines: Vec<_> = selected.lines().filter(|line| line.starts_with("message")).collect();
    assert_eq!(lines.len(), 300, "{selected}");
    assert!(
        selected.lines().all(|line| line.is_empty() || line.starts_with("message") || line == "Ben"),
        "{selected}"
    );
    ada.browser.must_be_silent().await
}
