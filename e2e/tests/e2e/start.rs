//! A client that cannot start, or has stopped, says so and offers the next steps.

use anyhow::Result;
use fantoccini::Locator;
use holdline_e2e::{Browser, Chat, Check, Device, Person, Server, eventually};
use serde_json::json;

/// Whether the reader can see that the client has stopped.
const STOPPED: &str =
    "const e = document.querySelector('.stopped'); return e.checkVisibility({ visibilityProperty: true })";

async fn until_stopped(browser: &Browser) -> Result<()> {
    browser.until_true("a word about it", STOPPED, vec![]).await
}

#[tokio::test]
async fn client_that_does_not_arrive_is_told() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start().await?;
    browser.devtools("Network.enable", json!({})).await?;
    browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    browser.client.goto(&server.url()).await?;
    until_stopped(&browser).await?;
    let simple = browser.client.find(Locator::Css(".stopped a[href=classic]")).await?;
    simple.click().await?;
    eventually("the simple page", async || {
        let path = browser.client.current_url().await?.path().to_owned();
        Ok(Check::that(path == "/classic", || path))
    })
    .await
}

#[tokio::test]
async fn client_that_has_crashed_is_told() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    assert!(!ada.browser.run::<bool>(STOPPED, vec![]).await?);
    // A trap as browsers report it; an error in a script of the developer tools has no details.
    let trap = "const error = new WebAssembly.RuntimeError('unreachable');\
                window.dispatchEvent(new ErrorEvent('error', { error }))";
    let () = ada.browser.run(trap, vec![]).await?;
    until_stopped(&ada.browser).await
}

/// An address with a user name and a password, as people type it for a server behind a login.
#[tokio::test]
async fn address_with_a_password_works() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url().replace("http://", "http://ada:secret@")).await?;
    ada.say("in spite of it").await?;
    ada.until_said(&["in spite of it"]).await?;
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea" && screen.status == "live").await?;
    ada.browser.must_be_quiet().await
}

/// The layout shift of everything so far, as browsers add it up; what they have kept comes in a task of its own.
const SHIFT: &str = "return new Promise(done => {
    let sum = 0;
    const add = list => { for (const shift of list.getEntries()) sum += shift.value };
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(sum), 500);
})";

/// On a slow line, the room is drawn before its messages are there.
/// On a slow phone drawing takes longer than a frame, so that Yew runs effects in a later one.
#[tokio::test]
async fn room_opens_on_a_slow_phone_without_moving() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    for n in 1..=60 {
        ben.say("lobby", &format!("message {n} {}", "of several words ".repeat(n % 12))).await?;
    }
    let browser = Browser::start_on(Device::PHONE).await?;
    browser.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await?;
    let ada = Chat::open_in(browser, &server.url()).await?;
    // At first the newest are drawn, and later what is above them.
    let drawn = "return document.querySelectorAll('[data-testid=message]').length";
    eventually("all that is drawn around them", async || {
        let drawn: u32 = ada.browser.run(drawn, vec![]).await?;
        Ok(Check::that(drawn > 20, || drawn.to_string()))
    })
    .await?;
    let shift: f64 = ada.browser.run(SHIFT, vec![]).await?;
    assert!(shift <= 0.02, "{shift}");
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn nothing_moves_while_a_room_opens() -> Result<()> {
    let server = Server::start().await?;
    let eve = Person::join(&server.url(), "Eve").await?;
    for number in 0..40 {
        eve.say("lobby", &format!("line {number}")).await?;
    }
    for device in [Device::LAPTOP, Device::PHONE] {
        let browser = Browser::start_on(device).await?;
        browser.devtools("Network.enable", json!({})).await?;
        let slow =
            json!({ "offline": false, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1 });
        browser.devtools("Network.emulateNetworkConditions", slow).await?;
        let ada = Chat::open_in(browser, &server.url()).await?;
        ada.until("the messages", |screen| !screen.messages.is_empty()).await?;
        let shift: f64 = ada.browser.run(SHIFT, vec![]).await?;
        assert!(shift <= 0.02, "{shift}");
    }
    Ok(())
}

