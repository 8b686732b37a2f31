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
    /// Whether it draws no more than what is near.
    is_windowed: bool,
}

/// Goes from the top to the bottom, each time to the last message that is drawn, and notes each message when it is drawn. What is
/// drawn must be in order and there once. Also works in a tab that is not in front, where no frame comes.
const WALK: &str = r"
const view = document.querySelector('[role=log]').parentElement;
const drawn = () => new Promise(done => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 500); });
const said = [];
let last = 0, still = 0;
view.scrollTop = 0;
return (async () => {
  while (still < 3) {
    await drawn();
    let before = 0;
    const rows = [...view.querySelectorAll('[data-seq]')];
    for (const row of rows) {
      const seq = Number(row.dataset.seq);
      if (seq <= before) said.push('out of order: ' + seq);
      before = seq;
      if (seq > last) {
        last = seq;
        said.push(row.querySelector('[data-testid=message-text]').textContent);
      }
    }
    const at = view.scrollTop;
    rows.at(-1).scrollIntoView({ block: 'start', behavior: 'instant' });
    still = view.scrollTop === at ? still + 1 : 0;
  }
  return said;
})();";

impl Tabs {
    /// The client, at each of these addresses.
    pub(crate) async fn chats(urls: &[String]) -> Result<Self> {
        let pages: Vec<_> = urls.iter().map(|url| format!("{url}/r/{ROOM}")).collect();
        Ok(Self { is_windowed: true, ..Self::open(&pages, "[data-testid=message-text]").await? })
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
        Ok(Self { browser, pages, lines, is_windowed: false })
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
            until_heard(url, said, async || {
                if self.is_windowed { self.walk(tab).await } else { self.shown(tab).await }
            })
            .await?;
        }
        Ok(())
    }

    /// Everything that the page has, from the first message to the last.
    async fn walk(&self, tab: &WindowHandle) -> Result<Vec<String>> {
        self.browser.client.switch_to_window(tab.clone()).await.context("the tab is gone")?;
        self.browser.run(WALK, Vec::new()).await
    }

    /// What is in the document.
    async fn shown(&self, tab: &WindowHandle) -> Result<Vec<String>> {
        self.browser.client.switch_to_window(tab.clone()).await.context("the tab is gone")?;
        let script = "return [...document.querySelectorAll(arguments[0])].map(line => line.textContent)";
        self.browser.run(script, vec![json!(self.lines)]).await
    }
}
