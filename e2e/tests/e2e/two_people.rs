//! A conversation of two people, each with a separate browser.

use anyhow::{Context as _, Result};
use holdline_e2e::{Chat, Server, key};

#[tokio::test]
async fn two_people_talk() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    let name = |chat: holdline_e2e::Screen| chat.nickname.context("nobody made up a name");
    let names = [name(ada.screen().await?)?, name(ben.screen().await?)?];
    assert_ne!(names[0], names[1], "made-up names differ");

    ada.say("Is anybody here?").await?;
    assert_eq!(ada.screen().await?.composer, "", "the field is cleared at once, whatever the server does");
    ben.until_said(&["Is anybody here?"]).await?;
    ben.say("I am.").await?;
    let texts = ["Is anybody here?", "I am."];
    let (at_ada, at_ben) = tokio::try_join!(ada.until_said(&texts), ben.until_said(&texts))?;
    assert_eq!(at_ada.messages, at_ben.messages, "both have the same on their screens");
    let authors: Vec<_> = at_ada.messages.iter().map(|row| row.author.as_str()).collect();
    assert_eq!(authors, names, "and the names are shown");

    let here = [names[0].as_str(), names[1].as_str()];
    ada.until("both to be here", |screen| screen.has_people(&here)).await?;
    ben.until("both to be here", |screen| screen.has_people(&here)).await?;
    ada.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}

#[tokio::test]
async fn shift_and_enter_break_the_line_and_nothing_says_nothing() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.say("").await?;
    ada.say("   ").await?;
    ada.write(&format!("{}a", key::CONTROL)).await?;
    ada.write("one line").await?;
    ada.write(&format!("{}{}", key::SHIFT, key::ENTER)).await?;
    ada.say("and another").await?;
    let texts = ["one line\nand another", "the end"];
    ada.say(texts[1]).await?;
    // Empty messages would be shown before the end.
    ada.until_said(&texts).await?;
    ada.browser.must_be_quiet().await
}

/// Messages are published in the order in which they were typed, however fast.
#[tokio::test]
async fn a_fast_typist_is_heard_in_order() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    let texts: Vec<_> = (1..=20).map(|n| format!("line {n}")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    ada.say(&texts.join(key::ENTER)).await?;
    ben.until_said(&texts).await?;
    ada.until_said(&texts).await?;
    ada.browser.must_be_quiet().await
}
