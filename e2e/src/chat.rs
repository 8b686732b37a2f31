//! The chat as a person sees it: reads the screen, types and clicks.

pub mod key;
mod screen;

pub use screen::{Listed, Row, Screen};

use anyhow::{Context as _, Result};
use fantoccini::Locator;

use crate::{Browser, Check, eventually};

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

    /// Opens the chat for two people at the same address, each with a separate browser.
    pub async fn open_two(url: &str) -> Result<(Self, Self)> {
        tokio::try_join!(Self::open(url), Self::open(url))
    }

    /// Opens the address in a running browser.
    pub async fn open_in(browser: Browser, url: &str) -> Result<Self> {
        browser.client.goto(url).await?;
        let chat = Self { browser };
        chat.until_live().await?;
        Ok(chat)
    }

    /// Comes in by a link in a browser of its own, under this name and with this passphrase, if there is one.
    pub async fn come_in(link: &str, name: &str, passphrase: &str) -> Result<Self> {
        let browser = Browser::start().await?;
        browser.client.goto(link).await?;
        browser.fill("name", name).await?;
        browser.fill("passphrase", passphrase).await?;
        browser.submit("join-form").await?;
        let chat = Self { browser };
        chat.until_live().await?;
        Ok(chat)
    }

    /// Clicks on a button that has this word, once it is there.
    pub async fn press_button(&self, word: &str) -> Result<()> {
        self.browser.click_word("button", word).await
    }

    /// The secret that a dialog shows once.
    pub async fn secret(&self) -> Result<String> {
        let script = "return document.querySelector('[data-testid=secret] code')?.textContent ?? ''";
        eventually("a secret", async || {
            let secret: String = self.browser.run(script, vec![]).await?;
            Ok(if secret.is_empty() { Check::Pending("none".to_owned()) } else { Check::Done(secret) })
        })
        .await
    }

    /// Waits until the page shows this text.
    pub async fn until_text(&self, text: &str) -> Result<()> {
        self.browser.until_text(text).await
    }

    /// Reloads the page; returns when it is live.
    pub async fn reload(&self) -> Result<Screen> {
        self.browser.client.refresh().await?;
        self.until_live().await
    }

    /// Reads the present screen.
    pub async fn screen(&self) -> Result<Screen> {
        self.browser.run(screen::SCRIPT, vec![]).await
    }

    /// Waits until the screen meets the condition.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Screen) -> bool) -> Result<Screen> {
        eventually(what, async || {
            Ok(match self.screen().await {
                Ok(screen) if is_so(&screen) => Check::Done(screen),
                Ok(screen) => Check::Pending(format!("{screen:#?}")),
                // Scripts fail between two pages: the page reads itself anew when somebody signs in.
                Err(error) => Check::Pending(format!("no screen: {error:#}")),
            })
        })
        .await
    }

    /// Waits until the page is connected and the room has been read.
    pub async fn until_live(&self) -> Result<Screen> {
        self.until("a live page", |screen| screen.status == "live" && screen.nickname.is_some()).await
    }

    /// Waits until the room shows exactly these messages, in this order, all stored by the server.
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

    /// Enters a room by a click on its name.
    pub async fn visit(&self, room: &str) -> Result<Screen> {
        self.browser.click(&format!("[data-testid=room-link][data-room='{room}']")).await?;
        self.until(&format!("the room {room}"), |screen| screen.room == room && screen.status == "live").await
    }

    /// Enters a room by a click, one that is not called by its name.
    pub async fn visit_titled(&self, room: &str, title: &str) -> Result<Screen> {
        self.browser.click(&format!("[data-testid=room-link][data-room='{room}']")).await?;
        self.until(&format!("the room {title}"), |screen| screen.room == title).await
    }

    /// Enters a room by typing its name, creating it if necessary.
    pub async fn enter(&self, room: &str) -> Result<()> {
        self.browser.type_over("[data-testid=new-room]", room).await
    }

    /// Changes the nickname.
    pub async fn rename(&self, name: &str) -> Result<Screen> {
        self.browser.click("[data-testid=nickname]").await?;
        self.browser.type_over("[data-testid=nickname-input]", name).await?;
        self.until("the new name", |screen| screen.nickname.as_deref() == Some(name)).await
    }

    /// Clicks on one of the buttons of a message, named by its label; they are shown when the mouse is over
    /// the message.
    pub async fn use_tool(&self, seq: u64, label: &str) -> Result<()> {
        let message = format!("[data-testid=message][data-seq='{seq}']");
        self.browser.click(&format!("{message} [data-testid=message-text]")).await?;
        self.browser.click(&format!("{message} button[aria-label='{label}']")).await
    }
}
