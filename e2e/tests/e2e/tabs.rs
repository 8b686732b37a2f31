//! Ten tabs of one browser, of which one polls for all.

use anyhow::{Context as _, Result};
use fantoccini::wd::WindowHandle;
use holdline_e2e::{Chat, Check, Person, Server, eventually};

#[tokio::test]
async fn ten_tabs_hold_one_request_and_survive_the_one_that_holds_it() -> Result<()> {
    let server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let client = chat.browser.client.clone();
    let mut tabs = vec![client.window().await?];
    while tabs.len() < 10 {
        let tab = client.new_window(true).await?.handle;
        client.switch_to_window(tab.clone()).await?;
        client.goto(&server.url()).await?;
        chat.until_live().await?;
        tabs.push(tab);
    }
    until_one_poll_is_held(&server).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "To all ten").await?;
    all_show(&chat, &tabs, &["To all ten"]).await?;
    chat.say("From the tenth").await?;
    all_show(&chat, &tabs, &["To all ten", "From the tenth"]).await?;
    until_one_poll_is_held(&server).await?;

    // The first tab was opened first, so it polls.
    client.switch_to_window(tabs.remove(0)).await?;
    client.close_window().await?;
    ben.say("lobby", "To the other nine").await?;
    let all = ["To all ten", "From the tenth", "To the other nine"];
    all_show(&chat, &tabs, &all).await?;
    until_one_poll_is_held(&server).await?;
    ben.say("lobby", "And once more").await?;
    all_show(&chat, &tabs, &[all[0], all[1], all[2], "And once more"]).await?;
    chat.browser.must_be_quiet().await
}

/// Checks that every tab shows exactly these messages, in this order.
async fn all_show(chat: &Chat, tabs: &[WindowHandle], texts: &[&str]) -> Result<()> {
    for (at, tab) in tabs.iter().enumerate() {
        chat.browser.client.switch_to_window(tab.clone()).await?;
        let shown = chat.until_said(texts).await;
        shown.with_context(|| format!("tab {} of {}", at + 1, tabs.len()))?;
    }
    Ok(())
}

async fn until_one_poll_is_held(server: &Server) -> Result<()> {
    until_held(server, 1).await
}

async fn until_held(server: &Server, count: usize) -> Result<()> {
    let address = format!("{}/metrics", server.url());
    let wanted = format!("holdline_held_polls {count}");
    eventually(&wanted, async || {
        let metrics = reqwest::get(&address).await?.error_for_status()?.text().await?;
        let held = metrics.lines().find(|line| line.starts_with("holdline_held_polls "));
        Ok(Check::that(held == Some(&wanted), || format!("{held:?}")))
    })
    .await
}

/// A message that one tab could not send yet is pending in the other too, and is sent once, by either of
/// them.
#[tokio::test]
async fn tabs_share_what_is_on_its_way() -> Result<()> {
    let mut server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let client = chat.browser.client.clone();
    let first = client.window().await?;
    let second = client.new_window(true).await?.handle;
    client.switch_to_window(second.clone()).await?;
    client.goto(&server.url()).await?;
    chat.until_live().await?;
    server.kill().await?;
    chat.say("from the second").await?;
    client.switch_to_window(first.clone()).await?;
    chat.say("from the first").await?;
    let texts = ["from the second", "from the first"];
    for tab in [&second, &first] {
        client.switch_to_window(tab.clone()).await?;
        chat.until("both on their way", |screen| screen.texts() == texts && screen.status != "live").await?;
    }
    // The sending tab is closed; the other one has the message.
    client.switch_to_window(second).await?;
    client.close_window().await?;
    client.switch_to_window(first).await?;
    server.start_again().await?;
    chat.until_said(&texts).await?;
    chat.browser.must_be_quiet_but_for_requests().await
}

/// A leader that is stuck is replaced by another tab.
#[tokio::test]
async fn a_leader_that_is_silent_is_deposed() -> Result<()> {
    let server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let client = chat.browser.client.clone();
    let mut tabs = vec![client.window().await?];
    let second = client.new_window(true).await?.handle;
    client.switch_to_window(second.clone()).await?;
    client.goto(&server.url()).await?;
    chat.until_live().await?;
    tabs.push(second);
    until_one_poll_is_held(&server).await?;
    // Takes the lock as a leader does, and then does nothing with it.
    let steal = "navigator.locks.request('holdline:/:poll', { steal: true }, () => new Promise(() => {}));";
    client.execute(steal, vec![]).await?;
    until_held(&server, 0).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "Is anybody listening?").await?;
    all_show(&chat, &tabs, &["Is anybody listening?"]).await?;
    until_one_poll_is_held(&server).await?;
    ben.say("lobby", "Good.").await?;
    all_show(&chat, &tabs, &["Is anybody listening?", "Good."]).await
}
