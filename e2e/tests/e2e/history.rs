//! A long history: the page opens at its end, older messages are loaded on demand, and a new message does not
//! move the text that is being read.

use anyhow::Result;
use holdline_e2e::{Chat, Person, Server};

use crate::scrolling::{PIXELS, climb, must_not_have_moved, place, until_counted, walk};

#[tokio::test]
async fn a_long_history_is_read_upwards_without_losing_the_place() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("long", "").await?;
    let texts: Vec<_> = (1..=300).map(|n| format!("message {n}")).collect();
    for text in &texts {
        ben.say("long", text).await?;
    }
    let ada = Chat::open(&format!("{}/r/long", server.url())).await?;
    let screen = ada.until("the newest message", |screen| screen.row("message 300").is_some()).await?;
    assert!(screen.messages.len() < 300 && screen.has_older, "the beginning is not loaded yet");
    assert!(place(&ada, None, None).await?.below < PIXELS, "it opens at the newest message");
    assert_eq!(screen.jump, None);

    climb(&ada).await?;
    let read: Vec<_> = walk(&ada).await?.into_iter().map(|(_, text)| text).collect();
    assert_eq!(read, texts, "each once and in order");

    let reading = place(&ada, Some(500), None).await?;
    ada.until("a way to the newest", |screen| screen.jump.is_some()).await?;
    ben.say("long", "a late one").await?;
    until_counted(&ada, 1).await?;
    must_not_have_moved(&ada, &reading).await?;

    ada.browser.click("[data-testid=jump-new]").await?;
    ada.until("the end", |screen| screen.jump.is_none()).await?;
    assert!(place(&ada, None, None).await?.below < PIXELS, "the newest is in sight");
    ben.say("long", "and another").await?;
    ada.until("the last one", |screen| screen.row("and another").is_some()).await?;
    assert!(place(&ada, None, None).await?.below < PIXELS, "who is at the end stays there");
    ada.browser.must_be_quiet().await
}
