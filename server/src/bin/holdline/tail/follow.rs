//! Drives the subscription machine over HTTP: does what it says, one action at a time, and tells it what came of that.
//! Decides nothing about when to ask again.

use std::future::pending;
use std::pin::Pin;

use holdline_shared::{
    Action, After, Batch, Event, Message, Next, ProblemCode, Seq, Step, Subscription, Timestamp,
};
use tokio::time::{Instant, sleep, timeout};

use super::leap::leapt;
use super::notice::Notice;
use super::print::Printer;
use super::source::{Covered, Opening, Reach, Source};
use super::state::StateFile;
use super::stop::Progress;
use crate::client::{jitter, say};

/// Everything that following takes.
pub(super) struct Follower<'a> {
    pub(super) source: &'a Source,
    pub(super) machine: Subscription,
    pub(super) printer: Printer,
    pub(super) notice: Notice,
    pub(super) state: Option<StateFile>,
    /// Where an interruption finds the cursor.
    pub(super) progress: Progress,
    /// What history has told already.
    pub(super) covered: Covered,
    /// When the last entry that was printed happened.
    pub(super) seen_at: Timestamp,
    /// Whether it is the same log still in which something is missing.
    pub(super) is_same_log: bool,
    /// Whether it was said that there are entries which this version cannot read.
    pub(super) has_said_unreadable: bool,
}

/// What came of an action.
enum Outcome {
    Event(Event),
    Repaired(Opening),
}

/// The action in flight; dropping it aborts its request.
type Outstanding<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

impl<'a> Follower<'a> {
    /// Follows for ever, or until the output cannot be written.
    pub(super) async fn run(mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut outstanding: Outstanding<'a> = Box::pin(async { Outcome::Event(Event::Start) });
        loop {
            let outcome = tokio::select! {
                outcome = &mut outstanding => {
                    outstanding = Box::pin(pending());
                    outcome
                }
                () = leapt() => Outcome::Event(Event::Suspended),
                () = self.notice.due() => {
                    self.notice.say();
                    continue;
                }
            };
            let event = match outcome {
                Outcome::Event(event) => event,
                Outcome::Repaired(opening) => self.repaired(opening)?,
            };
            self.learn(&event);
            let Step { deliver, next } = self.machine.step(event, began.elapsed(), jitter());
            if let Some(batch) = deliver {
                self.show(batch)?;
            }
            self.keep_cursor()?;
            self.notice.hear(self.machine.status());
            if let Next::Do(action) = next {
                outstanding = self.start(&action);
            }
        }
    }

    /// Learns from an answer what a repair would be about.
    fn learn(&mut self, event: &Event) {
        match event {
            Event::Answered(batch) => {
                self.is_same_log = false;
                if batch.unreadable > 0 && !std::mem::replace(&mut self.has_said_unreadable, true) {
                    say("there are entries that this version cannot read; they need a newer holdline");
                }
            }
            Event::Refused { problem: Some(problem), .. } if problem.code == ProblemCode::Gap => {
                self.is_same_log = true;
            }
            Event::Refused { problem: Some(problem), .. } if problem.code == ProblemCode::EpochChanged => {
                self.is_same_log = false;
            }
            _ => {}
        }
    }

    /// Prints messages from history.
    pub(super) fn show_history(&mut self, messages: &[Message]) -> anyhow::Result<()> {
        self.seen_at = messages.last().map_or(self.seen_at, |last| last.at.max(self.seen_at));
        self.printer.messages(messages)
    }

    fn show(&mut self, mut batch: Batch) -> anyhow::Result<()> {
        batch.entries.retain(|entry| !self.covered.has(entry));
        self.seen_at = batch.entries.last().map_or(self.seen_at, |last| last.at);
        self.printer.entries(&batch.entries, &self.source.take_unknown())
    }

    /// Remembers how far everything is printed.
    fn keep_cursor(&mut self) -> anyhow::Result<()> {
        let After::At(cursor) = self.machine.after() else { return Ok(()) };
        if self.progress.set(cursor)
            && let Some(state) = &self.state
        {
            state.write(cursor)?;
        }
        Ok(())
    }

    fn repaired(&mut self, opening: Opening) -> anyhow::Result<Event> {
        if self.is_same_log {
            say("there is a gap: the server no longer keeps all that happened; what it has follows");
        } else {
            say("there is a gap: the server's log was replaced or restored; what was said since follows");
            self.printer.forget();
        }
        self.covered = opening.covered;
        self.show_history(&opening.messages)?;
        Ok(Event::Repaired(opening.cursor))
    }

    fn start(&self, action: &Action) -> Outstanding<'a> {
        let source = self.source;
        match *action {
            Action::Poll { after, wait, watchdog, .. } => Box::pin(async move {
                Outcome::Event(match timeout(watchdog, source.poll(after, wait)).await {
                    Ok(Ok(batch)) => Event::Answered(batch),
                    Ok(Err(trouble)) => trouble.into(),
                    Err(_) => Event::TimedOut,
                })
            }),
            Action::Sleep(pause) => Box::pin(async move {
                sleep(pause).await;
                Outcome::Event(Event::Woke)
            }),
            Action::Repair => {
                let reach = match self.machine.after() {
                    After::At(seen) if self.is_same_log => Reach::After(seen.seq),
                    _ if self.is_same_log => Reach::After(Seq::START),
                    _ => Reach::LaterThan(self.seen_at),
                };
                Box::pin(async move {
                    match source.gather(&reach).await {
                        Ok(opening) => Outcome::Repaired(opening),
                        Err(trouble) => Outcome::Event(trouble.into()),
                    }
                })
            }
            Action::RenewSession => Box::pin(async move {
                Outcome::Event(match source.renew_session().await {
                    Ok(()) => Event::Renewed,
                    Err(trouble) => trouble.into(),
                })
            }),
        }
    }
}
