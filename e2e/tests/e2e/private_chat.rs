//! A private chat from nothing: the owner's link, an invite, a room that nobody else sees, and somebody shown out.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Chat, Server};

/// Fails if that is long ago: the page asks for its list of rooms each minute anyway.
fn must_be_at_once(since: Instant) -> Result<()> {
    ensure!(since.elapsed() < Duration::from_secs(30), "it took {:?}", since.elapsed());
    Ok(())
}

/// Makes a link for one more person.
async fn invite(admin: &Chat) -> Result<String> {
    admin.browser.click("button[aria-label='This server']").await?;
    admin.press_button("Invites").await?;
    admin.browser.must_be_accessible("the invites").await?;
    admin.browser.submit("invite-form").await?;
    let link = admin.secret().await?;
    admin.browser.must_be_accessible("a new link").await?;
    admin.browser.click("button[aria-label=Close]").await?;
    Ok(link)
}

#[tokio::test]
async fn six_friends_talk_and_nobody_else_hears() -> Result<()> {
    let server = Server::start_with_door("invite").await?;
    let ada = Chat::come_in(&server.admin_link().await?, "Ada", "correct horse battery").await?;
    let ben = Chat::come_in(&invite(&ada).await?, "Ben", "").await?;
    let eve = Chat::come_in(&invite(&ada).await?, "Eve", "").await?;

    ada.browser.click("[data-testid=make-room]").await?;
    ada.browser.fill("title", "Plans").await?;
    ada.browser.must_be_accessible("a new room").await?;
    ada.browser.submit("room-form").await?;
    let name = ada.until("the new room", |screen| screen.room == "Plans").await?;
    let room =
        name.rooms.iter().find(|room| room.name.starts_with("private-")).context("no room")?.name.clone();
    ada.say("Nobody else reads this").await?;

    ada.browser.click("button[aria-label=Settings]").await?;
    ada.browser.choose("person", "Ben").await?;
    let added = Instant::now();
    ada.browser.submit("add-form").await?;
    ada.until_text("Ada made Ben a member").await?;
    ada.browser.must_be_accessible("the members").await?;
    ada.browser.click("button[aria-label=Close]").await?;

    ben.until("the room that he was added to", |screen| screen.listed(&room).is_some()).await?;
    must_be_at_once(added)?;
    ben.visit_titled(&room, "Plans").await?;
    ben.until_said(&["Nobody else reads this"]).await?;
    ben.say("Good").await?;
    ada.until_said(&["Nobody else reads this", "Good"]).await?;

    let screen = eve.reload().await?;
    assert!(screen.listed(&room).is_none(), "{:?}", screen.rooms);
    eve.browser.client.goto(&format!("{}/r/{room}", server.url())).await?;
    eve.until_text("not open to you").await?;

    ada.browser.click("[data-testid=person] button[title=Ben]").await?;
    let opened = Instant::now();
    ada.press_button("Write to them directly").await?;
    ben.until("the direct room", |screen| screen.rooms.iter().any(|room| room.name.starts_with("direct-")))
        .await?;
    must_be_at_once(opened)?;
    ada.visit_titled(&room, "Plans").await?;

    ada.browser.click("[data-testid=person] button[title=Ben]").await?;
    for (opener, yes) in [
        ("Make an admin of this server…", "Make Ben an admin"),
        ("Remove as an admin of this server…", "Remove Ben as an admin"),
    ] {
        ada.press_button(opener).await?;
        ada.browser.must_be_accessible("a question about an admin").await?;
        ada.press_button(yes).await?;
    }
    ada.until_text("Make an admin of this server…").await?;
    ada.browser.choose("act", "Remove").await?;
    ada.browser.submit("member-form").await?;
    ben.until_text("You are not in this room any more").await?;
    ada.browser.must_be_quiet().await?;
    eve.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}
