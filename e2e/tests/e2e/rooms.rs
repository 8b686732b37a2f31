//! Rooms: one is created by typing its name, others find it, and unread messages elsewhere are marked.

use anyhow::Result;
use holdline_e2e::{Browser, Chat, Device, Server};

#[tokio::test]
async fn a_room_is_made_found_and_marked_when_it_has_news() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    ada.enter("Tea-Time").await?;
    ada.until("the new room", |screen| screen.room == "tea-time" && screen.listed("tea-time").is_some())
        .await?;
    assert_eq!(ada.browser.client.current_url().await?.path(), "/r/tea-time");
    ada.say("Milk or lemon?").await?;
    ada.until_said(&["Milk or lemon?"]).await?;

    ben.until("the room in the list", |screen| screen.listed("tea-time").is_some()).await?;
    assert_eq!(ben.screen().await?.room, "lobby");
    ben.visit("tea-time").await?;
    ben.until_said(&["Milk or lemon?"]).await?;

    ben.visit("lobby").await?;
    ada.say("Lemon, then.").await?;
    let is_marked = |screen: &holdline_e2e::Screen| screen.listed("tea-time").is_some_and(|room| room.news);
    ben.until("a mark on the room", is_marked).await?;
    assert!(ben.screen().await?.texts().is_empty(), "what is said in one room is not shown in another");
    ben.visit("tea-time").await?;
    ben.until_said(&["Milk or lemon?", "Lemon, then."]).await?;
    ben.until("no mark on the room", |screen| !is_marked(screen)).await?;
    ben.visit("lobby").await?;
    assert!(!is_marked(&ben.screen().await?), "what was seen stays seen");

    ben.browser.client.back().await?;
    ben.until("the room, by the browser's way back", |screen| screen.room == "tea-time").await?;
    ada.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}

/// Fingers slip: they forget the room on the screen alone, and that leads to the lobby.
#[tokio::test]
async fn only_the_room_on_the_screen_is_forgotten_with_a_finger() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open_in(Browser::start_on(Device::PHONE).await?, &server.url()).await?;
    for room in ["cake", "tea"] {
        ada.browser.click("button[aria-label=Rooms]").await?;
        ada.enter(room).await?;
        ada.until("the room", |screen| screen.room == room).await?;
    }
    ada.browser.click("button[aria-label=Rooms]").await?;
    let shown = "return [...document.querySelectorAll('.forget')].filter(e => e.checkVisibility()).map(e => e.ariaLabel)";
    assert_eq!(ada.browser.run::<Vec<String>>(shown, vec![]).await?, ["Forget tea on this device"]);
    ada.browser.click("button[aria-label='Forget tea on this device']").await?;
    ada.until("the lobby", |screen| screen.room == "lobby" && screen.status == "live").await?;
    ada.browser.must_be_silent().await
}

#[tokio::test]
async fn a_name_that_no_room_can_have_is_explained() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.enter("what?!").await?;
    let alerts =
        "return [...document.querySelectorAll('[role=alert]')].map(alert => alert.textContent).join(' ')";
    let said: String = ada.browser.run(alerts, vec![]).await?;
    assert!(said.contains("letters"), "it says what is allowed: {said:?}");
    assert_eq!(ada.screen().await?.room, "lobby");
    ada.browser.must_be_quiet().await
}
