//! A room of thousands of loaded messages: only a few are drawn at a time, invisibly for the reader.

use std::collections::BTreeMap;

use anyhow::Result;
use holdline_e2e::{Chat, Person, Server, key};
use serde_json::json;
use tokio::task::JoinSet;

use crate::scrolling::{DRAWN, PIXELS, climb, must_not_have_moved, place, until_counted, walk};

/// The number of people who publish at the same time, and of messages from each.
const SPEAKERS: u64 = 20;
const EACH: u64 = 125;

/// The number of key presses that may come before the page has drawn the next messages.
const AT_ONCE: usize = 20;

/// A message, sometimes of several lines, so that rows differ in height.
fn text(speaker: u64, n: u64) -> String {
    let lines = if (speaker + n).is_multiple_of(7) { "\nand more".repeat(5) } else { String::new() };
    format!("speaker {speaker} says {n}{lines}")
}

/// Fills the room; returns each text by its number in the log.
async fn fill(server: &Server, room: &str) -> Result<BTreeMap<u64, String>> {
    let mut speaking = JoinSet::new();
    for speaker in 0..SPEAKERS {
        let (url, room) = (server.url(), room.to_owned());
        speaking.spawn(async move {
            let person = Person::join(&url, &format!("Speaker {speaker}")).await?;
            let mut said = Vec::new();
            for n in 0..EACH {
                said.push((person.say(&room, &text(speaker, n)).await?, text(speaker, n)));
            }
            anyhow::Ok(said)
        });
    }
    let mut all = BTreeMap::new();
    while let Some(said) = speaking.join_next().await {
        all.extend(said??);
    }
    Ok(all)
}

/// Checks each visible point of a grid over a field.
const COVERED: &str = r"
const field = document.querySelector(arguments[0]);
field.scrollIntoView({ block: 'nearest' });
const { left, top, width, height } = field.getBoundingClientRect();
const covering = new Set();
for (let x = 1; x < 10; x++) for (let y = 1; y < 10; y++) {
  const found = document.elementFromPoint(left + width * x / 10, top + height * y / 10);
  if (found !== field) covering.add(found ? found.outerHTML.slice(0, 80) : 'outside');
}
return [...covering];";

/// Checks that nothing covers a field.
async fn nothing_covers(chat: &Chat, field: &str) -> Result<()> {
    let covering: Vec<String> = chat.browser.run(COVERED, vec![json!(field)]).await?;
    anyhow::ensure!(covering.is_empty(), "{field} is covered by {covering:?}");
    Ok(())
}

#[tokio::test]
async fn thousands_of_messages_are_read_as_if_all_were_drawn() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("crowd", "").await?;
    let early = ben.say("crowd", "an early word").await?;
    let said = fill(&server, "crowd").await?;
    let ada = Chat::open(&format!("{}/r/crowd", server.url())).await?;
    ada.until("the newest messages", |screen| screen.messages.len() > 30).await?;

    climb(&ada).await?;
    let mut all = vec![(early, "an early word".to_owned())];
    all.extend(said);
    assert_eq!(walk(&ada).await?, all, "each once and in order");
    assert!(place(&ada, None, None).await?.below < PIXELS, "the walk ends at the newest");

    // A message that arrives while the reader is further up.
    let reading = place(&ada, Some(9_000), None).await?;
    let reading = ada.until("a way to the newest", |screen| screen.jump.is_some()).await.map(|_| reading)?;
    ben.react("crowd", early, "👍").await?;
    let answer = ben.reply("crowd", early, "this is about the first one").await?;
    for n in 0..40 {
        ben.say("crowd", &format!("a late one {n}")).await?;
    }
    until_counted(&ada, 41).await?;
    must_not_have_moved(&ada, &reading).await?;

    // At the end, new messages are scrolled into view.
    ada.browser.click("[data-testid=jump-new]").await?;
    ada.until("the end", |screen| screen.jump.is_none() && screen.row("a late one 39").is_some()).await?;
    for n in 0..60 {
        ben.say("crowd", &format!("and on {n}")).await?;
    }
    let screen = ada.until("the last one", |screen| screen.row("and on 59").is_some()).await?;
    assert!(screen.messages.len() <= DRAWN, "{} messages are drawn", screen.messages.len());
    assert!(place(&ada, None, None).await?.below < PIXELS, "who is at the end stays there");

    // From a reply to its target, which is not drawn here, and was edited meanwhile.
    let quote = format!("[data-seq='{answer}'] [data-testid=show]");
    ada.browser.click(&quote).await?;
    let screen = ada
        .until("the first message", |screen| {
            screen.row("an early word").is_some_and(|row| row.seq == Some(early))
        })
        .await?;
    assert_eq!(screen.row("an early word").map(|row| row.reactions.clone()), Some(vec!["👍 1".to_owned()]));
    let focused: bool = ada
        .browser
        .run("return document.activeElement.id === arguments[0]", vec![json!(format!("m-{early}"))])
        .await?;
    assert!(focused, "the focus goes along");

    // Keys move from message to message, beyond those that were drawn at first.
    for (seq, text) in all.iter().step_by(AT_ONCE).skip(1).take(8) {
        ada.browser.press(&key::ARROW_DOWN.repeat(AT_ONCE)).await?;
        let at: u64 = ada.browser.run("return Number(document.activeElement.dataset.seq)", vec![]).await?;
        assert_eq!(at, *seq, "one message for each key");
        ada.until("what is around it", |screen| {
            screen.messages.iter().skip_while(|row| row.text != *text).count() > AT_ONCE
        })
        .await?;
    }
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn a_message_being_changed_is_not_lost_by_scrolling() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    ben.make_room("crowd", "").await?;
    fill(&server, "crowd").await?;
    let ada = Chat::open(&format!("{}/r/crowd", server.url())).await?;
    ada.until("the newest messages", |screen| screen.messages.len() > 30).await?;
    ada.say("hello wrold").await?;
    ada.until("it is said", |screen| screen.row("hello wrold").is_some_and(|row| row.seq.is_some())).await?;
    ada.write(key::ARROW_UP).await?;
    ada.browser.press(" of").await?;
    climb(&ada).await?;
    let meanwhile = ben.say("crowd", "meanwhile").await?;
    ada.until("a way to the newest", |screen| screen.jump.is_some()).await?;
    ada.browser.click("[data-testid=jump-new]").await?;
    let typed: String =
        ada.browser.run("return document.querySelector('[data-testid=edit]').value", vec![]).await?;
    assert_eq!(typed, "hello wrold of");
    nothing_covers(&ada, "[data-testid=edit]").await?;
    nothing_covers(&ada, "[data-testid=composer]").await?;
    // The tools of the message below reach over it.
    ada.browser.click(&format!("[data-seq='{meanwhile}'] [data-testid=message-text]")).await?;
    nothing_covers(&ada, "[data-testid=edit]").await?;
    ada.browser.type_over("[data-testid=edit]", "hello world").await?;
    ada.until("the change", |screen| screen.row("hello world").is_some_and(|row| row.edited)).await?;
    ada.browser.must_be_quiet().await
}
