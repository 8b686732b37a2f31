//! Browsers that translate pages replace each text by elements of their own. The page keeps working: a text that
//! changes shows its new words, and nothing breaks.

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Browser, Chat, JOIN_PASSWORD, Person, Server, key};

use crate::scrolling::place;

/// Replaces all texts outside of elements that are not to be translated, now and whenever others appear, as browsers
/// do. Returns the number of texts.
const TRANSLATE: &str = r"
const kept = '[translate=no], font, textarea, script, style, noscript';
const translate = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  const words = texts.filter(text => text.data.trim() && !text.parentElement.closest(kept));
  for (const text of words) {
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    inner.textContent = text.data;
    outer.append(inner);
    text.replaceWith(outer);
  }
  return words.length;
};
new MutationObserver(translate).observe(document.body, { childList: true, subtree: true });
return translate();";

async fn translate(browser: &Browser) -> Result<()> {
    let count: u32 = browser.run(TRANSLATE, vec![]).await?;
    ensure!(count > 0, "the page has no text");
    Ok(())
}

#[tokio::test]
async fn messages_change_in_a_translated_page() -> Result<()> {
    let server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let ada = Chat::open(&server.url()).await?;
    translate(&ada.browser).await?;

    ada.say("Helo").await?;
    let seq = ada.until_said(&["Helo"]).await?.messages[0].seq.context("no number")?;
    let answer = ben.reply("lobby", seq, "Hi").await?;
    let quote = format!("[data-seq='{answer}'] .quoted");
    ada.browser.until_text_of(&quote, "Helo").await?;
    ada.use_tool(seq, "Edit").await?;
    ada.browser.type_over(&format!("[data-seq='{seq}'] textarea"), "Hello").await?;
    ada.until_said(&["Hello", "Hi"]).await?;
    ada.browser.until_text_of(&quote, "Hello").await?;
    ben.react("lobby", seq, "👍").await?;
    ada.until("the reaction", |screen| screen.messages[0].reactions == ["👍 1"]).await?;

    for (of, text) in [(seq, "Hello"), (answer, "Hi")] {
        ada.use_tool(of, "Reply").await?;
        ada.browser.until_text_of(".replying .quoted", text).await?;
    }
    ada.say("Bye").await?;
    let screen = ada.until_said(&["Hello", "Hi", "Bye"]).await?;
    let bye = screen.messages[2].seq.context("no number")?;

    // Two messages cannot be changed at once.
    ada.use_tool(bye, "Edit").await?;
    ada.browser.press("!").await?;
    ada.use_tool(seq, "Edit").await?;
    let notice = "You are changing this message. Save or cancel that first.";
    ada.browser.until_text_of("[data-testid=notice] span", notice).await?;
    ada.browser.click("[data-testid=notice] button").await?;
    ada.browser.until_text_of("[data-testid=notice]", "").await?;
    ada.browser.click("[data-testid=edit]").await?;
    ada.browser.press(key::ESCAPE).await?;
    ada.until_said(&["Hello", "Hi", "Bye"]).await?;

    ada.use_tool(seq, "Delete").await?;
    ada.browser.until_text_of("dialog .quoted", "Hello").await?;
    ada.browser.click("[data-testid=confirm-delete]").await?;
    ada.until_said(&["This message was deleted.", "Hi", "Bye"]).await?;
    ada.browser.until_text_of(&quote, "deleted").await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn names_rooms_and_the_status_change_in_a_translated_page() -> Result<()> {
    let mut server = Server::start().await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    for n in 1..=60 {
        ben.say("lobby", &format!("message {n}")).await?;
    }
    let ada = Chat::open(&server.url()).await?;
    ada.until("the newest", |screen| screen.row("message 60").is_some()).await?;
    translate(&ada.browser).await?;

    place(&ada, Some(0), None).await?;
    let jump = "[data-testid=jump-new]";
    ada.browser.until_text_of(jump, "To the newest ↓").await?;
    for words in ["1 new message ↓", "2 new messages ↓"] {
        ben.say("lobby", "More").await?;
        ada.browser.until_text_of(jump, words).await?;
    }
    ada.browser.click(jump).await?;
    ada.browser.until_text_of(jump, "").await?;

    let topic = "[data-testid=topic]";
    ada.browser.until_text_of(topic, "Add a topic").await?;
    ada.browser.click(topic).await?;
    ada.browser.type_over("[data-testid=topic-input]", "about us").await?;
    ada.browser.until_text_of(topic, "about us").await?;
    ben.make_room("lobby", "about everybody").await?;
    ada.browser.until_text_of(topic, "about everybody").await?;

    // An empty room greets the reader by name.
    ada.enter("tea").await?;
    ada.until("the room", |screen| screen.room == "tea" && screen.status == "live").await?;
    ada.rename("Ada").await?;
    let greeting = "You are Ada. A click on your name changes that.";
    ada.browser.until_text_of(".empty span", greeting).await?;
    ada.until("the new name", |screen| screen.has_people(&["Ada"])).await?;
    ada.write("Mil").await?;
    ada.visit("lobby").await?;
    ada.browser.until_text_of("[data-room=tea] .mark", "draft").await?;

    let status = "[data-testid=status] [role=status]";
    server.kill().await?;
    ada.browser.until_text_of(status, "Not connected.").await?;
    ada.say("Into the dark").await?;
    ada.until_text("It will be sent by itself.").await?;
    server.start_again().await?;
    ada.browser.until_text_of(status, "Live").await?;
    ada.until("the message sent", |screen| screen.row("Into the dark").is_some_and(|row| row.seq.is_some()))
        .await?;
    ada.browser.until_text_of(".delay", "").await?;
    ada.browser.must_be_quiet_but_for_requests().await
}

#[tokio::test]
async fn dialogs_work_in_a_translated_page() -> Result<()> {
    let server = Server::start_with_door("open").await?;
    let ada = Chat::come_in(&server.admin_link().await?, "Ada", "correct horse battery").await?;
    ada.say("Hello").await?;
    ada.until_said(&["Hello"]).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let _present = ben.stay("lobby");
    ada.until("both", |screen| screen.has_people(&["Ada", "Ben"])).await?;
    translate(&ada.browser).await?;
    let (problem, done) = ("[data-testid=problem]", "[data-testid=done]");

    ada.browser.click("[data-testid=nickname]").await?;
    ada.press_button("Tokens").await?;
    ada.until_text("There are no tokens.").await?;
    ada.browser.fill("note", "a script").await?;
    ada.browser.submit("token-form").await?;
    ada.secret().await?;
    ada.browser.until_text_of("[data-testid=row] .what > span", "a script").await?;
    ada.press_button("Copy").await?;
    ada.until_text("Copied").await?;
    ada.browser.click("[data-testid=verb-read]").await?;
    ada.browser.submit("token-form").await?;
    ada.browser.until_text_of(problem, "Tick at least one thing that the program may do.").await?;
    ada.press_button("Revoke").await?;
    ada.browser.until_text_of(done, "Done.").await?;
    ada.until_text("There are no tokens.").await?;
    ada.browser.click("button[aria-label=Close]").await?;

    ada.browser.click("button[aria-label='This server']").await?;
    ada.press_button("Invites").await?;
    ada.until_text("No link is in use.").await?;
    for note in ["for Eve", "for Mia"] {
        ada.browser.fill("note", note).await?;
        ada.browser.submit("invite-form").await?;
        ada.until_text(&format!("{note} (member)")).await?;
    }
    ada.press_button("People").await?;
    ada.browser.until_text_of("[data-testid=row] .what", "Adaadmin").await?;
    ada.browser.click("button[aria-label=Close]").await?;

    // What a person may do is said in their dialog.
    ada.browser.click("[data-testid=person] button[title=Ben]").await?;
    ada.browser.choose("act", "Mute: may read, but not write").await?;
    ada.browser.choose("end", "Until somebody changes it").await?;
    ada.browser.submit("member-form").await?;
    ada.browser.until_text_of("[data-testid=part]", "Part in lobby: no member, muted.").await?;
    ada.browser.choose("act", "Unmute: may write again").await?;
    ada.browser.submit("member-form").await?;
    ada.browser.until_text_of("[data-testid=part]", "Part in lobby: member.").await?;
    ada.browser.click("button[aria-label=Close]").await?;

    // Ben is among the members; the room gets another title.
    ada.browser.click("button[aria-label=Settings]").await?;
    ada.until_text("Ben\nmember").await?;
    ada.press_button("Rules").await?;
    ada.browser.fill("title", "Hall").await?;
    ada.browser.submit("rules-form").await?;
    ada.until("the title", |screen| screen.room == "Hall").await?;
    ada.browser.until_text_of(".beginning", "This is the beginning of Hall.").await?;
    ada.until_text("Ada set the rules of this room").await?;
    ada.say("Still here").await?;
    ada.until_said(&["Hello", "Still here"]).await?;
    ada.browser.must_be_quiet().await
}

#[tokio::test]
async fn door_opens_in_a_translated_page() -> Result<()> {
    let server = Server::start_with_door("password").await?;
    let browser = Browser::start().await?;
    browser.client.goto(&server.url()).await?;
    browser.until_text("Password of this server").await?;
    translate(&browser).await?;
    let (other_way, label) = ("[data-testid=other-way]", "label[for=field-passphrase]");
    browser.click(other_way).await?;
    browser.until_text_of(label, "Your passphrase").await?;
    browser.until_text_of(other_way, "I have the server's password").await?;
    browser.click(other_way).await?;
    browser.until_text_of("label[for=field-password]", "Password of this server").await?;
    browser.until_text_of(other_way, "I have an account here").await?;

    browser.fill("name", "Ada").await?;
    browser.fill("password", "open sesame").await?;
    browser.submit("password-form").await?;
    browser.until_text("This password is not right.").await?;
    browser.fill("password", JOIN_PASSWORD).await?;
    browser.submit("password-form").await?;
    let ada = Chat { browser };
    ada.until("the lobby", |screen| screen.room == "lobby" && screen.nickname.as_deref() == Some("Ada"))
        .await?;
    ada.say("Here I am").await?;
    ada.until_said(&["Here I am"]).await.map(drop)
}
