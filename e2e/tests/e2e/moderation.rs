//! Admins keep a room civil: they delete what others said and keep people from writing for a time; others report.

use anyhow::{Context as _, Result};
use holdline_e2e::{Chat, Server};

#[tokio::test]
async fn admin_deletes_and_mutes_and_is_told() -> Result<()> {
    let server = Server::start_with_door("open").await?;
    let ada = Chat::come_in(&server.admin_link().await?, "Ada", "correct horse battery").await?;
    let (ben, eve) = Chat::open_two(&server.url()).await?;
    ben.rename("Ben").await?;
    ben.say("Buy my watches").await?;
    let seq = eve.until_said(&["Buy my watches"]).await?.messages[0].seq.context("no number")?;

    eve.reload().await?;
    eve.use_tool(seq, "Report").await?;
    eve.browser.fill("reason", "advertisement").await?;
    eve.browser.must_be_accessible("a report").await?;
    eve.browser.submit("report-form").await?;
    eve.until_text("were told").await?;

    ada.until_said(&["Buy my watches"]).await?;
    ada.browser.click("button[aria-label='This server']").await?;
    ada.press_button("Changes").await?;
    ada.until_text("in lobby: advertisement").await?;
    ada.browser.must_be_accessible("the changes").await?;
    ada.browser.click("button[aria-label=Close]").await?;
    ada.use_tool(seq, "Delete").await?;
    ada.browser.click("[data-testid=confirm-delete]").await?;
    ben.until("the message gone", |screen| screen.row("Buy my watches").is_none()).await?;

    ada.browser.click("[data-testid=person] button[title=Ben]").await?;
    ada.browser.must_be_accessible("a person").await?;
    ada.browser.choose("act", "Mute: may read, but not write").await?;
    ada.browser.fill("reason", "advertisements").await?;
    ada.browser.submit("member-form").await?;
    ben.until_text("Ada muted Ben for a time: advertisements").await?;
    ben.until_text("You may not write in this room until").await?;
    ben.browser.must_be_accessible("a muted reader").await?;
    ben.browser.must_be_quiet().await?;
    ada.browser.must_be_quiet().await
}
