//! The page tells the truth about its connection, never waits for ever, and offers the next step.

use std::time::{Duration, Instant};

use anyhow::Result;
use holdline_e2e::{Chat, Person, Relay, Rule, Server};

#[tokio::test]
async fn message_whose_request_is_never_answered_is_sent_again() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    relay.set(Rule::Swallow("POST /api/v1/rooms/lobby/messages"));
    ada.say("into a hole").await?;
    ada.say("and after it").await?;
    ada.until("a message on its way", |screen| {
        screen.row("into a hole").is_some_and(|row| row.state == "pending")
    })
    .await?;
    relay.set(Rule::Pass);
    ada.until_said(&["into a hole", "and after it"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

#[tokio::test]
async fn login_page_of_a_proxy_is_recognised_and_nothing_is_lost() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&relay.url()).await?;
    let (sign_in, portal) =
        ("<h1>Sign in</h1>", "<meta http-equiv=refresh content='0; url=http://hotel.example/'>");
    for (status, page) in [(200, sign_in), (302, ""), (401, sign_in), (403, sign_in), (511, portal)] {
        relay.set(Rule::Answer("/api/v1/", status, page));
        ben.say("lobby", "wake up").await?;
        ada.browser.until_shown("[data-testid=sign-in-needed]").await?;
        ada.say(&format!("said under {status}")).await?;
        relay.set(Rule::Pass);
        let is_sent = |screen: &holdline_e2e::Screen| {
            let row = screen.row(&format!("said under {status}"));
            row.is_some_and(|row| row.state == "sent" && row.seq.is_some())
        };
        ada.until("the message sent", is_sent).await?;
        ada.until_live().await?;
        ada.browser.until_gone("[data-testid=sign-in-needed]").await?;
    }
    assert_eq!(server_people(&ada).await?, 1, "nobody else was made of Ada");
    ada.browser.must_be_quiet_but_for_requests().await
}

async fn server_people(chat: &Chat) -> Result<usize> {
    Ok(chat.screen().await?.people.len())
}

#[tokio::test]
async fn browser_without_network_is_believed() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.browser.set_online(false).await?;
    ada.until("the truth", |screen| screen.status == "offline").await?;
    ada.browser.set_online(true).await?;
    ada.until_live().await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

#[tokio::test]
async fn new_page_never_says_that_it_tries_again() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    // Collects every status of the page until it is live.
    let watch = r"
        const seen = [];
        const look = () => { const s = document.querySelector('[data-testid=status]')?.dataset.status; if (s && seen.at(-1) !== s) seen.push(s); };
        new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
        window.seenStatuses = seen;";
    let script = serde_json::json!({ "source": watch });
    ada.browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
    for _ in 0..3 {
        ada.reload().await?;
        let seen: Vec<String> = ada.browser.run("return window.seenStatuses", vec![]).await?;
        assert!(seen.iter().all(|status| ["connecting", "live"].contains(&status.as_str())), "{seen:?}");
    }
    ada.browser.must_be_quiet().await
}

/// A proxy that says that the server is away is no login page.
#[tokio::test]
async fn page_of_a_gateway_asks_nobody_to_sign_in() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    relay.set(Rule::Answer("/api/v1/", 502, "<h1>Bad gateway</h1>"));
    Person::join(&server.url(), "Ben").await?.say("lobby", "wake up").await?;
    ada.until("an honest status", |screen| screen.status == "reconnecting").await?;
    ada.say("said meanwhile").await?;
    ada.until("a message on its way", |screen| {
        screen.row("said meanwhile").is_some_and(|row| row.state == "pending")
    })
    .await?;
    ada.browser.until_gone("[data-testid=sign-in-needed]").await?;
    relay.set(Rule::Pass);
    ada.until_said(&["wake up", "said meanwhile"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// A browser that has lost its cookie is not made into a new person each time.
#[tokio::test]
async fn browser_that_keeps_no_cookie_stays_one_person_and_says_so() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    relay.set(Rule::DropCookies);
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&relay.url()).await?;
    let name = ada.screen().await?.nickname;
    for text in ["one", "two"] {
        ada.say(text).await?;
        ada.until("the message sent", |screen| screen.row(text).is_some_and(|row| row.seq.is_some())).await?;
    }
    ben.say("lobby", "three").await?;
    let screen = ada.until_said(&["one", "two", "three"]).await?;
    assert_eq!((screen.nickname, screen.people.len()), (name, 1));
    ada.browser.until_shown("[data-testid=cookie-refused]").await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// A poll that is held when the line dies notices nothing; a message that gets no answer does.
#[tokio::test]
async fn dead_line_is_noticed_by_whoever_says_something() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    relay.set(Rule::Swallow("/api/v1/"));
    let from = Instant::now();
    ada.say("into a dead line").await?;
    ada.until("doubts", |screen| screen.status == "retrying").await?;
    // The relay answers the held poll after 25 seconds, and the next one would be given up 35 seconds later.
    assert!(from.elapsed() < Duration::from_secs(45), "{:?}", from.elapsed());
    ada.until("the truth", |screen| screen.status == "reconnecting").await?;
    relay.set(Rule::Pass);
    ada.until_said(&["into a dead line"]).await?;
    ada.until_live().await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// The tab that polls hears of the doubts of another one. A topic is sent by the tab in which it was written alone, unlike
/// messages.
#[tokio::test]
async fn dead_line_is_noticed_by_the_tab_that_polls() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    let watch = "const status = document.querySelector('[data-testid=status]');
                 self.since = Infinity;
                 new MutationObserver(() => self.since = Math.min(self.since, Date.now()))
                   .observe(status, { attributes: true, attributeFilter: ['data-status'] });";
    ada.browser.run::<()>(watch, vec![]).await?;
    let (first, _) = ada.open_second_tab(&relay.url()).await?;
    relay.set(Rule::Swallow("/api/v1/"));
    ada.browser.click("[data-testid=topic]").await?;
    ada.browser.type_over("[data-testid=topic-input]", "a dead line").await?;
    // This tab has told the other one long before its own check is over, and the poll's watchdog takes longer.
    ada.until("the truth", |screen| screen.status == "reconnecting").await?;
    let came: u64 = ada.browser.run("return Date.now()", vec![]).await?;
    ada.browser.client.switch_to_window(first).await?;
    ada.until("doubts", |screen| screen.status != "live").await?;
    let since: u64 = ada.browser.run("return self.since", vec![]).await?;
    assert!(since < came, "the tab learned of it {} ms later, when it was looked at", since - came);
    relay.set(Rule::Pass);
    ada.until_live().await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// At an open door another session begins when one has ended. What was written before goes out only if the reader says so.
#[tokio::test]
async fn what_waits_is_not_sent_under_another_name() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    let before = ada.screen().await?.nickname;
    relay.set(Rule::Swallow("/api/v1/"));
    ada.say("mine").await?;
    ada.until("a message on its way", |screen| screen.row("mine").is_some()).await?;
    server.end_sessions().await?;
    relay.set(Rule::Pass);
    let after = ada
        .until("a message that is held back", |screen| {
            screen.status == "live" && screen.row("mine").is_some_and(|row| row.state == "failed")
        })
        .await?;
    assert!(after.nickname.is_some() && after.nickname != before, "{after:?}");
    ada.browser.until_shown("[data-testid=notice]").await?;
    ada.browser.click("[data-testid=retry]").await?;
    ada.until_said(&["mine"]).await?;
    ada.browser.must_be_quiet_but_for_requests().await
}
