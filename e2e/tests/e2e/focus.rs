//! Dialogs and menus take the focus and give it back: it never falls to the page's body.

use anyhow::{Context as _, Result};
use holdline_e2e::{Browser, Chat, Check, Device, Person, Server, eventually, key};
use serde_json::json;

/// Opens Ada's page and sends a message from it; returns the page and the message's number.
async fn chat_with_message(server: &Server, device: Device) -> Result<(Chat, u64)> {
    let ada = Chat::open_in(Browser::start_on(device).await?, &server.url()).await?;
    ada.write("Hello").await?;
    ada.browser.click("button[aria-label=Send]").await?;
    let seq = ada.until_said(&["Hello"]).await?.messages[0].seq.context("no number")?;
    Ok((ada, seq))
}

#[tokio::test]
async fn names_and_topics_give_the_focus_back() -> Result<()> {
    let server = Server::start().await?;
    let (ada, _) = chat_with_message(&server, Device::LAPTOP).await?;
    for (opener, field) in [("nickname", "nickname-input"), ("topic", "topic-input")] {
        for text in [key::ESCAPE.to_owned(), format!("!{}", key::ENTER)] {
            ada.browser.click(&format!("[data-testid={opener}]")).await?;
            ada.browser.until_focus(field).await?;
            ada.browser.press(&text).await?;
            ada.browser.until_focus(opener).await?;
        }
    }
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn question_before_deleting_gives_the_focus_back_to_the_message() -> Result<()> {
    let server = Server::start().await?;
    let (ada, seq) = chat_with_message(&server, Device::LAPTOP).await?;
    // Enter keeps the message: the button that deletes is a step before.
    let delete = format!("{}{}{}{}", key::SHIFT, key::TAB, key::RELEASE, key::ENTER);
    for answer in [key::ESCAPE, key::ENTER, delete.as_str()] {
        ada.use_tool(seq, "Delete").await?;
        ada.browser.until_focus("keep").await?;
        ada.browser.press(answer).await?;
        let is_inside = "return document.activeElement.closest('[data-testid=message]') !== null";
        ada.browser.until_true("the focus in the message", is_inside, vec![]).await?;
    }
    ada.until("the message gone", |screen| screen.row("Hello").is_none()).await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn menu_of_a_message_is_walked_with_arrows() -> Result<()> {
    let server = Server::start().await?;
    let (ada, _) = chat_with_message(&server, Device::LAPTOP).await?;
    let () = ada.browser.run("document.querySelector('[data-testid=message]').focus()", vec![]).await?;
    ada.browser.press(key::TAB).await?;
    ada.browser.until_focus("author").await?;
    ada.browser.press(key::TAB).await?;
    ada.browser.until_focus("React with thumbs up").await?;
    for (key, item) in [
        (key::ARROW_UP, "Delete"),
        (key::ARROW_DOWN, "React with thumbs up"),
        (key::END, "Delete"),
        (key::HOME, "React with thumbs up"),
        (key::ARROW_DOWN, "React with heart"),
    ] {
        ada.browser.press(key).await?;
        ada.browser.until_focus(item).await?;
    }
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.until_focus("message").await?;
    ada.browser.press(key::TAB).await?;
    ada.browser.until_focus("author").await?;
    ada.browser.press(key::TAB).await?;
    ada.browser.until_focus("React with heart").await?;
    ada.browser.press(key::TAB).await?;
    ada.browser.until_focus("composer").await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn sheet_of_a_message_opens_by_a_tap_and_has_targets_for_fingers() -> Result<()> {
    let server = Server::start().await?;
    let (ada, seq) = chat_with_message(&server, Device::PHONE).await?;
    let text = format!("[data-seq='{seq}'] [data-testid=message-text]");
    ada.browser.click(&text).await?;
    ada.browser.until_focus("React with thumbs up").await?;
    let heights = "return [...document.querySelectorAll('.sheet button')].map(e => e.getBoundingClientRect())\
                   .filter(box => box.width < 44 || box.height < 44).length";
    assert_eq!(ada.browser.run::<u32>(heights, vec![]).await?, 0, "targets under 44 pixels");
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.until_focus("message").await?;
    ada.browser.click(&text).await?;
    ada.browser.click("[aria-label=Reply]").await?;
    ada.browser.until_focus("composer").await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn drawers_take_the_focus_and_give_it_back() -> Result<()> {
    let server = Server::start().await?;
    let (ada, _) = chat_with_message(&server, Device::PHONE).await?;
    for name in ["Rooms", "People: 1"] {
        let button = format!("button[aria-label='{name}']");
        ada.browser.click(&button).await?;
        ada.browser.until_focus("Close").await?;
        ada.browser.press(key::ESCAPE).await?;
        ada.browser.until_focus(name).await?;
    }
    ada.browser.click("button[aria-label=Rooms]").await?;
    ada.browser.click("[data-testid=nickname]").await?;
    ada.browser.until_focus("nickname-input").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.until_focus("Rooms").await?;
    ada.browser.must_be_quiet().await
}

/// The event that a dialog was closed comes a moment later, when another one may be open.
#[tokio::test]
async fn drawer_that_follows_another_at_once_stays_open() -> Result<()> {
    let server = Server::start().await?;
    let (ada, _) = chat_with_message(&server, Device::PHONE).await?;
    ada.browser.click("button[aria-label='People: 1']").await?;
    ada.browser.until_focus("Close").await?;
    let follow = "document.querySelector('dialog').close();
                  document.querySelector('button[aria-label=Rooms]').click()";
    ada.browser.run::<()>(follow, vec![]).await?;
    ada.browser.click("dialog.rooms-drawer [data-testid=nickname]").await?;
    ada.browser.until_focus("nickname-input").await?;
    ada.browser.must_be_quiet().await
}

/// A message that has the focus leaves the page when it is scrolled far away; the keyboard goes on from the log.
#[tokio::test]
async fn message_scrolled_away_leaves_the_focus_to_the_log() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    for n in 1..=200 {
        ben.say("lobby", &format!("message {n}")).await?;
    }
    let ada = Chat::open(&server.url()).await?;
    ada.until("the newest", |screen| screen.row("message 200").is_some()).await?;
    let () = ada
        .browser
        .run("[...document.querySelectorAll('[data-testid=message]')].at(-1).focus()", vec![])
        .await?;
    crate::scrolling::climb(&ada).await?;
    crate::scrolling::place(&ada, Some(0), None).await?;
    ada.until("the newest out of the page", |screen| screen.row("message 200").is_none()).await?;
    ada.browser.until_focus("Messages in lobby").await?;
    ada.browser.must_be_quiet().await
}

/// The element that the reader has pressed may disappear: the focus moves to an element beside it, so that no key is
/// lost.
#[tokio::test]
async fn focus_stays_on_the_page_when_its_element_goes() -> Result<()> {
    let server = Server::start().await?;
    let (ada, seq) = chat_with_message(&server, Device::LAPTOP).await?;
    ada.use_tool(seq, "React with heart").await?;
    ada.until("the reaction", |screen| !screen.messages[0].reactions.is_empty()).await?;
    let () = ada.browser.run("document.querySelector('.chip').focus()", vec![]).await?;
    ada.browser.press(key::ENTER).await?;
    ada.until("no reaction", |screen| screen.messages[0].reactions.is_empty()).await?;
    ada.browser.until_focus("message").await?;
    // A message that is deleted elsewhere while it is being changed.
    ada.use_tool(seq, "Edit").await?;
    ada.browser.until_focus("edit").await?;
    let delete = "fetch(`api/v1/rooms/lobby/messages/${arguments[0]}`, {method: 'DELETE'})";
    let () = ada.browser.run(delete, vec![json!(seq)]).await?;
    ada.until("the message gone", |screen| screen.row("Hello").is_none()).await?;
    eventually("the focus on the page", async || {
        let at = ada.browser.focused().await?;
        Ok(Check::that(at != "body", || at))
    })
    .await?;
    // A press on nothing is meant to take the focus away.
    ada.browser.click(".brand").await?;
    ada.browser.until_focus("body").await?;
    ada.browser.must_be_quiet().await
}
