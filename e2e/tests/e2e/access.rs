//! Keyboards and screen readers: the focus goes where it is needed, everything can be reached, and everything
//! has a name.

use anyhow::Result;
use holdline_e2e::{Chat, Check, Person, Server, eventually, key};

#[tokio::test]
async fn everything_is_reached_by_keyboard() -> Result<()> {
    let server = Server::start().await?;
    Person::join(&server.url(), "Ben").await?.say("lobby", "Hello").await?;
    let ada = Chat::open(&server.url()).await?;
    ada.until_said(&["Hello"]).await?;
    assert_eq!(ada.browser.focused().await?, "composer", "one can type at once");

    // Starts at the top of the page, as a new reader does.
    let () = ada.browser.run("document.activeElement.blur()", vec![]).await?;
    let mut wanted = vec!["room-link", "new-room", "nickname", "message", "composer"];
    let mut reached = Vec::new();
    // More steps than the page has focusable elements.
    for _ in 0..40 {
        ada.browser.press(key::TAB).await?;
        let at = ada.browser.focused().await?;
        wanted.retain(|id| *id != at);
        reached.push(at);
    }
    assert!(wanted.is_empty(), "Tab does not reach {wanted:?}, but {reached:?}");
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn a_screen_reader_is_told() -> Result<()> {
    let server = Server::start().await?;
    Person::join(&server.url(), "Ben").await?.say("lobby", "Hello").await?;
    let ada = Chat::open(&server.url()).await?;
    let screen = ada.until_said(&["Hello"]).await?;
    let seq = screen.messages[0].seq.unwrap_or_default();
    let spoken = "return ['[role=log][aria-live=polite] [data-testid=message]', '[data-testid=status] [role=status]',\
                  'main', 'nav', 'h1'].filter(css => !document.querySelector(css))";
    eventually("everything that speaks", async || {
        let missing: Vec<String> = ada.browser.run(spoken, vec![]).await?;
        Ok(Check::that(missing.is_empty(), || format!("these are missing: {missing:?}")))
    })
    .await?;

    // With the tools that appear when a message has the focus.
    ada.browser.click(&format!("[data-seq='{seq}'] [data-testid=message-text]")).await?;
    let nameless = "return [...document.querySelectorAll('button, a, input, textarea')]\
                    .filter(e => !(e.ariaLabel || e.textContent.trim() || e.title)).map(e => e.outerHTML)";
    assert_eq!(ada.browser.run::<Vec<String>>(nameless, vec![]).await?, [""; 0], "these have no name");
    let title = ada.browser.client.title().await?;
    assert!(title.contains("lobby"), "the page's title names the room: {title:?}");
    ada.browser.must_be_quiet().await
}

/// A log region of the page reads every message aloud that is added to it while it speaks.
#[tokio::test]
async fn history_is_put_in_silently() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("tea", "").await?;
    for n in 1..=60 {
        ben.say("lobby", &format!("message {n}")).await?;
        ben.say("tea", &format!("message {n}")).await?;
    }
    let ada = Chat::open(&server.url()).await?;
    let script = serde_json::json!({ "source": SPOKEN });
    ada.browser.devtools("Page.addScriptToEvaluateOnNewDocument", script).await?;
    ada.reload().await?;
    ada.until("the newest", |screen| screen.row("message 60").is_some()).await?;
    ada.visit("tea").await?;
    ada.until("the newest", |screen| screen.row("message 60").is_some()).await?;
    eventually("a log that speaks", async || {
        let live = "return document.querySelector('[role=log]').ariaLive";
        let live: String = ada.browser.run(live, vec![]).await?;
        Ok(Check::that(live == "polite", || live))
    })
    .await?;
    let spoken = "return window.spoken";
    assert_eq!(ada.browser.run::<Vec<String>>(spoken, vec![]).await?, [""; 0], "what was said before");
    ben.say("tea", "Now").await?;
    ada.until("what is new", |screen| screen.row("Now").is_some()).await?;
    assert_eq!(ada.browser.run::<Vec<String>>(spoken, vec![]).await?.len(), 1, "what is said now");

    // What was said during an absence is not read out one after the other.
    ada.browser.set_online(false).await?;
    ada.until("the truth", |screen| screen.status == "offline").await?;
    for n in 1..=12 {
        ben.say("tea", &format!("missed {n}")).await?;
    }
    ada.browser.set_online(true).await?;
    ada.until("what was missed", |screen| screen.row("missed 12").is_some()).await?;
    assert_eq!(ada.browser.run::<Vec<String>>(spoken, vec![]).await?.len(), 1, "a number is enough");
    ada.until_text("12 messages came.").await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

/// Notes the messages that come into a log that speaks.
const SPOKEN: &str = r"
    window.spoken = [];
    new MutationObserver(changes => {
        for (const { addedNodes, target } of changes)
            if (target.closest?.('[role=log]')?.ariaLive === 'polite')
                for (const node of addedNodes) if (node.dataset?.testid === 'message') window.spoken.push(node.textContent);
    }).observe(document, { subtree: true, childList: true });";

/// A message that arrives while another one is read aloud must not take the focus away.
#[tokio::test]
async fn the_focus_stays_when_something_comes() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&server.url()).await?;
    ada.browser.click("[data-testid=new-room]").await?;
    ben.say("lobby", "Hello").await?;
    ada.until_said(&["Hello"]).await?;
    ada.browser.until_focus("new-room").await
}
