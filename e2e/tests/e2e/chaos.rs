//! Tabs of one browser come, go, freeze and lose the network, the server is killed, and people go on talking. What
//! happens is thrown by dice; `HOLDLINE_CHAOS_SEED` makes them throw the same again.

mod step;
mod verdict;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fantoccini::Locator;
use holdline_e2e::{Chat, Dice, Look, Person, Server, eventually, eventually_within};
use tokio::time::sleep;

use self::step::{Step, Tab};
use self::verdict::Log;

/// How much happens.
const STEPS: usize = 25;

/// How long it may take until all is well again.
const PATIENCE: Duration = Duration::from_secs(90);

struct World {
    dice: Dice,
    server: Server,
    is_up: bool,
    chat: Chat,
    tabs: Vec<Tab>,
    /// How many tabs there have been.
    opened: usize,
    ben: Person,
    said: Vec<String>,
    /// What has happened, for whoever has to understand a failure.
    story: Vec<String>,
}

#[tokio::test]
async fn whatever_happens_to_tabs_nothing_is_lost_or_doubled() -> Result<()> {
    let seed = Dice::seed("HOLDLINE_CHAOS_SEED")?;
    eprintln!("HOLDLINE_CHAOS_SEED={seed}");
    let server = Server::start().await?;
    let chat = Chat::open(&server.url()).await?;
    let ben = Person::join(&server.url(), "Ben").await?;
    let handle = chat.browser.client.window().await?;
    let tabs = vec![Tab { handle, name: 1, is_online: true, is_frozen: false }];
    let (said, story) = (Vec::new(), Vec::new());
    let mut world =
        World { dice: Dice::new(seed), server, is_up: true, chat, tabs, opened: 1, ben, said, story };
    let outcome = world.live().await;
    eprintln!("what happened: {:#?}", world.story);
    outcome.with_context(|| format!("HOLDLINE_CHAOS_SEED={seed} makes it happen again"))
}

impl World {
    async fn live(&mut self) -> Result<()> {
        self.open().await?;
        self.open().await?;
        for _ in 0..STEPS {
            let (step, at) = self.throw();
            self.story.push(format!("{step:?} ({})", self.tabs[at].name));
            self.take(step, at).await.with_context(|| format!("step {}", self.story.len()))?;
            // Part of what happens: at times things have come to rest before the next one, at times not.
            let pause = [0, 0, 100, 300, 1000];
            sleep(Duration::from_millis(self.dice.choose(&pause).unwrap_or_default())).await;
        }
        self.calm_down().await?;
        let log = self.until_whole().await?;
        eventually_within(PATIENCE, "one held poll for all", async || {
            let count = self.server.held_polls().await?;
            Ok(Look::at(count == 1, || format!("{count}")))
        })
        .await?;
        // Nor has anything come twice in the meantime.
        ensure!(self.ben.history("lobby").await? == log, "the log has grown by itself");
        self.chat.browser.must_be_quiet_but_for_requests().await
    }

    /// What happens next, and the tab to which it happens.
    fn throw(&mut self) -> (Step, usize) {
        loop {
            let Some(step) = self.dice.choose(&Step::SIDES) else { continue };
            let can = |at: &usize| step.can_happen(&self.tabs[*at], self.tabs.len(), self.is_up);
            let tabs: Vec<_> = (0..self.tabs.len()).filter(can).collect();
            if let Some(at) = self.dice.choose(&tabs) {
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

    /// Something happens to a tab.
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
        let client = &self.chat.browser.client;
        // The driver wants a window that is there, and going to a frozen one would thaw it.
        let from = self.tabs.iter().find(|tab| !tab.is_frozen).unwrap_or(&self.tabs[0]);
        client.switch_to_window(from.handle.clone()).await?;
        let handle = client.new_window(true).await?.handle;
        client.switch_to_window(handle.clone()).await?;
        client.goto(&self.server.url()).await?;
        self.opened += 1;
        self.tabs.push(Tab { handle, name: self.opened, is_online: true, is_frozen: false });
        self.until_writable().await
    }

    async fn until_writable(&self) -> Result<()> {
        eventually("a field for messages", async || {
            let fields = self.chat.browser.client.find_all(Locator::Css("[data-testid=composer]")).await?;
            Ok(Look::at(!fields.is_empty(), || "none".to_owned()))
        })
        .await
    }

    fn next_text(&mut self, who: &str) -> String {
        let text = verdict::text(self.said.len() + 1, who);
        self.story.push(format!("    {text}"));
        self.said.push(text.clone());
        text
    }

    /// Everything works again, and there is one tab more that has seen nothing of it.
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

    /// Waits until the log has everything and every tab shows the log; the log.
    async fn until_whole(&self) -> Result<Log> {
        eventually_within(PATIENCE, "everything in all tabs", async || {
            let log = self.ben.history("lobby").await?;
            if let Look::NotYet(instead) = verdict::on_log(&log, &self.said)? {
                return Ok(Look::NotYet(instead));
            }
            for tab in &self.tabs {
                self.chat.browser.client.switch_to_window(tab.handle.clone()).await?;
                let screen = self.chat.screen().await?;
                if !verdict::is_shown(&log, &screen) {
                    return Ok(Look::NotYet(format!("tab {}: {screen:#?}", tab.name)));
                }
            }
            Ok(Look::Seen(log))
        })
        .await
    }
}
