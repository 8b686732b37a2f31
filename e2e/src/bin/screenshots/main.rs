//! Takes the README's pictures: the real program in a real browser, with a conversation that is always the
//! same. Clock and colours, which differ from run to run, get fixed values, so that a picture changes only
//! when the design does. The pictures need common fonts: on Debian, `fonts-noto-core` and
//! `fonts-noto-color-emoji`.

mod conversation;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use holdline_e2e::{Browser, Chat, Device, Scheme, Server};
use serde_json::json;

use conversation::{MESSAGES, ROOM, TIMES};

/// A screen that is high enough for the whole conversation.
const LAPTOP: Device = Device { height: 960, ..Device::LAPTOP };

/// Fixes the clock and the colours, and stops animations.
const SETTLE: &str = include_str!("settle.js");

#[tokio::main]
async fn main() -> Result<()> {
    let images = images()?;
    let server = Server::start_with_door("invite").await?;
    let (guests, link) = conversation::begin(&server).await?;
    let chat = Chat::come_in(&link, "Robin", "correct horse battery").await?;
    chat.visit("book-club").await?;
    chat.visit("lobby").await?;
    chat.browser.client.goto(&format!("{}/r/{ROOM}", server.url())).await?;
    conversation::take_part(&chat, &guests).await?;
    chat.until("everybody here", |screen| screen.people.len() == guests.len() + 1).await?;
    chat.until("news of the book club", |screen| screen.listed("book-club").is_some_and(|room| room.news))
        .await?;

    shoot(&chat, LAPTOP, Scheme::Light, &images.join("chat-light.png")).await?;
    shoot(&chat, LAPTOP, Scheme::Dark, &images.join("chat-dark.png")).await?;
    shoot(&chat, Device::PHONE, Scheme::Light, &images.join("phone.png")).await
}

/// Takes one picture.
async fn shoot(chat: &Chat, device: Device, scheme: Scheme, file: &Path) -> Result<()> {
    let Browser { client, .. } = &chat.browser;
    chat.browser.emulate(device).await?;
    chat.browser.prefer(scheme).await?;
    // Reloaded on this screen, as a visitor loads it, instead of a large page made small.
    client.refresh().await?;
    chat.until_live().await?;
    chat.until("the conversation", |screen| screen.messages.len() == MESSAGES && screen.people.len() > 1)
        .await?;
    chat.until("the mark on the room", |screen| screen.listed("book-club").is_some_and(|room| room.news))
        .await?;
    let () = chat.browser.run(SETTLE, vec![json!(TIMES)]).await?;
    let picture = client.screenshot().await?;
    std::fs::write(file, &picture).with_context(|| format!("cannot write {}", file.display()))?;
    say(&format!("{} ({} kB)", file.display(), picture.len() / 1000));
    Ok(())
}

/// The path of `docs/images`, independent of the working directory.
fn images() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no repository")?;
    let images = root.join("docs").join("images");
    std::fs::create_dir_all(&images)?;
    Ok(images)
}

#[expect(clippy::print_stdout, reason = "a person waits for the pictures")]
fn say(line: &str) {
    println!("{line}");
}
