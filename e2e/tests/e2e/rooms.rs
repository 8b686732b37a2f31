//! Rooms: one is created by typing its name, others find it, unread messages elsewhere are marked, and looking at an
//! address creates nothing.

use anyhow::Result;
use holdline_e2e::{Browser, Chat, Device, Person, Server};

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

    ben.browser.back().await?;
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

/// Opens a page at a room that does not exist; returns when the page says so.
async fn look_at_missing(server: &Server, room: &str) -> Result<Chat> {
    let browser = Browser::start().await?;
    browser.client.goto(&format!("{}/r/{room}", server.url())).await?;
    let chat = Chat { browser };
    until_missing(&chat, room).await?;
    Ok(chat)
}

async fn until_missing(chat: &Chat, room: &str) -> Result<()> {
    let title = format!("There is no room “{room}”");
    chat.until(&title, |screen| screen.room == title && screen.nickname.is_some()).await.map(drop)
}

/// An address may be mistyped.
#[tokio::test]
async fn missing_room_is_made_by_its_button_and_not_by_its_address() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = look_at_missing(&server, "loby").await?;
    ada.browser.must_be_accessible("a room that does not exist").await?;
    ada.browser.reload().await?;
    until_missing(&ada, "loby").await?;
    assert!(ada.screen().await?.listed("loby").is_none(), "it is no room of hers");
    assert_eq!(ben.rooms().await?, ["lobby"], "nobody else gets a room by her typing error");

    ada.press_button("Make the room").await?;
    ada.until("the new room", |screen| screen.room == "loby" && screen.listed("loby").is_some()).await?;
    ada.until_live().await?;
    ada.say("Here it is").await?;
    ada.until_said(&["Here it is"]).await?;
    assert!(ben.rooms().await?.contains(&"loby".to_owned()));

    // Whoever types a name where rooms are made does not have to confirm it.
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea").await?;
    ada.say("Tea").await?;
    ada.until_said(&["Tea"]).await?;
    assert!(ben.rooms().await?.contains(&"tea".to_owned()));
    ada.browser.must_be_silent().await
}

#[tokio::test]
async fn missing_room_opens_by_itself_when_somebody_else_makes_it() -> Result<()> {
    let server = Server::start().await?;
    let ada = look_at_missing(&server, "tea").await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("tea", "").await?;
    ben.say("tea", "Milk?").await?;
    // The page asks for the rooms each minute, and when the network is back.
    let () = ada.browser.run("window.dispatchEvent(new Event('online'))", vec![]).await?;
    ada.until_said(&["Milk?"]).await?;
    ada.until_live().await?;
    ada.browser.must_be_silent().await
}

/// Whoever was in a room that was deleted meanwhile does not bring it back by looking, nor by a message on its way.
#[tokio::test]
async fn deleted_room_stays_deleted_for_those_who_come_back() -> Result<()> {
    let mut server = Server::start().await?;
    let eve = server.admin("Eve").await?;
    eve.make_room("tea", "").await?;
    let ada = Chat::open(&format!("{}/r/tea", server.url())).await?;
    ada.say("Milk?").await?;
    ada.until_said(&["Milk?"]).await?;
    ada.visit("lobby").await?;
    ada.browser.set_online(false).await?;
    eve.delete_room("tea").await?;
    ada.browser.set_online(true).await?;
    ada.browser.client.goto(&format!("{}/r/tea", server.url())).await?;
    until_missing(&ada, "tea").await?;
    assert_eq!(eve.rooms().await?, ["lobby"]);

    // It is deleted while she looks on, and while a message is on its way.
    ada.press_button("Make the room").await?;
    ada.until_live().await?;
    ada.say("Once more").await?;
    ada.until_said(&["Once more"]).await?;
    eve.delete_room("tea").await?;
    until_missing(&ada, "tea").await?;
    ada.until_text("It was deleted").await?;
    ada.press_button("Make the room").await?;
    ada.until("an empty room", |screen| screen.room == "tea" && screen.messages.is_empty()).await?;
    ada.until_live().await?;
    server.kill().await?;
    ada.say("On its way").await?;
    ada.browser.client.goto("about:blank").await?;
    server.start_again().await?;
    eve.delete_room("tea").await?;
    ada.browser.client.goto(&server.url()).await?;
    ada.until_live().await?;
    ada.browser.client.goto(&format!("{}/r/tea", server.url())).await?;
    until_missing(&ada, "tea").await?;
    assert_eq!(eve.rooms().await?, ["lobby"]);
    Ok(())
}

/// A hidden room looks like one that does not exist; that its name is taken is all that anybody learns.
#[tokio::test]
async fn hidden_room_looks_like_one_that_does_not_exist() -> Result<()> {
    let server = Server::start().await?;
    let eve = server.admin("Eve").await?;
    eve.make_room("plans", "").await?;
    eve.hide_room("plans").await?;
    let ada = look_at_missing(&server, "plans").await?;
    ada.press_button("Make the room").await?;
    ada.until("the refusal", |screen| screen.room == "plans cannot be opened").await?;
    ada.until_text("A room of this name cannot be made").await?;
    assert_eq!(Person::join(&server.url(), "Ben").await?.rooms().await?, ["lobby"]);
    Ok(())
}
