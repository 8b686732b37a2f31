//! A client's endless series of polls, as a pure machine: an event goes in, a step comes out.
//!
//! At any time exactly one action is outstanding: a poll, a sleep, a repair or a renewal. [`Next::Keep`] says that the
//! outstanding one goes on; [`Next::Do`] replaces it, and the driver then drops what it was doing. The machine reads
//! no clock and throws no dice; its driver hands in both. Two drivers exist: fetch in the browser and reqwest in
//! `holdline tail`.

use std::time::Duration;

use crate::{After, Backoff, Batch, Cursor, Dice, Hold, PresenceTag, Problem, ProblemCode};

/// A moment on the driver's monotonic clock.
pub type Moment = Duration;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The driver begins. Also: the set of rooms changed, poll again with the new one.
    Start,
    /// The poll was answered.
    Answered(Batch),
    /// The poll, repair or renewal was answered with an error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem, when the answer was one; proxies answer otherwise.
        problem: Option<Problem>,
        /// The answer's `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// No answer: the connection could not be made, broke, or the answer was cut or not what it should be.
    Failed {
        /// Why, for people.
        why: String,
    },
    /// The watchdog's time passed without an answer.
    TimedOut,
    /// The sleep is over.
    Woke,
    /// "Now", the page became visible, or the machine woke up: do not wait any longer.
    Hurry,
    /// The browser says that there is a network again.
    Online,
    /// The browser says that there is none.
    Offline,
    /// The gap was repaired from history read at this cursor.
    Repaired(Cursor),
    /// There is a session again.
    Renewed,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Poll; give up as [`Event::TimedOut`] after `watchdog`.
    Poll {
        /// From where.
        after: After,
        /// How long to ask the server to hold.
        wait: Duration,
        /// How long until silence counts as a failure.
        watchdog: Duration,
        /// The presence that is known; `None` before the first.
        presence: Option<PresenceTag>,
    },
    /// Wait, then say [`Event::Woke`].
    Sleep(Duration),
    /// Fetch history anew and say [`Event::Repaired`]. The screen stays as it is meanwhile.
    Repair,
    /// Get a session and say [`Event::Renewed`]. Cursor and outbox stay.
    RenewSession,
}

/// What becomes of the outstanding action.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// It goes on.
    Keep,
    /// It is replaced by this one.
    Do(Action),
}

/// What is true about the connection, to be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No answer yet.
    Connecting,
    /// The last poll was answered and the next is on its way or held.
    Live,
    /// The last poll failed; another comes at this moment.
    Reconnecting {
        /// When, on the driver's clock.
        at: Moment,
        /// Why, for people.
        why: String,
    },
    /// Trying again right now.
    Retrying,
    /// The browser says that there is no network, and the last poll failed.
    Offline,
    /// The server refused the poll; it is asked again at this moment.
    Refused {
        /// When, on the driver's clock.
        at: Moment,
        /// The problem's text.
        why: String,
    },
    /// History is being fetched over a gap.
    Repairing,
}

/// What the machine answers to an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// To be shown, before anything else is done. Holds only entries that were not delivered before.
    pub deliver: Option<Batch>,
    /// What becomes of the outstanding action.
    pub next: Next,
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    Idle,
    Polling { since: Moment, wait: Duration },
    Sleeping,
    Repairing,
    Renewing,
}

/// The work that a sleep puts off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Poll,
    Repair,
    RenewSession,
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Subscription {
    after: After,
    presence: Option<PresenceTag>,
    state: State,
    task: Task,
    hold: Hold,
    backoff: Backoff,
    is_online: bool,
    status: Status,
}

/// How long after the promised hold an answer may still come.
const WATCHDOG_SLACK: Duration = Duration::from_secs(10);
/// A poll that broke after this long was held and cut, rather than never having reached a server.
const HELD: Duration = Duration::from_secs(2);

impl Subscription {
    /// A subscription that begins at `after`.
    pub fn new(after: After) -> Self {
        Self {
            after,
            presence: None,
            state: State::Idle,
            task: Task::Poll,
            hold: Hold::default(),
            backoff: Backoff::default(),
            is_online: true,
            status: Status::Connecting,
        }
    }

    /// What to show about the connection.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// From where the next poll goes on.
    pub fn after(&self) -> After {
        self.after
    }

    /// Takes an event at the moment `now`, with a fresh throw of the dice.
    pub fn step(&mut self, event: Event, now: Moment, dice: Dice) -> Step {
        let mut deliver = None;
        let next = match event {
            Event::Start => self.begin(now),
            Event::Online => {
                self.is_online = true;
                if self.state == State::Sleeping { self.begin(now) } else { Next::Keep }
            }
            Event::Offline => {
                self.is_online = false;
                if matches!(self.status, Status::Reconnecting { .. }) {
                    self.status = Status::Offline;
                }
                Next::Keep
            }
            Event::Woke | Event::Hurry if self.state == State::Sleeping => self.begin(now),
            Event::Answered(batch) if self.is_polling() => {
                deliver = self.take(batch, now);
                self.begin(now)
            }
            Event::Repaired(cursor) if self.state == State::Repairing => {
                self.after = After::At(cursor);
                self.task = Task::Poll;
                self.begin(now)
            }
            Event::Renewed if self.state == State::Renewing => {
                self.task = Task::Poll;
                self.begin(now)
            }
            Event::Refused { status, problem, retry_after } if self.is_busy() => {
                self.refused(status, problem, retry_after, now, dice)
            }
            Event::Failed { why } if self.is_busy() => self.failed(why, now, dice),
            Event::TimedOut if self.is_busy() => self.back_off("no answer in time".to_owned(), now, dice),
            // Late news of an action that was replaced.
            _ => Next::Keep,
        };
        Step { deliver, next }
    }

