//! A reloaded page continues where it was.

use anyhow::Result;
use holdline_e2e::{Chat, Server};

#[tokio::test]
async fn a_reload_keeps_history_name_and_draft() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.rename("Ada Lovelace").await?;
    ada.say("first").await?;
    ada.say("second").await?;
    let before = ada.until_said(&["first", "second"]).await?;
    ada.write("half a thou").await?;

    ada.reload().await?;
    let after = ada.until_said(&["first", "second"]).await?;
    assert_eq!(after.messages, before.messages);
    assert_eq!(after.nickname.as_deref(), Some("Ada Lovelace"));
    assert_eq!(after.composer, "half a thou");

    ada.say("ght").await?;
    let after = ada.until_said(&["first", "second", "half a thought"]).await?;
    assert!(
        after.messages.iter().all(|row| row.author == "Ada Lovelace"),
        "still the same person: {after:?}"
    );
    ada.reload().await?;
    let after = ada.until_said(&["first", "second", "half a thought"]).await?;
    assert_eq!(after.composer, "", "what was sent is no draft any more");
    ada.browser.must_be_quiet().await
}
