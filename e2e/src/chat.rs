//! The chat as a person in front of it has it: what is on the screen, and what can be typed and clicked.

pub mod key;
mod screen;

pub use screen::{Listed, Row, Screen};

use anyhow::{Context as _, Result};
use fantoccini::Locator;

use crate::{Browser, Look, eventually};

/// The client, open in a browser of its own.
#[derive(Debug)]
pub struct Chat {
    /// Its browser.
    pub browser: Browser,
}

impl Chat {
    /// Starts a browser and opens this address in it; returns when the page is live.
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_in(Browser::start().await?, url).await
    }

    /// Two people at the same address, each with a browser of their own.
    pub async fn open_two(url: &str) -> Result<(Self, Self)> {
        tokio::try_join!(Self::open(url), Self::open(url))
    }

    /// Opens the address in a browser that is there already.
    pub async fn open_in(browser: Browser, url: &str) -> Result<Self> {
        browser.client.goto(url).await?;
        let chat = Self { browser };
        chat.until_live().await?;
        Ok(chat)
    }

    /// Loads the page anew; returns when it is live.
    pub async fn reload(&self) -> Result<Screen> {
        self.browser.client.refresh().await?;
        self.until_live().await
    }

    /// What is on the screen at this moment.
    pub async fn screen(&self) -> Result<Screen> {
        self.browser.run(screen::SCRIPT, vec![]).await
    }

    /// Waits until the screen is as wanted.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Screen) -> bool) -> Result<Screen> {
        eventually(what, async || {
            let screen = self.screen().await?;
            Ok(if is_so(&screen) { Look::Seen(screen) } else { Look::NotYet(format!("{screen:#?}")) })
        })
        .await
    }

    /// Waits until the page is connected and the room has been read.
    pub async fn until_live(&self) -> Result<Screen> {
        self.until("a live page", |screen| screen.status == "live" && screen.nickname.is_some()).await
    }

    /// Waits until exactly these messages are there, in this order, all known to the server.
    pub async fn until_said(&self, texts: &[&str]) -> Result<Screen> {
        self.until(&format!("the messages {texts:?}"), |screen| {
            screen.texts() == texts && screen.messages.iter().all(|row| row.seq.is_some())
        })
        .await
    }

    /// Types into the field for messages.
    pub async fn write(&self, keys: &str) -> Result<()> {
        let field = self.browser.client.find(Locator::Css("[data-testid=composer]")).await;
        field.context("there is no composer")?.send_keys(keys).await.context("cannot type")
    }

    /// Writes a message and sends it with Enter.
    pub async fn say(&self, text: &str) -> Result<()> {
        self.write(&format!("{text}{}", key::ENTER)).await
    }

    /// Goes to a room by a click on its name.
    pub async fn visit(&self, room: &str) -> Result<Screen> {
        self.browser.click(&format!("[data-testid=room-link][data-room='{room}']")).await?;
        self.until(&format!("the room {room}"), |screen| screen.room == room && screen.status == "live").await
    }

    /// Joins or makes a room by typing its name.
    pub async fn enter(&self, room: &str) -> Result<()> {
        self.browser.type_over("[data-testid=new-room]", room).await
    }

    /// Takes another name.
    pub async fn rename(&self, name: &str) -> Result<Screen> {
        self.browser.click("[data-testid=nickname]").await?;
        self.browser.type_over("[data-testid=nickname-input]", name).await?;
        self.until("the new name", |screen| screen.nickname.as_deref() == Some(name)).await
    }

    /// Clicks on one of the tools of a message, called by its label; they show when the mouse is over it.
    pub async fn use_tool(&self, seq: u64, label: &str) -> Result<()> {
        let message = format!("[data-testid=message][data-seq='{seq}']");
        self.browser.click(&format!("{message} [data-testid=message-text]")).await?;
        self.browser.click(&format!("{message} button[aria-label='{label}']")).await
    }
}