/// The API requests that were answered so far, sorted by address: those that were sent before the client had loaded,
/// and all of them. Polls that were not to be held are marked.
const REQUESTS: &str = "
    const all = performance.getEntriesByType('resource');
    const there = all.find(({ name }) => name.endsWith('.wasm')).responseEnd;
    const asked = all.filter(({ name }) => name.includes('/api/v1/')).sort((a, b) => a.name < b.name ? -1 : 1);
    const route = ({ name }) => name.split('/api/v1/')[1].split('?')[0] + (name.includes('&wait=0') ? ', not held' : '');
    return [asked.filter(({ startTime }) => startTime < there).map(route), asked.map(route)];";

#[tokio::test]
async fn first_requests_are_sent_once_and_while_the_client_loads() -> Result<()> {
    let server = Server::start().await?;
    let eve = Person::join(&server.url(), "Eve").await?;
    eve.make_room("tea", "").await?;
    eve.say("tea", "Who is there?").await?;
    let browser = Browser::start().await?;
    browser.devtools("Network.enable", json!({})).await?;
    let slow =
        json!({ "offline": false, "latency": 20, "downloadThroughput": 100_000, "uploadThroughput": -1 });
    browser.devtools("Network.emulateNetworkConditions", slow).await?;
    let ada = Chat::open_in(browser, &format!("{}/r/tea", server.url())).await?;
    ada.until_said(&["Who is there?"]).await?;
    let (early, all): (Vec<String>, Vec<String>) = ada.browser.run(REQUESTS, vec![]).await?;
    assert_eq!(early, ["door", "people", "poll, not held", "rooms", "rooms/tea/messages", "session"]);
    for route in early {
        assert_eq!(all.iter().filter(|asked| **asked == route).count(), 1, "{route} in {all:?}");
    }
    // The one that is held brings the next message.
    eve.say("tea", "I am.").await?;
    ada.until_said(&["Who is there?", "I am."]).await?;
    let (_, all): (Vec<String>, Vec<String>) = ada.browser.run(REQUESTS, vec![]).await?;
    let polls: Vec<_> = all.iter().filter(|asked| asked.starts_with("poll")).collect();
    assert_eq!(polls, ["poll, not held", "poll"]);
    ada.browser.must_be_silent().await
}

/// Notes when the first message was drawn.
const DRAWN: &str = "new MutationObserver(() => {
    if (!('drawn' in window) && document.querySelector('[data-testid=message]')) window.drawn = performance.now();
}).observe(document, { childList: true, subtree: true });";

/// The page is drawn once, while the answer of the first poll is on its way.
#[tokio::test]
async fn first_poll_is_sent_before_the_page_is_drawn() -> Result<()> {
    let server = Server::start().await?;
    Person::join(&server.url(), "Eve").await?.say("lobby", "Who is there?").await?;
    let browser = Browser::start().await?;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": DRAWN })).await?;
    let ada = Chat::open_in(browser, &server.url()).await?;
    ada.until_said(&["Who is there?"]).await?;
    let times = "return [performance.getEntriesByType('resource').find(({ name }) => name.includes('/poll?')).startTime, drawn]";
    let [polled, drawn]: [f64; 2] = ada.browser.run(times, vec![]).await?;
    assert!(polled < drawn, "{polled} {drawn}");
    Ok(())
}

#[tokio::test]
async fn who_comes_back_is_not_asked_for_a_new_session() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    let before = ada.screen().await?.nickname;
    assert_eq!(ada.reload().await?.nickname, before);
    let (_, all): (Vec<String>, Vec<String>) = ada.browser.run(REQUESTS, vec![]).await?;
    assert!(!all.iter().any(|asked| asked == "session"), "{all:?}");
    ada.browser.must_be_silent().await
}
