//! All tabs of a browser agree: identity, read positions and drafts are the same in each.

use std::time::{Duration, Instant};

use anyhow::Result;
use holdline_e2e::{Browser, Chat, Person, Server};
use serde_json::json;

#[tokio::test]
async fn name_and_draft_are_those_of_all_tabs() -> Result<()> {
    let server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let (first, second) = chat.open_second_tab(&server.url()).await?;
    chat.rename("Ada").await?;
    chat.write("abc").await?;
    chat.browser.client.switch_to_window(first).await?;
    chat.until("the name of the other tab", |screen| screen.nickname.as_deref() == Some("Ada")).await?;
    chat.until("the draft of the other tab", |screen| screen.composer == "abc").await?;
    chat.write("d\u{E007}").await?;
    chat.until_said(&["abcd"]).await?;
    chat.browser.client.switch_to_window(second).await?;
    chat.until_said(&["abcd"]).await?;
    chat.until("no draft any more", |screen| screen.composer.is_empty()).await?;
    chat.browser.must_be_quiet().await
}

#[tokio::test]
async fn what_one_tab_has_read_is_read_in_the_other() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("tea", "").await?;
    let chat = Chat::open(&server.url()).await?;
    chat.until("the room", |screen| screen.listed("tea").is_some()).await?;
    chat.visit("tea").await?;
    chat.visit("lobby").await?;
    let (first, second) = chat.open_second_tab(&server.url()).await?;
    ben.say("tea", "Milk?").await?;
    for tab in [&first, &second] {
        chat.browser.client.switch_to_window(tab.clone()).await?;
        chat.until("something new", |screen| screen.listed("tea").is_some_and(|room| room.news)).await?;
    }
    chat.visit("tea").await?;
    chat.until_said(&["Milk?"]).await?;
    chat.browser.client.switch_to_window(first).await?;
    chat.until("nothing new any more", |screen| screen.listed("tea").is_some_and(|room| !room.news)).await?;
    let title = chat.browser.client.title().await?;
    assert!(!title.contains('('), "{title}");
    chat.browser.must_be_quiet().await
}

#[tokio::test]
async fn tab_in_a_room_that_the_server_refuses_silences_no_other() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let chat = Chat::open(&server.url()).await?;
    let client = chat.browser.client.clone();
    let first = client.window().await?;
    // Sixty-five letters; the client leaves counting to the server.
    chat.browser.open_tab(&format!("{}/r/{}", server.url(), "x".repeat(65))).await?;
    chat.press_button("Make the room").await?;
    chat.until_text("cannot be opened").await?;
    client.switch_to_window(first).await?;
    ben.say("lobby", "Can you hear me?").await?;
    chat.until_said(&["Can you hear me?"]).await?;
    chat.until_live().await?;
    Ok(())
}

/// A page from plain HTTP on a LAN has no Web Locks; the tabs elect a leader nevertheless. A browser opens six
/// connections to a host, so that ten tabs with a poll each would block each other.
#[tokio::test]
async fn ten_tabs_without_locks_hold_one_request() -> Result<()> {
    let server = Server::start().await?;
    let url = server.plain_url();
    let chat = Chat::open(&url).await?;
    let client = chat.browser.client.clone();
    let is_plain = "return !isSecureContext && !navigator.locks && !navigator.serviceWorker";
    assert!(chat.browser.run::<bool>(is_plain, vec![]).await?, "{url} is what browsers trust");
    let mut tabs = chat.open_tabs(&url, 10).await?;
    server.until_held_polls(1).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "To all").await?;
    chat.until_said_in(&tabs, &["To all"]).await?;
    client.switch_to_window(tabs.remove(0)).await?;
    client.close_window().await?;
    ben.say("lobby", "To the others").await?;
    chat.until_said_in(&tabs, &["To all", "To the others"]).await?;
    server.until_held_polls(1).await?;
    chat.browser.must_be_quiet().await
}

/// A leader whose requests fail is replaced by a tab with a working connection.
#[tokio::test]
async fn leader_without_network_is_replaced() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let chat = Chat::open(&server.url()).await?;
    let (first, second) = chat.open_second_tab(&server.url()).await?;
    chat.browser.client.switch_to_window(first).await?;
    chat.browser.set_online(false).await?;
    chat.until("trouble in the first tab", |screen| screen.status != "live").await?;
    chat.browser.client.switch_to_window(second).await?;
    ben.say("lobby", "Are you there?").await?;
    chat.until_said(&["Are you there?"]).await?;
    chat.until_live().await?;
    chat.browser.must_be_quiet_but_for_requests().await
}

