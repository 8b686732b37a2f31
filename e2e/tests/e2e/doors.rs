//! Doors that are not open: the page in front of them, and where it leads.

use anyhow::Result;
use holdline_e2e::{Browser, Chat, JOIN_PASSWORD, Server};

#[tokio::test]
async fn password_door_leads_to_where_one_wanted_to_go() -> Result<()> {
    let server = Server::start_with_door("password").await?;
    let browser = Browser::start().await?;
    browser.client.goto(&format!("{}/r/tea", server.url())).await?;
    browser.until_text("Password of this server").await?;
    browser.must_be_accessible("the password door").await?;
    browser.must_be_silent().await?;

    browser.fill("name", "Ada").await?;
    browser.fill("password", "open sesame").await?;
    browser.submit("password-form").await?;
    browser.until_text("does not").await?;
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
    let own = "return document.querySelector('[data-testid=message]').classList.contains('own')";
    assert!(other.browser.run::<bool>(own, vec![]).await?, "what was said is the member's own");
    Ok(())
}
