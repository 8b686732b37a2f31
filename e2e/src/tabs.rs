//! Several tabs of one browser, of which the driver controls one at a time. Knows nothing of how the client shares work
//! between tabs.

use anyhow::{Context as _, Result};
use fantoccini::wd::WindowHandle;

use crate::{Browser, Chat};

impl Browser {
    /// Opens a tab at this address and switches to it.
    pub async fn open_tab(&self, url: &str) -> Result<WindowHandle> {
        let tab = self.client.new_window(true).await?.handle;
        self.client.switch_to_window(tab.clone()).await?;
        self.client.goto(url).await?;
        Ok(tab)
    }
}

impl Chat {
    /// Opens further tabs at this address, each when the one before is live, and switches to the last. Returns the
    /// present tab and the others, `count` in all, in the order of opening.
    pub async fn open_tabs(&self, url: &str, count: usize) -> Result<Vec<WindowHandle>> {
        let mut tabs = vec![self.browser.client.window().await?];
        while tabs.len() < count {
            tabs.push(self.browser.open_tab(url).await?);
            self.until_live().await?;
        }
        Ok(tabs)
    }

    /// Opens a second tab at this address and switches to it; returns both when the second is live.
    pub async fn open_second_tab(&self, url: &str) -> Result<(WindowHandle, WindowHandle)> {
        let first = self.browser.client.window().await?;
        let second = self.browser.open_tab(url).await?;
        self.until_live().await?;
        Ok((first, second))
    }

    /// Waits in one tab after the other until it shows exactly these messages, in this order, all stored by the server.
    pub async fn until_said_in(&self, tabs: &[WindowHandle], texts: &[&str]) -> Result<()> {
        for (at, tab) in tabs.iter().enumerate() {
            self.browser.client.switch_to_window(tab.clone()).await?;
            self.until_said(texts).await.with_context(|| format!("tab {} of {}", at + 1, tabs.len()))?;
        }
        Ok(())
    }
}
