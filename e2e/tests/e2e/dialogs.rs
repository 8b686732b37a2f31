//! Every dialog and each of its pages: opened, walked through and closed by keyboard alone, and without barriers in
//! light, dark and on a phone. With `HOLDLINE_PICTURES=FOLDER`, pictures of each are written to the folder.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Browser, Chat, Check, Device, Scheme, Server, eventually, key};
use serde_json::json;

/// The number of elements in the open dialog that Tab stops at, and the index of the one that has the focus: -1 for
/// none of them, -2 for an element beside the dialog.
const STOPS: &str = r#"
    const dialog = document.querySelector('dialog[open]');
    if (!dialog) return [0, -2];
    const stops = [...dialog.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')]
        .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility());
    const at = document.activeElement;
    return [stops.length, at === document.body || dialog.contains(at) ? stops.indexOf(at) : -2];"#;

/// Looks at what is on the screen as people see it: on a laptop and on a phone, light and dark.
async fn look(browser: &Browser, name: &str) -> Result<()> {
    browser.must_be_accessible(name).await?;
    picture(browser, name, "light").await?;
    browser.prefer(Scheme::Dark).await?;
    picture(browser, name, "dark").await?;
    browser.prefer(Scheme::Light).await?;
    browser.emulate(Device::PHONE).await?;
    browser.must_be_accessible(&format!("{name} on a phone")).await?;
    let sideways = "const content = document.querySelector('dialog[open] .content') ?? document.documentElement;\
                    return content.scrollWidth > content.clientWidth + 1";
    ensure!(!browser.run::<bool>(sideways, vec![]).await?, "{name}: something sticks out on a phone");
    picture(browser, name, "phone").await?;
    browser.emulate(Device::LAPTOP).await
}

