//! Doors that are not open: the page in front of them, and where it leads.

use anyhow::Result;
use holdline_e2e::{Browser, Chat, Check, JOIN_PASSWORD, Server, eventually};

#[tokio::test]
async fn password_door_leads_to_where_one_wanted_to_go() -> Result<()> {
    let server = Server::start_with_door("password").await?;
    server.admin("Eve").await?.make_room("tea", "").await?;
    let browser = Browser::start().await?;
    browser.client.goto(&format!("{}/r/tea", server.url())).await?;
    browser.until_text("Password of this server").await?;
    browser.must_be_accessible("the password door").await?;
    browser.must_be_silent().await?;

    browser.fill("name", "Ada").await?;
    browser.fill("password", "open sesame").await?;
    browser.submit("password-form").await?;
    browser.until_text("This password is not right.").await?;
    browser.must_be_accessible("a wrong password").await?;
    browser.fill("password", JOIN_PASSWORD).await?;
    browser.submit("password-form").await?;
    let ada = Chat { browser };
    ada.until("the room", |screen| screen.room == "tea" && screen.nickname.as_deref() == Some("Ada")).await?;
    ada.say("Here I am").await?;
    ada.until_said(&["Here I am"]).await?;
    ada.reload().await?;
    ada.until_said(&["Here I am"]).await.map(drop)
}

#[tokio::test]
async fn guest_becomes_a_member_and_signs_in_on_another_browser() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.rename("Ada").await?;
    ada.say("I was here before").await?;
    ada.browser.click("[data-testid=nickname]").await?;
    ada.browser.must_be_accessible("a guest's own page").await?;
    ada.press_button("Become a member").await?;
    ada.browser.fill("new-passphrase", "correct horse battery").await?;
    ada.browser.must_be_accessible("a passphrase").await?;
    ada.browser.submit("passphrase-form").await?;
    ada.until_text("Done.").await?;
    ada.press_button("Devices").await?;
    ada.until_text("this device").await?;
    ada.browser.must_be_accessible("the devices").await?;

    let marks = "return document.querySelectorAll('.own .person-mark').length";
    eventually("the member not to be marked as a guest", async || {
        let marks: i64 = ada.browser.run(marks, vec![]).await?;
        Ok(Check::that(marks == 0, || "still marked".to_owned()))
    })
    .await?;

    // It ends the poll that is held with the guest's session, which is void now.
    let eve = Chat::open(&server.url()).await?;
    eve.browser.click("[data-testid=person] button[title=Ada]").await?;
    eve.press_button("Write to them directly").await?;
    ada.until("the direct room", |screen| screen.rooms.iter().any(|room| room.name.starts_with("direct-")))
        .await?;
    assert_eq!(ada.screen().await?.nickname.as_deref(), Some("Ada"), "the member's session goes on");

    let other = Chat::open(&server.url()).await?;
    other.browser.click("[data-testid=nickname]").await?;
    other.press_button("Sign in").await?;
    other.browser.fill("account", "ada").await?;
    other.browser.fill("passphrase", "wrong wrong wrong").await?;
    other.browser.submit("account-form").await?;
    other.browser.must_be_accessible("a wrong passphrase").await?;
    other.browser.fill("passphrase", "correct horse battery").await?;
    other.browser.submit("account-form").await?;
    other.until("the other name", |screen| screen.nickname.as_deref() == Some("Ada")).await?;
    other.until_said(&["I was here before"]).await?;
    let own = "return document.querySelector('[data-testid=message]')?.classList.contains('own') ?? false";
    eventually("what was said to be the member's own", async || {
        // Scripts fail while the page is read anew with the member's eyes.
        let is_own = other.browser.client.execute(own, vec![]).await.is_ok_and(|is| is == true);
        Ok(Check::that(is_own, || "somebody else's".to_owned()))
    })
    .await
}

/// Marks guests after a reload, too, and calls nobody a guest who has just come.
#[tokio::test]
async fn guests_are_marked_on_every_page() -> Result<()> {
    let server = Server::start().await?;
    let eve = Chat::open(&server.url()).await?;
    eve.say("I am a guest").await?;
    let ada = Chat::come_in(&server.admin_link().await?, "Ada", "correct horse battery").await?;
    ada.say("I am not").await?;
    let marks = "return [...document.querySelectorAll('[data-testid=message]')]\
                 .map(message => message.querySelector('.person-mark')?.textContent ?? '')";
    for chat in [&eve, &ada] {
        chat.until_said(&["I am a guest", "I am not"]).await?;
        chat.reload().await?;
        eventually("the mark of the guest alone", async || {
            let marks: Vec<String> = chat.browser.run(marks, vec![]).await?;
            Ok(Check::that(marks == ["guest", ""], || format!("{marks:?}")))
        })
        .await?;
        let since: f64 = chat.browser.run("return performance.now()", vec![]).await?;
        assert!(since < 45_000.0, "by the list that is loaded at the start, not by that of each minute");
    }
    Ok(())
}
