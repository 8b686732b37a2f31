//! Ten tabs of one browser, of which one polls for all.

use anyhow::Result;
use holdline_e2e::{Chat, Person, Server};

#[tokio::test]
async fn ten_tabs_hold_one_request_and_survive_the_one_that_holds_it() -> Result<()> {
    let server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let client = chat.browser.client.clone();
    let mut tabs = chat.open_tabs(&server.url(), 10).await?;
    server.until_held_polls(1).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "To all ten").await?;
    chat.until_said_in(&tabs, &["To all ten"]).await?;
    chat.say("From the tenth").await?;
    chat.until_said_in(&tabs, &["To all ten", "From the tenth"]).await?;
    server.until_held_polls(1).await?;

    // The first tab was opened first, so it polls.
    client.switch_to_window(tabs.remove(0)).await?;
    client.close_window().await?;
    ben.say("lobby", "To the other nine").await?;
    let all = ["To all ten", "From the tenth", "To the other nine"];
    chat.until_said_in(&tabs, &all).await?;
    server.until_held_polls(1).await?;
    ben.say("lobby", "And once more").await?;
    chat.until_said_in(&tabs, &[all[0], all[1], all[2], "And once more"]).await?;
    chat.browser.must_be_quiet().await
}

/// A message that one tab could not send yet is pending in the other too, and is sent once, by either of
/// them.
#[tokio::test]
async fn tabs_share_what_is_on_its_way() -> Result<()> {
    let mut server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let client = chat.browser.client.clone();
    let (first, second) = chat.open_second_tab(&server.url()).await?;
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
    let tabs = chat.open_tabs(&server.url(), 2).await?;
    server.until_held_polls(1).await?;
    // Takes the lock as a leader does, and then does nothing with it.
    let steal = "navigator.locks.request('holdline:/:poll', { steal: true }, () => new Promise(() => {}));";
    chat.browser.client.execute(steal, vec![]).await?;
    server.until_held_polls(0).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "Is anybody listening?").await?;
    chat.until_said_in(&tabs, &["Is anybody listening?"]).await?;
    server.until_held_polls(1).await?;
    ben.say("lobby", "Good.").await?;
    chat.until_said_in(&tabs, &["Is anybody listening?", "Good."]).await
}