/// Takes a picture, if pictures are wanted.
async fn picture(browser: &Browser, name: &str, look: &str) -> Result<()> {
    let Some(folder) = std::env::var_os("HOLDLINE_PICTURES").map(PathBuf::from) else { return Ok(()) };
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{}-{look}.png", name.trim().replace(' ', "-")));
    std::fs::write(&file, browser.client.screenshot().await?)
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Opens a dialog with Enter on the element that opens it.
async fn open(chat: &Chat, opener: &str) -> Result<()> {
    let focus = "const opener = document.querySelector(arguments[0]); opener?.focus();\
                 return document.activeElement === opener";
    chat.browser.until_true(&format!("the focus on {opener}"), focus, vec![json!(opener)]).await?;
    chat.browser.press(key::ENTER).await?;
    eventually("the focus in a dialog", async || {
        let (_, at): (i64, i64) = chat.browser.run(STOPS, vec![]).await?;
        Ok(Check::that(at >= -1, || "elsewhere".to_owned()))
    })
    .await
}

/// Opens a page of the open dialog, and waits until it shows what it lists.
async fn turn_to(chat: &Chat, page: &str) -> Result<()> {
    chat.browser.click_word("nav[@aria-label='Pages']/button", page).await?;
    let is_open = "return document.querySelector('nav.tabs [aria-current]').textContent === arguments[0]\
                   && !document.querySelector('[data-testid=panel]').textContent.includes('Loading')";
    chat.browser.until_true(&format!("the page {page}"), is_open, vec![json!(page)]).await
}

/// Walks through the open dialog with Tab: each stop is reached, in its order, and nothing beside the dialog.
async fn walk(chat: &Chat, name: &str) -> Result<()> {
    let (count, first): (i64, i64) = chat.browser.run(STOPS, vec![]).await?;
    let mut reached = vec![first];
    // At the end the focus may pass through the browser's own controls.
    for _ in 0..count + 2 {
        chat.browser.press(key::TAB).await?;
        let (_, at): (i64, i64) = chat.browser.run(STOPS, vec![]).await?;
        reached.push(at);
    }
    ensure!(!reached.contains(&-2), "{name}: Tab leaves the dialog: {reached:?}");
    ensure!((0..count).all(|stop| reached.contains(&stop)), "{name}: {count} stops, but {reached:?}");
    let inside: Vec<_> = reached.into_iter().filter(|at| *at >= 0).collect();
    let falls = inside.windows(2).filter(|pair| pair[1] < pair[0]).count();
    // Whoever starts at the last stop passes the first one twice.
    let passes = if first == count - 1 { 2 } else { 1 };
    ensure!(falls <= passes, "{name}: the order is {inside:?}");
    Ok(())
}

/// Closes the dialog with Esc; the focus goes back to where it came from.
async fn close(chat: &Chat, opener: &str) -> Result<()> {
    chat.browser.press(key::ESCAPE).await?;
    let is_back =
        "return !document.querySelector('dialog[open]') && document.activeElement.matches(arguments[0])";
    chat.browser.until_true(&format!("the focus back on {opener}"), is_back, vec![json!(opener)]).await
}

/// Opens a dialog, goes through these pages of it, and closes it.
async fn go_through(chat: &Chat, opener: &str, title: &str, pages: &[&str]) -> Result<()> {
    open(chat, opener).await?;
    for page in pages {
        turn_to(chat, page).await?;
        look_and_walk(chat, &format!("{title} {page}")).await?;
    }
    if pages.is_empty() {
        look_and_walk(chat, title).await?;
    }
    close(chat, opener).await
}

async fn look_and_walk(chat: &Chat, name: &str) -> Result<()> {
    look(&chat.browser, name).await?;
    walk(chat, name).await
}

const YOU: &str = "[data-testid=nickname]";
const NEW_ROOM: &str = "[data-testid=make-room]";
const ROOM: &str = "button[aria-label=Settings]";
const SERVER: &str = "button[aria-label='This server']";

#[tokio::test]
async fn dialogs_of_an_admin() -> Result<()> {
    let server = Server::start_with_door("open").await?;
    let ada = Chat::come_in(&server.admin_link().await?, "Ada", "correct horse battery").await?;
    let ben = Chat::open(&server.url()).await?;
    ben.rename("Ben").await?;

    go_through(&ada, YOU, "You", &["Name", "Passphrase", "Devices", "Tokens", "Leave"]).await?;
    go_through(&ada, NEW_ROOM, "New room", &[]).await?;
    go_through(&ada, "[data-testid=person] button[title=Ben]", "Person", &[]).await?;
    let pages = ["Door", "Invites", "People", "Bans", "Tokens", "Changes"];
    go_through(&ada, SERVER, "Server", &pages).await?;
    // The lobby cannot be left.
    ada.enter("tea").await?;
    ada.until("the other room", |screen| screen.room == "tea").await?;
    go_through(&ada, ROOM, "Room", &["Members", "Rules", "Invite", "Webhooks", "Leave"]).await?;

    for (opener, page, form, note) in
        [(YOU, "Tokens", "token-form", "note"), (SERVER, "Invites", "invite-form", "note")]
    {
        open(&ada, opener).await?;
        turn_to(&ada, page).await?;
        ada.browser.fill(note, "a script").await?;
        ada.browser.submit(form).await?;
        ada.secret().await?;
        look(&ada.browser, &format!("Shown once {page}")).await?;
        ada.browser.click_word("button", "Copy").await?;
        ada.until_text("Copied").await?;
        close(&ada, opener).await?;
    }
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn dialogs_of_a_guest() -> Result<()> {
    let server = Server::start_with_door("open").await?;
    let ada = Chat::come_in(&server.admin_link().await?, "Ada", "correct horse battery").await?;
    ada.say("Hello").await?;
    let ben = Chat::open(&server.url()).await?;
    let seq = ben.until_said(&["Hello"]).await?.messages[0].seq.context("no number")?;
    go_through(&ben, YOU, "Guest", &["Name", "Passphrase", "Sign in"]).await?;
    go_through(&ben, NEW_ROOM, "New room of a guest", &[]).await?;
    go_through(&ben, "[data-testid=person] button[title=Ada]", "Person for a guest", &[]).await?;
    ben.use_tool(seq, "Report").await?;
    look_and_walk(&ben, "Report").await?;
    ben.browser.press(key::ESCAPE).await?;
    ben.browser.must_be_quiet().await
}

#[tokio::test]
async fn pages_in_front_of_doors() -> Result<()> {
    for (door, text) in [("password", "Password of this server"), ("invite", "invited")] {
        let server = Server::start_with_door(door).await?;
        let browser = Browser::start().await?;
        browser.client.goto(&server.url()).await?;
        browser.until_text(text).await?;
        look(&browser, &format!("Door {door}")).await?;
        if door == "invite" {
            browser.client.goto(&server.admin_link().await?).await?;
            browser.until_text("Become an admin").await?;
            look(&browser, "Link").await?;
            browser.client.goto(&format!("{}/join/nothing", server.url())).await?;
            browser.until_text("This link does not work").await?;
            look(&browser, "Link that does not work").await?;
        }
    }
    Ok(())
}