    fn is_polling(&self) -> bool {
        matches!(self.state, State::Polling { .. })
    }

    fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle | State::Sleeping)
    }

    /// Starts what is to be done next.
    fn begin(&mut self, now: Moment) -> Next {
        let action = match self.task {
            Task::Poll => {
                // After failures the first poll is a regular one: its answer says at once that the line is back.
                let wait = if self.backoff.failures() == 0 { self.hold.current() } else { Duration::ZERO };
                self.state = State::Polling { since: now, wait };
                if self.backoff.failures() > 0 {
                    self.status = Status::Retrying;
                }
                let presence = self.presence.clone();
                Action::Poll { after: self.after, wait, watchdog: wait + WATCHDOG_SLACK, presence }
            }
            Task::Repair => {
                self.state = State::Repairing;
                self.status = Status::Repairing;
                Action::Repair
            }
            Task::RenewSession => {
                self.state = State::Renewing;
                Action::RenewSession
            }
        };
        Next::Do(action)
    }

    /// Takes over what an answer brought, and keeps of it what is new.
    fn take(&mut self, mut batch: Batch, now: Moment) -> Option<Batch> {
        if let State::Polling { since, wait } = self.state
            && batch.entries.is_empty()
            && !wait.is_zero()
            && now.saturating_sub(since) >= wait
        {
            self.hold.complete();
        }
        self.backoff.succeed();
        self.status = Status::Live;
        self.hold.grant(Duration::from_secs(batch.wait));
        if let Some(presence) = &batch.presence {
            self.presence = Some(presence.tag.clone());
        }
        if let After::At(seen) = self.after
            && seen.epoch == batch.cursor.epoch
        {
            batch.entries.retain(|entry| entry.seq > seen.seq);
            batch.cursor.seq = batch.cursor.seq.max(seen.seq);
        }
        self.after = After::At(batch.cursor);
        (!batch.entries.is_empty() || batch.presence.is_some()).then_some(batch)
    }

    fn refused(
        &mut self,
        status: u16,
        problem: Option<Problem>,
        retry_after: Option<Duration>,
        now: Moment,
        dice: Dice,
    ) -> Next {
        let code = problem.as_ref().map(|p| p.code);
        let why = problem.map_or_else(|| format!("the server answered with status {status}"), |p| p.detail);
        match (status, code) {
            (502 | 504, None) => self.failed(why, now, dice),
            (_, Some(ProblemCode::EpochChanged | ProblemCode::Gap)) | (410, _) if self.task == Task::Poll => {
                self.task = Task::Repair;
                self.presence = None;
                self.begin(now)
            }
            (401, _) if self.task != Task::RenewSession => {
                self.task = Task::RenewSession;
                self.begin(now)
            }
            (429 | 503, _) if retry_after.is_some() => {
                let asked = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
                let jitter = dice.part_of(asked.max(Duration::from_secs(1)).mul_f64(0.5));
                self.backoff.fail(dice);
                self.sleep(asked + jitter, why, now)
            }
            (400..=499, _) if status != 429 => {
                let pause = self.backoff.refuse();
                self.state = State::Sleeping;
                self.status = Status::Refused { at: now + pause, why };
                Next::Do(Action::Sleep(pause))
            }
            _ => self.back_off(why, now, dice),
        }
    }

    /// No answer came. A poll that was held and cut is the path's ordinary doing: the first time it goes on at once,
    /// with a shorter hold.
    fn failed(&mut self, why: String, now: Moment, dice: Dice) -> Next {
        if let State::Polling { since, .. } = self.state
            && self.backoff.failures() == 0
        {
            let held = now.saturating_sub(since);
            if held >= HELD {
                self.hold.cut(held);
                self.backoff.fail(dice);
                return self.begin(now);
            }
        }
        self.back_off(why, now, dice)
    }

    fn back_off(&mut self, why: String, now: Moment, dice: Dice) -> Next {
        let pause = self.backoff.fail(dice);
        self.sleep(pause, why, now)
    }

    fn sleep(&mut self, pause: Duration, why: String, now: Moment) -> Next {
        self.state = State::Sleeping;
        self.status =
            if self.is_online { Status::Reconnecting { at: now + pause, why } } else { Status::Offline };
        Next::Do(Action::Sleep(pause))
    }
}

/// A server that asks for more patience than this is asked again all the same.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

#[cfg(test)]
mod traces;
