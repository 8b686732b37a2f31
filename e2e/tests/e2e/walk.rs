//! Two people use everything that the page offers, against each other, and neither console complains.

use anyhow::{Context as _, Result};
use holdline_e2e::{Chat, Screen, Server, key};

fn seq(screen: &Screen, text: &str) -> Result<u64> {
    screen.row(text).and_then(|row| row.seq).with_context(|| format!("{text:?} has no number"))
}

#[tokio::test]
async fn two_people_use_everything() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    tokio::try_join!(ada.rename("Ada"), ben.rename("Ben"))?;
    ada.until("both", |screen| screen.has_people(&["Ada", "Ben"])).await?;
    talk(&ada, &ben).await?;
    change(&ada, &ben).await?;
    move_around(&ada, &ben).await?;
    read_back(&ada, &ben, &server.url()).await?;
    ada.browser.must_be_silent().await?;
    ben.browser.must_be_silent().await
}

/// Lines, links, code, answers, reactions.
async fn talk(ada: &Chat, ben: &Chat) -> Result<()> {
    ada.say(&format!("See{}{}{}https://example.org", key::SHIFT, key::ENTER, key::RELEASE)).await?;
    ben.until_said(&["See\nhttps://example.org"]).await?;
    ben.browser.until_shown("[data-testid=message-text] a[href='https://example.org']").await?;
    ben.say("run `ls`").await?;
    let said = seq(&ada.until("code", |screen| screen.row("run ls").is_some()).await?, "run ls")?;
    ada.browser.until_shown("[data-testid=message-text] code").await?;
    ada.use_tool(said, "Reply").await?;
    ada.browser.until_shown(".message.answered").await?;
    ada.say("I did").await?;
    ben.until("the answer", |screen| screen.row("I did").is_some()).await?;
    ben.browser.click("[data-testid=show]").await?;
    ada.use_tool(said, "React with party").await?;
    ben.until("the reaction", |screen| screen.messages[1].reactions == ["🎉 1"]).await?;
    ben.browser.click(".reactions button").await?;
    ada.until("both reactions", |screen| screen.messages[1].reactions == ["🎉 2"]).await?;
    ben.browser.click(".reactions button").await?;
    ada.until("one reaction", |screen| screen.messages[1].reactions == ["🎉 1"]).await.map(drop)
}

/// Changes and deletes a message and sets the topic, and leaves each of these undone once.
async fn change(ada: &Chat, ben: &Chat) -> Result<()> {
    ada.write(key::ARROW_UP).await?;
    ada.browser.press(&format!(", twice{}", key::ENTER)).await?;
    let screen =
        ben.until("the change", |screen| screen.row("I did, twice").is_some_and(|row| row.edited)).await?;
    let changed = seq(&screen, "I did, twice")?;
    ada.use_tool(changed, "Edit").await?;
    ada.browser.press(&format!("!{}", key::ESCAPE)).await?;
    ada.browser.until_gone("[data-testid=edit]").await?;
    ada.use_tool(changed, "Delete").await?;
    ada.browser.click("[data-testid=keep]").await?;
    ada.use_tool(changed, "Delete").await?;
    ada.browser.click("[data-testid=confirm-delete]").await?;
    ben.until("it gone", |screen| screen.row("I did, twice").is_none()).await?;
    ada.browser.click("[data-testid=topic]").await?;
    ada.browser.type_over("[data-testid=topic-input]", "about us").await?;
    ben.browser.until_text_of("[data-testid=topic]", "about us").await
}

/// Rooms: making, finding, marks, drafts, forgetting, the way back.
async fn move_around(ada: &Chat, ben: &Chat) -> Result<()> {
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea" && screen.listed("tea").is_some()).await?;
    ada.say("Milk?").await?;
    ben.enter("tea").await?;
    ben.until_said(&["Milk?"]).await?;
    ben.write("Lem").await?;
    ben.visit("lobby").await?;
    ben.browser.until_shown("[data-room=tea] .mark").await?;
    ada.say("Or lemon?").await?;
    ben.until("news", |screen| screen.listed("tea").is_some_and(|room| room.news)).await?;
    ben.browser.back().await?;
    ben.until("the draft", |screen| screen.room == "tea" && screen.composer == "Lem").await?;
    ben.browser.until_shown("[data-testid=new]").await?;
    ben.say("on").await?;
    ada.until_said(&["Milk?", "Or lemon?", "Lemon"]).await?;
    ben.browser.click("button[aria-label='Forget tea on this device']").await?;
    ben.until("the lobby", |screen| screen.room == "lobby").await?;
    ben.browser.until_gone("button[aria-label='Forget tea on this device']").await
}

/// Long texts and long rooms.
async fn read_back(ada: &Chat, ben: &Chat, url: &str) -> Result<()> {
    ada.visit("lobby").await?;
    let long = vec!["line"; 40].join("\n");
    ada.browser.paste("[data-testid=composer]", &long).await?;
    ada.write(key::ENTER).await?;
    ben.until("the long text", |screen| screen.row(&long).is_some()).await?;
    ben.browser.click(".text.cut + button").await?;
    ben.browser.until_gone(".text.cut").await?;
    ben.browser.click("[data-testid=jump-new]").await?;
    ben.until("the end", |screen| screen.jump.is_none()).await?;
    let first = ben.screen().await?.messages[0].seq.context("no number")?;
    ben.browser.client.goto(&format!("{url}/r/lobby/{first}")).await?;
    ben.until("the message of the address", |screen| {
        screen.messages.first().is_some_and(|row| row.seq == Some(first))
    })
    .await
    .map(drop)
}
