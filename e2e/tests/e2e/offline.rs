//! A page that is loaded while the server is away opens from the browser's cache, with the messages that the previous
//! page showed and their age. Once the server answers, its own page is used.

use anyhow::Result;
use holdline_e2e::{Chat, Check, PrefixProxy, Relay, Rule, Server, eventually};

/// Waits until the browser keeps the page for a time without a server.
async fn until_kept(chat: &Chat) -> Result<()> {
    let is_kept = r"
        const registration = await navigator.serviceWorker.getRegistration();
        return registration?.active?.state === 'activated' && await caches.has((await caches.keys())[0] ?? '');";
    let script = format!("return (async () => {{ {is_kept} }})()");
    chat.browser.until_true("a page that is kept", &script, vec![]).await
}

async fn load_while_away(server: &mut Server, address: &str) -> Result<()> {
    let ada = Chat::open(address).await?;
    ada.say("one").await?;
    ada.say("two").await?;
    let before = ada.until_said(&["one", "two"]).await?;
    until_kept(&ada).await?;
    server.kill().await?;
    for _ in 0..2 {
        ada.browser.reload().await?;
        ada.until("what was there, and its age", |screen| {
            screen.messages == before.messages
                && screen.nickname == before.nickname
                && screen.status == "reconnecting"
        })
        .await?;
        eventually("the age of what is shown", async || {
            let script = "return document.querySelector('.status').textContent";
            let status: String = ada.browser.run(script, vec![]).await?;
            Ok(Check::that(status.contains("Messages up to"), || status))
        })
        .await?;
    }
    ada.say("three").await?;
    ada.until("a message on its way", |screen| screen.row("three").is_some_and(|row| row.state == "pending"))
        .await?;
    ada.browser.reload().await?;
    ada.until("the message still on its way", |screen| screen.messages.len() == 3).await?;
    server.start_again().await?;
    let after = ada.until_said(&["one", "two", "three"]).await?;
    assert_eq!(after.messages[..2], before.messages);
    ada.until_live().await?;
    let is_outdated = "return !!document.querySelector('[data-testid=outdated]')";
    assert!(!ada.browser.run::<bool>(is_outdated, vec![]).await?, "the server is the same build");
    ada.browser.must_be_quiet_but_for_requests().await
}

#[tokio::test]
async fn page_is_there_while_the_server_is_away() -> Result<()> {
    let mut server = Server::start().await?;
    let address = server.url();
    load_while_away(&mut server, &address).await
}

#[tokio::test]
async fn page_under_a_prefix_is_there_while_the_server_is_away() -> Result<()> {
    let mut server = Server::start().await?;
    let proxy = PrefixProxy::start(&server.url()).await?;
    load_while_away(&mut server, &format!("{}/", proxy.url())).await
}

/// An answer of the server is shown at once, whatever was kept; a proxy's word that the server is away is none.
#[tokio::test]
async fn server_comes_before_what_was_kept() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    until_kept(&ada).await?;
    relay.set(Rule::Answer("GET / ", 200, "<title>A newer page</title>"));
    ada.browser.reload().await?;
    eventually("the newer page", async || {
        let title = ada.browser.client.title().await?;
        Ok(Check::that(title == "A newer page", || title))
    })
    .await?;
    relay.set(Rule::Answer(" / ", 502, "<title>Bad gateway</title>"));
    ada.browser.reload().await?;
    ada.until_live().await?;
    Ok(())
}

/// A kept page meets a server that has become another build meanwhile.
#[tokio::test]
async fn kept_page_notices_a_newer_server() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    until_kept(&ada).await?;
    let age = r"
        return (async () => {
            const cache = await caches.open((await caches.keys())[0]);
            const page = await cache.match('./');
            const text = (await page.text()).replace(/data-build=.[^'\x22]*/, 'data-build=\x22older');
            await cache.put('./', new Response(text, { headers: page.headers }));
        })()";
    let () = ada.browser.run(age, vec![]).await?;
    relay.set(Rule::Answer("GET / ", 503, "<title>Away</title>"));
    ada.browser.reload().await?;
    ada.until_live().await?;
    ada.browser.until_shown("[data-testid=outdated]").await
}
