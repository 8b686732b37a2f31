//! Every screen, in every state, light and dark: axe-core finds nothing that keeps people out.

use anyhow::{Context as _, Result};
use holdline_e2e::{Browser, Chat, Device, Person, Relay, Rule, Server, key};

/// A lobby with all that messages can have, and another room; the numbers of Ben's first message and Ada's last.
async fn talk(server: &str, ada: &Chat) -> Result<(u64, u64)> {
    let ben = Person::join(server, "Ben").await?;
    ben.make_room("lobby", "about everything").await?;
    ben.make_room("tea", "").await?;
    let first = ben.say("lobby", "Look at https://example.org and `this`").await?;
    ben.react("lobby", first, "👍").await?;
    ben.reply("lobby", first, "I mean it\n```\nlet a = 1;\n```").await?;
    let deleted = ben.say("lobby", "Never mind").await?;
    ben.delete("lobby", deleted).await?;
    ben.say("lobby", "🎉").await?;
    ada.write("Mine").await?;
    ada.browser.click("button[aria-label=Send]").await?;
    let screen =
        ada.until("all of it", |screen| screen.row("Mine").is_some_and(|row| row.seq.is_some())).await?;
    Ok((first, screen.row("Mine").and_then(|row| row.seq).context("no number")?))
}

#[tokio::test]
async fn conversation_has_no_barriers() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    ada.browser.must_be_accessible("an empty room").await?;
    let (first, own) = talk(&server.url(), &ada).await?;
    ada.browser.must_be_accessible("a conversation").await?;
    let text = |seq| format!("[data-seq='{seq}'] [data-testid=message-text]");
    ada.browser.click(&text(first)).await?;
    ada.browser.must_be_accessible("the tools of a message").await?;
    ada.use_tool(first, "React with thumbs up").await?;
    ada.until("the reaction", |screen| screen.messages[0].reactions == ["👍 2"]).await?;
    ada.browser.must_be_accessible("a reaction of one's own").await?;
    ada.use_tool(first, "Reply").await?;
    ada.browser.must_be_accessible("an answer").await?;
    ada.write(key::ESCAPE).await?;
    ada.use_tool(own, "Edit").await?;
    ada.browser.must_be_accessible("a message being changed").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.use_tool(own, "Delete").await?;
    ada.browser.must_be_accessible("the question before deleting").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.paste("[data-testid=composer]", &"word ".repeat(900)).await?;
    ada.browser.must_be_accessible("a text that is too long").await?;
    ada.write(key::ENTER).await?;
    ada.browser.must_be_accessible("the reason why it is not sent").await
}

#[tokio::test]
async fn names_topics_and_rooms_have_no_barriers() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open(&server.url()).await?;
    talk(&server.url(), &ada).await?;
    ada.browser.click("[data-testid=nickname]").await?;
    ada.browser.must_be_accessible("the name").await?;
    ada.browser.type_over("[data-testid=nickname-input]", "\u{202E}").await?;
    ada.browser.must_be_accessible("a name that nobody can have").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.browser.click("[data-testid=topic]").await?;
    ada.browser.must_be_accessible("the topic").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.enter("what?!").await?;
    ada.browser.must_be_accessible("a room that cannot be").await?;
    ada.browser.client.goto(&format!("{}/r/tea", server.url())).await?;
    ada.until_live().await?;
    Person::join(&server.url(), "Eve").await?.say("lobby", "Hello?").await?;
    ada.until("news", |screen| screen.listed("lobby").is_some_and(|room| room.news)).await?;
    ada.browser.must_be_accessible("news of another room").await?;
    for page in ["nothing/here", "r/what%3F"] {
        ada.browser.client.goto(&format!("{}/{page}", server.url())).await?;
        ada.browser.click("main a").await.context("the way back")?;
        ada.browser.back().await?;
        ada.browser.must_be_accessible(page).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_goes_wrong_has_no_barriers() -> Result<()> {
    let server = Server::start().await?;
    let relay = Relay::start(&server.url()).await?;
    let ada = Chat::open(&relay.url()).await?;
    let (first, _) = talk(&server.url(), &ada).await?;
    relay.set(Rule::Swallow("POST /api/v1/rooms/lobby/messages"));
    ada.say("into a hole").await?;
    ada.until("it on its way", |screen| screen.row("into a hole").is_some_and(|row| row.state == "pending"))
        .await?;
    ada.browser.must_be_accessible("a message on its way").await?;
    relay.set(Rule::Pass);
    ada.until("it sent", |screen| screen.row("into a hole").is_some_and(|row| row.seq.is_some())).await?;
    relay.set(Rule::Answer("reactions", 500, "no"));
    ada.use_tool(first, "React with heart").await?;
    ada.browser.click("[data-testid=notice] button").await.context("the notice")?;
    ada.use_tool(first, "React with heart").await?;
    ada.until("the notice", |_| true).await?;
    ada.browser.must_be_accessible("a notice").await?;
    relay.set(Rule::Answer("/api/v1/", 200, "<h1>Sign in</h1>"));
    ada.say("under a login page").await?;
    ada.until("no connection", |screen| screen.status == "reconnecting").await?;
    ada.browser.must_be_accessible("a login page in between").await?;
    relay.set(Rule::Pass);
    ada.until_live().await?;
    ada.browser.set_online(false).await?;
    ada.until("the truth", |screen| screen.status == "offline").await?;
    ada.browser.must_be_accessible("no network").await
}

#[tokio::test]
async fn phone_has_no_barriers() -> Result<()> {
    let server = Server::start().await?;
    let ada = Chat::open_in(Browser::start_on(Device::PHONE).await?, &server.url()).await?;
    let (_, own) = talk(&server.url(), &ada).await?;
    ada.browser.must_be_accessible("a phone").await?;
    ada.browser.click(&format!("[data-seq='{own}'] [data-testid=message-text]")).await?;
    ada.browser.must_be_accessible("the sheet of a message").await?;
    ada.browser.press(key::ESCAPE).await?;
    for drawer in ["Rooms", "People: 1"] {
        ada.browser.click(&format!("button[aria-label='{drawer}']")).await?;
        ada.browser.must_be_accessible(drawer).await?;
        ada.browser.press(key::ESCAPE).await?;
    }
    ada.browser.emulate(Device { width: 320, height: 256, ..Device::PHONE }).await?;
    ada.browser.must_be_accessible("a small window, enlarged four times").await?;
    let sideways = "return document.documentElement.scrollWidth > innerWidth\
                    || document.querySelector('[data-testid=composer]').getBoundingClientRect().bottom > innerHeight";
    assert!(!ada.browser.run::<bool>(sideways, vec![]).await?, "something sticks out");
    Ok(())
}
