//! Back and forward: a page that comes out of the browser's cache is live again, and has missed nothing.

use anyhow::Result;
use holdline_e2e::{Chat, Person, Server, key};

#[tokio::test]
async fn page_that_is_come_back_to_has_missed_nothing() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&server.url()).await?;
    ben.say("lobby", "before").await?;
    let before = ada.until_said(&["before"]).await?;
    ada.write("half a th").await?;
    for (n, text) in ["while away", "and again"].into_iter().enumerate() {
        ada.browser.client.goto(&format!("{}/classic", server.url())).await?;
        ben.say("lobby", text).await?;
        ada.browser.back().await?;
        ada.until_said(&["before", "while away", "and again"][..n + 2]).await?;
        ada.until_live().await?;
    }
    ben.say("lobby", "and it is live").await?;
    let all = ["before", "while away", "and again", "and it is live"];
    let after = ada.until_said(&all).await?;
    assert_eq!((after.nickname, after.composer.as_str()), (before.nickname, "half a th"));
    ada.write(&format!("ought{}", key::ENTER)).await?;
    ada.until_said(&[all[0], all[1], all[2], all[3], "half a thought"]).await?;
    ada.until("one person and Ben's absence", |screen| screen.people.len() == 1).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}
