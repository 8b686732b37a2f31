//! The driver of the subscription machine over HTTP: executes its actions one at a time and reports their results.
//! Makes no decisions about retries.

use std::future::pending;
use std::pin::Pin;

use holdline_shared::{
    Action, After, Batch, Event, Message, Next, ProblemCode, Seq, Step, Subscription, Timestamp,
};
use tokio::time::{Instant, sleep, timeout};

use super::notice::Notice;
use super::print::Printer;
use super::source::{HistoryRange, HistorySnapshot, RoomSource, SeenUpTo};
use super::state::StateFile;
use super::stop::Progress;
use super::suspend::suspended;
use crate::client::{jitter, say};

/// The state of following.
pub(super) struct Follower<'a> {
    pub(super) source: &'a RoomSource,
    pub(super) machine: Subscription,
    pub(super) printer: Printer,
    pub(super) notice: Notice,
    pub(super) state: Option<StateFile>,
    /// The cursor, for the message after an interruption.
    pub(super) progress: Progress,
    /// The positions up to which history was printed.
    pub(super) seen: SeenUpTo,
    /// The time of the last printed entry.
    pub(super) seen_at: Timestamp,
    /// Whether the last gap was in the same log.
    pub(super) is_same_log: bool,
    /// Whether the message about unreadable entries was printed.
    pub(super) has_reported_unreadable: bool,
}

/// The result of an action.
enum ActionResult {
    Event(Event),
    Repaired(HistorySnapshot),
}

/// The outstanding action; dropping it aborts its request.
type Outstanding<'a> = Pin<Box<dyn Future<Output = ActionResult> + 'a>>;

impl<'a> Follower<'a> {
    /// Follows until the output cannot be written.
    pub(super) async fn run(mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut outstanding: Outstanding<'a> = Box::pin(async { ActionResult::Event(Event::Start) });
        loop {
            let result = tokio::select! {
                result = &mut outstanding => {
                    outstanding = Box::pin(pending());
                    result
                }
                () = suspended() => ActionResult::Event(Event::Suspended),
                () = self.notice.due() => {
                    self.notice.say();
                    continue;
                }
            };
            let event = match result {
                ActionResult::Event(event) => event,
                ActionResult::Repaired(snapshot) => self.repaired(snapshot)?,
            };
            self.learn(&event);
            let Step { deliver, next } = self.machine.step(event, started.elapsed(), jitter());
            if let Some(batch) = deliver {
                self.show(batch)?;
            }
            self.save_cursor()?;
            self.notice.update(self.machine.status());
            if let Next::Do(action) = next {
                outstanding = self.start(&action);
            }
        }
    }

    /// Records from an answer what a repair has to read.
    fn learn(&mut self, event: &Event) {
        match event {
            Event::Answered(batch) => {
                self.is_same_log = false;
                if batch.unreadable > 0 && !std::mem::replace(&mut self.has_reported_unreadable, true) {
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
        batch.entries.retain(|entry| !self.seen.has(entry));
        self.seen_at = batch.entries.last().map_or(self.seen_at, |last| last.at);
        self.printer.entries(&batch.entries, &self.source.take_unknown())
    }

    /// Saves the position up to which everything is printed.
    fn save_cursor(&mut self) -> anyhow::Result<()> {
        let After::At(cursor) = self.machine.after() else { return Ok(()) };
        if self.progress.set(cursor)
            && let Some(state) = &self.state
        {
            state.write(cursor)?;
        }
        Ok(())
    }

    fn repaired(&mut self, snapshot: HistorySnapshot) -> anyhow::Result<Event> {
        if self.is_same_log {
            say("there is a gap: the server no longer keeps all that happened; what it has follows");
        } else {
            say("there is a gap: the server's log was replaced or restored; what was said since follows");
            self.printer.clear();
        }
        self.seen = snapshot.seen;
        self.show_history(&snapshot.messages)?;
        Ok(Event::Repaired(snapshot.cursor))
    }

    fn start(&self, action: &Action) -> Outstanding<'a> {
        let source = self.source;
        match *action {
            Action::Poll { after, wait, watchdog, .. } => Box::pin(async move {
                ActionResult::Event(match timeout(watchdog, source.poll(after, wait)).await {
                    Ok(Ok(batch)) => Event::Answered(batch),
                    Ok(Err(error)) => error.into(),
                    Err(_) => Event::TimedOut,
                })
            }),
            Action::Sleep(pause) => Box::pin(async move {
                sleep(pause).await;
                ActionResult::Event(Event::Woke)
            }),
            Action::Repair => {
                let range = match self.machine.after() {
                    After::At(seen) if self.is_same_log => HistoryRange::After(seen.seq),
                    _ if self.is_same_log => HistoryRange::After(Seq::START),
                    _ => HistoryRange::LaterThan(self.seen_at),
                };
                Box::pin(async move {
                    match source.read_history(&range).await {
                        Ok(snapshot) => ActionResult::Repaired(snapshot),
                        Err(error) => ActionResult::Event(error.into()),
                    }
                })
            }
            Action::RenewSession => Box::pin(async move {
                ActionResult::Event(match source.renew_session().await {
                    Ok(()) => Event::Renewed,
                    Err(error) => error.into(),
                })
            }),
        }
    }
}
