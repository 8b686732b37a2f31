//! Tabs of one browser open, close, freeze and lose the network, the server is killed, and people keep
//! talking. The events are random; `HOLDLINE_CHAOS_SEED` repeats them.

mod expected;
mod step;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fantoccini::Locator;
use holdline_e2e::{Chat, Check, Person, Random, Server, eventually, eventually_within};
use tokio::time::sleep;

use self::expected::Log;
use self::step::{Step, Tab};

/// The number of random steps.
const STEPS: usize = 25;

/// The time limit for recovery.
const TIME_LIMIT: Duration = Duration::from_secs(90);

struct World {
    random: Random,
    server: Server,
    is_up: bool,
    chat: Chat,
    tabs: Vec<Tab>,
    /// The number of tabs opened so far.
    opened: usize,
    ben: Person,
    said: Vec<String>,
    /// The steps so far, for whoever has to understand a failure.
    story: Vec<String>,
}

#[tokio::test]
async fn whatever_happens_to_tabs_nothing_is_lost_or_doubled() -> Result<()> {
    let seed = Random::seed("HOLDLINE_CHAOS_SEED")?;
    eprintln!("HOLDLINE_CHAOS_SEED={seed}");
    let server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let handle = chat.browser.client.window().await?;
    let tabs = vec![Tab { handle, name: 1, is_online: true, is_frozen: false }];
    let (said, story) = (Vec::new(), Vec::new());
    let mut world =
        World { random: Random::new(seed), server, is_up: true, chat, tabs, opened: 1, ben, said, story };
    let outcome = world.live().await;
    eprintln!("what happened: {:#?}", world.story);
    outcome.with_context(|| format!("HOLDLINE_CHAOS_SEED={seed} makes it happen again"))
}

impl World {
    async fn live(&mut self) -> Result<()> {
        self.open().await?;
        self.open().await?;
        for _ in 0..STEPS {
            let (step, at) = self.draw();
            self.story.push(format!("{step:?} ({})", self.tabs[at].name));
            self.take(step, at).await.with_context(|| format!("step {}", self.story.len()))?;
            // Sometimes the next step finds everything at rest, sometimes in the middle of something.
            let pause = self.random.choose(&[0, 0, 100, 300, 1000]).unwrap_or_default();
            sleep(Duration::from_millis(pause)).await;
        }
        self.calm_down().await?;
        let log = self.until_whole().await?;
        eventually_within(TIME_LIMIT, "one held poll for all", async || {
            let count = self.server.held_polls().await?;
            Ok(Check::that(count == 1, || format!("{count}")))
        })
        .await?;
        // Nothing was published twice in the meantime.
        ensure!(self.ben.history("lobby").await? == log, "the log has grown by itself");
        self.chat.browser.must_be_quiet_but_for_requests().await
    }

    /// Draws the next step, and its tab.
    fn draw(&mut self) -> (Step, usize) {
        loop {
            let Some(step) = self.random.choose(&Step::WEIGHTED) else { continue };
            let can = |at: &usize| step.can_happen(&self.tabs[*at], self.tabs.len(), self.is_up);
            let tabs: Vec<_> = (0..self.tabs.len()).filter(can).collect();
            if let Some(at) = self.random.choose(&tabs) {
                return (step, at);
            }
        }
    }

    async fn take(&mut self, step: Step, at: usize) -> Result<()> {
        match step {
            Step::Open => self.open().await?,
            Step::Kill => self.server.kill().await?,
            Step::Restart => self.server.start_again().await?,
            Step::Publish => {
                let text = self.next_text("Ben");
                self.ben.say("lobby", &text).await?;
            }
            step => self.touch(step, at).await?,
        }
        self.is_up = step != Step::Kill && (self.is_up || step == Step::Restart);
        Ok(())
    }

    /// Does a step that concerns a tab.
    async fn touch(&mut self, step: Step, at: usize) -> Result<()> {
        let browser = &self.chat.browser;
        browser.client.switch_to_window(self.tabs[at].handle.clone()).await?;
        match step {
            Step::Disconnect | Step::Reconnect => {
                self.tabs[at].is_online = step == Step::Reconnect;
                return browser.set_online(self.tabs[at].is_online).await;
            }
            Step::Freeze | Step::Thaw => {
                self.tabs[at].is_frozen = step == Step::Freeze;
                return browser.set_frozen(self.tabs[at].is_frozen).await;
            }
            Step::Say | Step::SayAndReload | Step::SayAndClose => {
                let text = self.next_text(&format!("tab {}", self.tabs[at].name));
                self.chat.say(&text).await?;
            }
            _ => {}
        }
        match step {
            Step::SayAndReload => {
                self.chat.browser.client.refresh().await?;
                self.until_writable().await?;
            }
            Step::Close | Step::SayAndClose => {
                self.chat.browser.client.close_window().await?;
                self.tabs.remove(at);
            }
            _ => {}
        }
        Ok(())
    }

    async fn open(&mut self) -> Result<()> {
        let browser = &self.chat.browser;
        // The driver needs an open window, and switching to a frozen one would thaw it.
        let from = self.tabs.iter().find(|tab| !tab.is_frozen).unwrap_or(&self.tabs[0]);
        browser.client.switch_to_window(from.handle.clone()).await?;
        let handle = browser.open_tab(&self.server.url()).await?;
        self.opened += 1;
        self.tabs.push(Tab { handle, name: self.opened, is_online: true, is_frozen: false });
        self.until_writable().await
    }

    async fn until_writable(&self) -> Result<()> {
        eventually("a field for messages", async || {
            let fields = self.chat.browser.client.find_all(Locator::Css("[data-testid=composer]")).await?;
            Ok(Check::that(!fields.is_empty(), || "none".to_owned()))
        })
        .await
    }

    fn next_text(&mut self, who: &str) -> String {
        let text = expected::text(self.said.len() + 1, who);
        self.story.push(format!("    {text}"));
        self.said.push(text.clone());
        text
    }

    /// Ends all disturbances, and opens a fresh tab.
    async fn calm_down(&mut self) -> Result<()> {
        if !self.is_up {
            self.server.start_again().await?;
        }
        for at in 0..self.tabs.len() {
            for step in [Step::Thaw, Step::Reconnect] {
                if step.can_happen(&self.tabs[at], self.tabs.len(), true) {
                    self.touch(step, at).await?;
                }
            }
        }
        self.open().await
    }

    /// Waits until the log is complete and every tab shows it; returns the log.
    async fn until_whole(&self) -> Result<Log> {
        eventually_within(TIME_LIMIT, "everything in all tabs", async || {
            let log = self.ben.history("lobby").await?;
            if let Check::Pending(instead) = expected::check_log(&log, &self.said)? {
                return Ok(Check::Pending(instead));
            }
            for tab in &self.tabs {
                self.chat.browser.client.switch_to_window(tab.handle.clone()).await?;
                let screen = self.chat.screen().await?;
                if !expected::is_shown(&log, &screen) {
                    return Ok(Check::Pending(format!("tab {}: {screen:#?}", tab.name)));
                }
            }
            Ok(Check::Done(log))
        })
        .await
    }
}
