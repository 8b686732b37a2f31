//! Typed text goes to its intended destination only, and none is lost.

use anyhow::Result;
use holdline_e2e::{Chat, Check, Person, Server, eventually, key};

/// The topic above the conversation.
const TOPIC: &str = "[data-testid=topic]";

#[tokio::test]
async fn topic_is_not_carried_into_another_room_by_the_way_back() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("lobby", "about everything").await?;
    ben.make_room("tea", "about tea").await?;
    let ada = Chat::open(&server.url()).await?;
    ada.until("the room", |screen| screen.listed("tea").is_some()).await?;
    ada.visit("tea").await?;
    ada.browser.until_text_of(TOPIC, "about tea").await?;
    ada.browser.click(TOPIC).await?;
    ada.browser.press(", green").await?;
    ada.browser.back().await?;
    ada.until("the lobby", |screen| screen.room == "lobby").await?;
    ada.browser.click("[data-testid=composer]").await?;
    ada.say("said after that").await?;
    ada.until_said(&["said after that"]).await?;
    ada.browser.until_text_of(TOPIC, "about everything").await?;
    ada.visit("tea").await?;
    ada.browser.until_text_of(TOPIC, "about tea").await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn topic_of_somebody_else_is_not_taken_back_by_leaving_the_field() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&server.url()).await?;
    ada.browser.click(TOPIC).await?;
    ben.make_room("lobby", "Ben's").await?;
    ada.browser.click("[data-testid=composer]").await?;
    ada.browser.click("[data-testid=topic-input]").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.until_text_of(TOPIC, "Ben's").await?;
    ada.browser.click(TOPIC).await?;
    ada.browser.type_over("[data-testid=topic-input]", "Ada's").await?;
    ada.browser.until_text_of(TOPIC, "Ada's").await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn draft_answer_and_change_stay_with_their_room() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("tea", "").await?;
    let question = ben.say("lobby", "Milk?").await?;
    let ada = Chat::open(&server.url()).await?;
    ada.say("Lemon").await?;
    ada.until_said(&["Milk?", "Lemon"]).await?;
    ada.use_tool(question, "Reply").await?;
    ada.write("No, th").await?;
    ada.visit("tea").await?;
    ada.visit("lobby").await?;
    ada.reload().await?;
    ada.until("the draft", |screen| screen.composer == "No, th").await?;
    ada.write(&format!("anks{}", key::ENTER)).await?;
    ada.until_said(&["Milk?", "Lemon", "No, thanks"]).await?;
    let quoted = "return document.querySelector('[data-testid=show] .quoted')?.textContent ?? ''";
    assert_eq!(ada.browser.run::<String>(quoted, vec![]).await?, "Milk?", "it is still an answer");

    ada.write(key::ARROW_UP).await?;
    ada.browser.press(" for m").await?;
    ada.visit("tea").await?;
    ada.visit("lobby").await?;
    ada.reload().await?;
    let typed = "return document.querySelector('[data-testid=edit]')?.value ?? ''";
    eventually("the change as it was typed", async || {
        let typed: String = ada.browser.run(typed, vec![]).await?;
        Ok(Check::that(typed == "No, thanks for m", || typed))
    })
    .await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn topic_that_is_too_long_stays_in_its_field() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.browser.click(TOPIC).await?;
    // Not too many bytes, but one character too many: only the browser counts them.
    ada.browser.paste("[data-testid=topic-input]", &"t".repeat(201)).await?;
    ada.browser.press(key::ENTER).await?;
    ada.until_text("This is too long").await?;
    ada.browser.must_be_accessible("a topic that is too long").await?;
    let typed = "return document.querySelector('[data-testid=topic-input]').value.length";
    assert_eq!(ada.browser.run::<usize>(typed, vec![]).await?, 201);
    ada.browser.type_over("[data-testid=topic-input]", "about tea").await?;
    ada.browser.until_text_of(TOPIC, "about tea").await?;
    ada.browser.must_be_quiet().await
}
