//! Places: the address of a message, the line above what is new, where the reader was, and a room among many.

use anyhow::Result;
use holdline_e2e::{Chat, Check, Person, Server, eventually, key};
use serde_json::json;

use crate::scrolling::{PIXELS, place, until_counted};

/// The distance of an element from the top of the view, and the height of the view; `null` without the element.
const IN_SIGHT: &str = r"
const view = document.querySelector('[role=log]').parentElement.getBoundingClientRect();
const element = document.querySelector(arguments[0])?.getBoundingClientRect();
return element ? [element.top - view.top, view.height] : null";

async fn until_in_sight(chat: &Chat, css: &str) -> Result<()> {
    eventually(&format!("{css} in sight"), async || {
        let found: Option<(f64, f64)> = chat.browser.run(IN_SIGHT, vec![json!(css)]).await?;
        let is_in_sight = found.is_some_and(|(top, height)| (0.0..height).contains(&top));
        Ok(Check::that(is_in_sight, || format!("{found:?}")))
    })
    .await
}

/// Publishes `count` messages in the lobby; returns the number of the first.
async fn talk(ben: &Person, what: &str, count: usize) -> Result<u64> {
    let first = ben.say("lobby", &format!("{what} 1")).await?;
    for n in 2..=count {
        ben.say("lobby", &format!("{what} {n}")).await?;
    }
    Ok(first)
}

#[tokio::test]
async fn address_of_a_message_opens_there() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let first = talk(&ben, "message", 150).await?;
    let ada = Chat::open(&format!("{}/r/lobby/{first}", server.url())).await?;
    until_in_sight(&ada, &format!("[data-seq='{first}']")).await?;
    ada.until("a way to the newest", |screen| screen.jump.is_some()).await?;
    ada.browser.client.goto(&format!("{}/r/lobby", server.url())).await?;
    ada.until("the newest", |screen| screen.row("message 150").is_some() && screen.jump.is_none()).await?;
    // No message has this number.
    ada.browser.client.goto(&format!("{}/r/lobby/999999", server.url())).await?;
    ada.until("the newest", |screen| screen.row("message 150").is_some() && screen.status == "live").await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn quote_leads_far_up_and_there_is_a_way_back() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let first = talk(&ben, "message", 300).await?;
    let answer = ben.reply("lobby", first, "An answer").await?;
    let ada = Chat::open(&server.url()).await?;
    ada.until("the answer", |screen| screen.row("An answer").is_some()).await?;
    ada.browser.click(&format!("[data-seq='{answer}'] [data-testid=show]")).await?;
    until_in_sight(&ada, &format!("[data-seq='{first}']")).await?;
    ada.browser.click("[data-testid=go-back]").await?;
    until_in_sight(&ada, &format!("[data-seq='{answer}']")).await?;
    ada.until("the newest", |screen| screen.jump.is_none()).await?;
    ada.browser.must_be_quiet().await
}

/// More than a page of history brings.
#[tokio::test]
async fn reader_who_comes_back_begins_where_they_stopped() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    talk(&ben, "old", 3).await?;
    let ada = Chat::open(&server.url()).await?;
    ada.until("the newest", |screen| screen.row("old 3").is_some()).await?;
    ada.browser.client.goto("about:blank").await?;
    let first = talk(&ben, "new", 120).await?;
    ada.browser.client.goto(&server.url()).await?;
    ada.until_live().await?;
    until_in_sight(&ada, "[data-testid=new]").await?;
    until_in_sight(&ada, &format!("[data-seq='{first}']")).await?;
    until_counted(&ada, 120).await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn room_opens_at_the_line_above_what_is_new() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("tea", "").await?;
    talk(&ben, "old", 60).await?;
    let ada = Chat::open(&server.url()).await?;
    ada.until("the newest", |screen| screen.row("old 60").is_some()).await?;
    ada.visit("tea").await?;
    let first = talk(&ben, "new", 60).await?;
    ada.until("news", |screen| screen.listed("lobby").is_some_and(|room| room.news)).await?;
    ada.visit("lobby").await?;
    until_in_sight(&ada, "[data-testid=new]").await?;
    until_in_sight(&ada, &format!("[data-seq='{first}']")).await?;
    let follows = "return document.querySelector('[data-testid=new]').compareDocumentPosition(document.querySelector(arguments[0]))";
    let order: u16 = ada.browser.run(follows, vec![json!(format!("[data-seq='{first}']"))]).await?;
    assert_eq!(order, 4, "the line stands above the first of them");
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn place_in_a_room_is_kept() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("tea", "").await?;
    talk(&ben, "message", 50).await?;
    let ada = Chat::open(&server.url()).await?;
    ada.until("the newest", |screen| screen.row("message 50").is_some()).await?;
    let before = place(&ada, Some(300), None).await?;
    ada.until("a way to the newest", |screen| screen.jump.is_some()).await?;
    ada.visit("tea").await?;
    ada.visit("lobby").await?;
    eventually("the place", async || {
        let now = place(&ada, None, None).await?;
        let is_there = now.seq == before.seq && (now.top - before.top).abs() < PIXELS;
        Ok(Check::that(is_there, || format!("{now:?} in place of {before:?}")))
    })
    .await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn room_is_found_among_many() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    for n in 1..=20 {
        ben.make_room(&format!("room-{n}"), "").await?;
    }
    ben.make_room("green-tea", "").await?;
    let ada = Chat::open(&server.url()).await?;
    let until_listed =
        async |count: usize| ada.until(&format!("{count} rooms"), |screen| screen.rooms.len() == count).await;
    until_listed(22).await?;
    ada.browser.must_be_accessible("a field that finds rooms").await?;

    ada.browser.click("[data-testid=find-room]").await?;
    ada.browser.press("ROOM-1").await?;
    until_listed(11).await?;
    let told = "return document.querySelector('[data-testid=rooms] [role=status]').textContent";
    assert_eq!(ada.browser.run::<String>(told, vec![]).await?, "11 rooms");
    ada.browser.press(key::ESCAPE).await?;
    until_listed(22).await?;
    ada.browser.press("coffee").await?;
    until_listed(0).await?;
    ada.until_text("No room has “coffee” in its name.").await?;
    ada.browser.must_be_accessible("no such room").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.press("tea").await?;
    until_listed(1).await?;
    ada.browser.press(key::ENTER).await?;
    ada.until("the room", |screen| screen.room == "green-tea" && screen.rooms.len() == 22).await?;
    ada.browser.must_be_quiet().await
}
