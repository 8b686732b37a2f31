//! Listeners that are pages: the tabs of one browser, all in the same room.

use anyhow::{Context as _, Result};
use fantoccini::wd::WindowHandle;
use holdline_e2e::Browser;
use serde_json::json;

use crate::{ROOM, until_heard};

/// Pages of one kind.
pub(crate) struct Tabs {
    pub(crate) browser: Browser,
    pages: Vec<(String, WindowHandle)>,
    /// Finds the elements that hold what was said.
    lines: &'static str,
}

impl Tabs {
    /// The client, at each of these addresses.
    pub(crate) async fn chats(urls: &[String]) -> Result<Self> {
        let pages: Vec<_> = urls.iter().map(|url| format!("{url}/r/{ROOM}")).collect();
        Self::open(&pages, "[data-testid=message-text]").await
    }

    /// The classic page, at each of these addresses.
    pub(crate) async fn classics(urls: &[String]) -> Result<Self> {
        let pages: Vec<_> = urls.iter().map(|url| format!("{url}/classic?room={ROOM}")).collect();
        Self::open(&pages, "#messages > div").await
    }

    async fn open(urls: &[String], lines: &'static str) -> Result<Self> {
        let browser = Browser::start().await?;
        let mut pages = Vec::new();
        for url in urls {
            let tab = browser.client.new_window(true).await?.handle;
            browser.client.switch_to_window(tab.clone()).await?;
            browser.client.goto(url).await?;
            pages.push((url.clone(), tab));
        }
        Ok(Self { browser, pages, lines })
    }

    /// The pages that show nothing yet.
    pub(crate) async fn deaf(&self) -> Result<Vec<String>> {
        let mut deaf = Vec::new();
        for (url, tab) in &self.pages {
            if self.shown(tab).await?.is_empty() {
                deaf.push(url.clone());
            }
        }
        Ok(deaf)
    }

    pub(crate) async fn until_shown(&self, said: &[String]) -> Result<()> {
        for (url, tab) in &self.pages {
            until_heard(url, said, async || self.shown(tab).await).await?;
        }
        Ok(())
    }

    async fn shown(&self, tab: &WindowHandle) -> Result<Vec<String>> {
        self.browser.client.switch_to_window(tab.clone()).await.context("the tab is gone")?;
        let script = "return [...document.querySelectorAll(arguments[0])].map(line => line.textContent)";
        self.browser.run(script, vec![json!(self.lines)]).await
    }
}
