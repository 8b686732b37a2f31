//! Listeners that are pages: tabs of one browser, all in the same room.

use anyhow::{Context as _, Result};
use fantoccini::wd::WindowHandle;
use holdline_e2e::Browser;
use serde_json::json;

use crate::receipt::{ROOM, until_received};

/// The tabs with one kind of page.
pub(crate) struct Tabs {
    pub(crate) browser: Browser,
    pages: Vec<(String, WindowHandle)>,
    /// The selector of the elements with messages.
    lines: &'static str,
    /// Whether the page draws only the messages near the viewport.
    is_windowed: bool,
}

/// Scrolls from the top to the bottom, each time to the last drawn message, and collects each message once.
/// Drawn messages must be in order and unique. Also works in a background tab, which gets no frames.
const WALK: &str = r"
const view = document.querySelector('[role=log]').parentElement;
const drawn = () => new Promise(done => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 500); });
const published = [];
let last = 0, still = 0;
view.scrollTop = 0;
return (async () => {
  while (still < 3) {
    await drawn();
    let before = 0;
    const rows = [...view.querySelectorAll('[data-seq]')];
    for (const row of rows) {
      const seq = Number(row.dataset.seq);
      if (seq <= before) published.push('out of order: ' + seq);
      before = seq;
      if (seq > last) {
        last = seq;
        published.push(row.querySelector('[data-testid=message-text]').textContent);
      }
    }
    const at = view.scrollTop;
    rows.at(-1).scrollIntoView({ block: 'start', behavior: 'instant' });
    still = view.scrollTop === at ? still + 1 : 0;
  }
  return published;
})();";

impl Tabs {
    /// Opens the client at each of these addresses.
    pub(crate) async fn chats(urls: &[String]) -> Result<Self> {
        let pages: Vec<_> = urls.iter().map(|url| format!("{url}/r/{ROOM}")).collect();
        Ok(Self { is_windowed: true, ..Self::open(&pages, "[data-testid=message-text]").await? })
    }

    /// Opens the classic page at each of these addresses.
    pub(crate) async fn classics(urls: &[String]) -> Result<Self> {
        let pages: Vec<_> = urls.iter().map(|url| format!("{url}/classic?room={ROOM}")).collect();
        Self::open(&pages, "#messages > div").await
    }

    async fn open(urls: &[String], lines: &'static str) -> Result<Self> {
        let browser = Browser::start().await?;
        let mut pages = Vec::new();
        for url in urls {
            pages.push((url.clone(), browser.open_tab(url).await?));
        }
        Ok(Self { browser, pages, lines, is_windowed: false })
    }

    /// The addresses of the pages without messages.
    pub(crate) async fn silent(&self) -> Result<Vec<String>> {
        let mut silent = Vec::new();
        for (url, tab) in &self.pages {
            if self.shown(tab).await?.is_empty() {
                silent.push(url.clone());
            }
        }
        Ok(silent)
    }

    pub(crate) async fn until_shown(&self, published: &[String]) -> Result<()> {
        for (url, tab) in &self.pages {
            until_received(url, published, async || {
                if self.is_windowed { self.walk(tab).await } else { self.shown(tab).await }
            })
            .await?;
        }
        Ok(())
    }

    /// Collects all messages of a page that draws only some.
    async fn walk(&self, tab: &WindowHandle) -> Result<Vec<String>> {
        self.browser.client.switch_to_window(tab.clone()).await.context("the tab is gone")?;
        self.browser.run(WALK, Vec::new()).await
    }

    /// Collects the messages in the document.
    async fn shown(&self, tab: &WindowHandle) -> Result<Vec<String>> {
        self.browser.client.switch_to_window(tab.clone()).await.context("the tab is gone")?;
        let script = "return [...document.querySelectorAll(arguments[0])].map(line => line.textContent)";
        self.browser.run(script, vec![json!(self.lines)]).await
    }
}