/// A leader that reports trouble and then goes silent. Where there are no locks, it does not even hear that it is
/// replaced.
#[tokio::test]
async fn leader_that_dies_in_trouble_is_replaced() -> Result<()> {
    let server = Server::start().await?;
    let url = server.plain_url();
    let chat = Chat::open(&url).await?;
    let (first, second) = chat.open_second_tab(&url).await?;
    chat.browser.client.switch_to_window(first).await?;
    chat.browser.set_online(false).await?;
    chat.until("trouble in the first tab", |screen| screen.status != "live").await?;
    chat.browser.set_frozen(true).await?;
    chat.browser.client.switch_to_window(second).await?;
    // On a slow machine the second tab may have heard of the trouble and recovered before anybody looks at it.
    Person::join(&server.url(), "Ben").await?.say("lobby", "Are you there?").await?;
    chat.until_said(&["Are you there?"]).await?;
    chat.until_live().await?;
    chat.browser.must_be_quiet_but_for_requests().await
}

/// A hidden tab polls for all, and the browser freezes it without a word. Where there are no locks, the tab that the
/// reader looks at takes over at once.
#[tokio::test]
async fn frozen_leader_is_replaced_when_the_reader_comes() -> Result<()> {
    let server = Server::start().await?;
    let url = server.plain_url();
    let chat = Chat::open(&url).await?;
    let (first, second) = chat.open_second_tab(&url).await?;
    chat.browser.client.switch_to_window(first).await?;
    chat.browser.set_frozen(true).await?;
    chat.browser.client.switch_to_window(second).await?;
    let () = chat.browser.run("document.dispatchEvent(new Event('visibilitychange'))", vec![]).await?;
    let from = Instant::now();
    Person::join(&server.url(), "Ben").await?.say("lobby", "Are you there?").await?;
    chat.until_said(&["Are you there?"]).await?;
    // Its silence alone would be noticed after 40 seconds.
    assert!(from.elapsed() < Duration::from_secs(30), "{:?}", from.elapsed());
    chat.browser.must_be_quiet_but_for_requests().await
}

/// Two tabs that a browser restores, on its very first visit: one person.
#[tokio::test]
async fn two_tabs_on_a_first_visit_are_one_person() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start().await?;
    let client = browser.client.clone();
    let (first, second) = (client.window().await?, client.new_window(true).await?.handle);
    for tab in [&first, &second] {
        client.switch_to_window(tab.clone()).await?;
        // Does not wait for the page.
        browser
            .run::<()>(
                "setTimeout(address => { location.href = address; }, 0, arguments[0])",
                vec![json!(server.url())],
            )
            .await?;
    }
    let chat = Chat { browser };
    let second_name = chat.until_live().await?.nickname;
    client.switch_to_window(first).await?;
    let screen = chat.until_live().await?;
    assert_eq!(screen.nickname, second_name);
    chat.until("one person", |screen| screen.people.len() == 1).await?;
    chat.browser.must_be_quiet().await
}

/// The new log lacks the room of the second tab, which makes it again.
#[tokio::test]
async fn tabs_in_different_rooms_survive_a_new_log() -> Result<()> {
    let mut server = Server::start().await?;
    Person::join(&server.url(), "Ben").await?.make_room("tea", "").await?;
    let chat = Chat::open(&server.url()).await?;
    chat.say("in the old log").await?;
    chat.until_said(&["in the old log"]).await?;
    let (first, second) = chat.open_second_tab(&format!("{}/r/tea", server.url())).await?;
    chat.say("tea in the old log").await?;
    chat.until_said(&["tea in the old log"]).await?;
    server.replace_log().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "in the new log").await?;
    chat.browser.client.switch_to_window(first).await?;
    chat.until("the new log", |screen| screen.status == "live" && screen.row("in the new log").is_some())
        .await?;
    chat.browser.client.switch_to_window(second).await?;
    chat.say("tea in the new log").await?;
    let is_said = |screen: &holdline_e2e::Screen| {
        screen.status == "live" && screen.row("tea in the new log").is_some_and(|row| row.seq.is_some())
    };
    chat.until("the new log", is_said).await?;
    chat.browser.must_be_quiet_but_for_requests().await
}

/// A page that the browser froze has not heard that another tab discarded a message. A page does not hear what it removes
/// itself, either.
#[tokio::test]
async fn what_was_discarded_is_not_sent_by_a_tab_that_did_not_hear_it() -> Result<()> {
    let mut server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    server.kill().await?;
    ada.say("never mind").await?;
    ada.browser.until_shown("[data-state=pending] [data-testid=discard]").await?;
    let discard = "const names = Object.keys(localStorage).filter((name) => name.includes('sending:'));
                   names.forEach((name) => localStorage.removeItem(name));
                   return names.length";
    assert_eq!(ada.browser.run::<usize>(discard, vec![]).await?, 1);
    server.start_again().await?;
    ada.say("said").await?;
    ada.until_said(&["said"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// A frozen tab cannot take back what it wants to have polled. Here it is a tab that has said so and says nothing more.
#[tokio::test]
async fn deleted_room_of_a_frozen_tab_silences_no_other() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    let ask = r"const channel = new BroadcastChannel('holdline:/:tabs');
                 channel.postMessage(JSON.stringify({ ask: { tab: 'frozen', rooms: ['deleted'] } }));";
    ada.browser.run::<()>(ask, vec![]).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.say("lobby", "Hello").await?;
    ada.until_said(&["Hello"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}
