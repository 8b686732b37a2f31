//! Changes: the nickname, one's own messages, and reactions.

use anyhow::{Context as _, Result};
use holdline_e2e::{Chat, Screen, Server};

#[tokio::test]
async fn a_new_name_is_seen_by_others() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    ada.say("Who am I?").await?;
    ben.until_said(&["Who am I?"]).await?;
    ada.rename("Ada, Countess").await?;
    let renamed = |screen: &Screen| screen.people.iter().any(|name| name == "Ada, Countess");
    ben.until("the new name among the people", renamed).await?;
    ada.say("I see.").await?;
    let screen = ben.until_said(&["Who am I?", "I see."]).await?;
    assert_eq!(screen.messages[1].author, "Ada, Countess");
    assert_ne!(screen.messages[0].author, "Ada, Countess", "what was said before keeps the name of then");
    ada.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}

#[tokio::test]
async fn own_messages_are_changed_and_deleted() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    ada.say("Helo").await?;
    ada.say("Never mind").await?;
    let screen = ada.until_said(&["Helo", "Never mind"]).await?;
    let seqs: Vec<_> = screen.messages.iter().filter_map(|row| row.seq).collect();

    ada.use_tool(seqs[0], "Edit").await?;
    ada.browser.type_over(&format!("[data-seq='{}'] textarea", seqs[0]), "Hello").await?;
    let screen = ben.until_said(&["Hello", "Never mind"]).await?;
    assert!(screen.messages[0].edited && !screen.messages[1].edited, "{screen:?}");
    ada.until_said(&["Hello", "Never mind"]).await?;

    ada.use_tool(seqs[1], "Delete").await?;
    ada.browser.click(&format!("[data-seq='{}'] [data-testid=confirm-delete]", seqs[1])).await?;
    for chat in [&ada, &ben] {
        let screen = chat.until("the message gone", |screen| screen.row("Never mind").is_none()).await?;
        assert_eq!(screen.messages.len(), 2, "where it was stays marked: {screen:?}");
    }

    ben.browser.click(&format!("[data-seq='{}'] [data-testid=message-text]", seqs[0])).await?;
    let tools = "return [...document.querySelectorAll('.tools button')].map(tool => tool.ariaLabel)";
    let tools: Vec<String> = ben.browser.run(tools, vec![]).await?;
    assert!(tools.iter().any(|tool| tool == "Reply"), "{tools:?}");
    assert!(
        !tools.iter().any(|tool| tool == "Edit" || tool == "Delete"),
        "others' messages are theirs: {tools:?}"
    );
    ada.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}

#[tokio::test]
async fn a_reaction_is_put_and_taken_back() -> Result<()> {
    let server = Server::start().await?;
    let (ada, ben) = Chat::open_two(&server.url()).await?;
    ada.say("Lunch?").await?;
    ada.until_said(&["Lunch?"]).await?;
    let seq = ben.until_said(&["Lunch?"]).await?.messages[0].seq.context("no seq")?;
    ben.use_tool(seq, "React with thumbs up").await?;
    until_reactions(&ada, &ben, &["👍 1"]).await?;
    let chip = format!("[data-seq='{seq}'] .reactions button");
    ada.browser.click(&chip).await?;
    until_reactions(&ada, &ben, &["👍 2"]).await?;
    ben.browser.click(&chip).await?;
    until_reactions(&ada, &ben, &["👍 1"]).await?;
    ada.browser.click(&chip).await?;
    until_reactions(&ada, &ben, &[]).await?;
    ada.browser.must_be_quiet().await?;
    ben.browser.must_be_quiet().await
}

async fn until_reactions(ada: &Chat, ben: &Chat, reactions: &[&str]) -> Result<()> {
    for chat in [ada, ben] {
        chat.until(&format!("the reactions {reactions:?}"), |screen| {
            screen.messages[0].reactions == reactions
        })
        .await?;
    }
    Ok(())
}
