//! A client's endless series of polls, as a pure machine: an event goes in, a step comes out.
//!
//! At any time exactly one action is outstanding: a poll, a sleep, a repair or a renewal. [`Next::Keep`] says that the
//! outstanding one goes on; [`Next::Do`] replaces it, and the driver then drops what it was doing. The machine reads
//! no clock and throws no dice; its driver hands in both. Two drivers exist: fetch in the browser and reqwest in
//! `holdline tail`.

mod trouble;
mod words;

use std::time::Duration;

use crate::{After, Backoff, Batch, Dice, Hold, PresenceTag};

pub use self::words::{Action, Event, Moment, Next, Status, Step};

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

/// What happened since the last answer.
#[derive(Debug, Clone, Default)]
struct Unanswered {
    /// The next poll shall be a regular one, whose answer says at once that the line is there.
    is_doubtful: bool,
    /// A repair was done; asked for again, it did not help, and is not repeated at once.
    is_repaired: bool,
    /// The same for a renewal.
    is_renewed: bool,
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
    /// How long the poll was held that was cut just now. Whether the path did that or the server died is seen by
    /// whether the next one is answered.
    suspected: Option<Duration>,
    unanswered: Unanswered,
    is_online: bool,
    status: Status,
}

/// How long after the promised hold an answer may still come.
const WATCHDOG_SLACK: Duration = Duration::from_secs(10);
/// The clock of a machine that was awake is not this much further than what it was asked to wait for.
const LEAP: Duration = Duration::from_secs(5);
/// Over how long clients spread their next poll when a server lets all of them go at once: 10,000 of them are then 5,000
/// polls a second, which a server answers on one core.
const SPREAD: Duration = Duration::from_secs(2);

impl Subscription {
    /// A subscription that begins at `after`.
    pub fn new(after: After) -> Self {
        Self::with_hold(after, Hold::default())
    }

    /// The same, with what an earlier subscription learned about the path to this origin.
    pub fn with_hold(after: After, hold: Hold) -> Self {
        Self {
            after,
            presence: None,
            state: State::Idle,
            task: Task::Poll,
            hold,
            backoff: Backoff::default(),
            suspected: None,
            unanswered: Unanswered::default(),
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

    /// What was learned about the path, to be remembered for this origin.
    pub fn hold(&self) -> &Hold {
        &self.hold
    }

    /// Takes an event at the moment `now`, with a fresh throw of the dice.
    pub fn step(&mut self, event: Event, now: Moment, dice: Dice) -> Step {
        let mut deliver = None;
        let next = match event {
            Event::Start => self.begin(now),
            Event::Leapt => self.begin_anew(now),
            Event::Online => {
                let was_online = std::mem::replace(&mut self.is_online, true);
                match self.state {
                    State::Sleeping => self.begin(now),
                    // It is on a connection of the network that went away.
                    _ if !was_online => self.begin_anew(now),
                    _ => Next::Keep,
                }
            }
            Event::Offline => {
                self.is_online = false;
                if matches!(self.status, Status::Reconnecting { .. }) {
                    self.status = Status::Offline;
                }
                Next::Keep
            }
            Event::Woke | Event::Hurry if self.state == State::Sleeping => self.begin(now),
            Event::Hurry | Event::TimedOut if self.has_leapt(now) => self.begin_anew(now),
            Event::Answered(batch) if self.is_polling() => {
                let (new, next) = self.answered(batch, now, dice);
                deliver = new;
                next
            }
            // History's word is taken as it is, also when it is behind: a log that was restored from a copy has fewer
            // entries, and who stayed ahead of it would not see what it gets next.
            Event::Repaired(cursor) if self.state == State::Repairing => {
                self.after = After::At(cursor);
                self.unanswered.is_repaired = true;
                self.go_on(now)
            }
            Event::Renewed if self.state == State::Renewing => {
                self.unanswered.is_renewed = true;
                self.go_on(now)
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

    /// Whether so much time has passed that the poll's watchdog must have slept, too.
    fn has_leapt(&self, now: Moment) -> bool {
        matches!(self.state, State::Polling { since, wait }
            if now.saturating_sub(since) > wait + WATCHDOG_SLACK + LEAP)
    }

    /// Starts what is to be done next.
    fn begin(&mut self, now: Moment) -> Next {
        let action = match self.task {
            Task::Poll => self.begin_poll(now),
            Task::Repair => {
                self.state = State::Repairing;
                self.status = Status::Repairing;
                Action::Repair
            }
            Task::RenewSession => {
                self.state = State::Renewing;
                if self.status == Status::Live {
                    self.status = Status::Retrying;
                }
                Action::RenewSession
            }
        };
        Next::Do(action)
    }

    fn begin_poll(&mut self, now: Moment) -> Action {
        // After anything unusual the first poll is a regular one: its answer says at once that the line is back.
        let is_unsure =
            self.backoff.failures() > 0 || self.unanswered.is_doubtful || self.status == Status::Offline;
        if is_unsure {
            self.status = Status::Retrying;
        } else if matches!(self.status, Status::Reconnecting { .. }) {
            // The server had only let the last poll go early.
            self.status = Status::Live;
        }
        // Where "now" is has to be known before anything is waited for: a poll from "now" that is cut while held would
        // be repeated from a later "now".
        let wait = if is_unsure || self.after == After::Now { Duration::ZERO } else { self.hold.current() };
        self.state = State::Polling { since: now, wait };
        Action::Poll {
            after: self.after,
            wait,
            watchdog: wait + WATCHDOG_SLACK,
            presence: self.presence.clone(),
        }
    }

    /// Starts again what is outstanding, because it cannot be trusted any more.
    fn begin_anew(&mut self, now: Moment) -> Next {
        if self.state == State::Idle {
            return Next::Keep;
        }
        self.unanswered.is_doubtful = true;
        self.suspected = None;
        self.begin(now)
    }

    /// Polls again after a repair or a renewal.
    fn go_on(&mut self, now: Moment) -> Next {
        self.task = Task::Poll;
        self.unanswered.is_doubtful = true;
        self.begin(now)
    }

    /// Takes over what an answer brought, and keeps of it what is new.
    fn answered(&mut self, mut batch: Batch, now: Moment, dice: Dice) -> (Option<Batch>, Next) {
        if let After::At(seen) = self.after
            && seen.epoch != batch.cursor.epoch
        {
            // A late answer from a log that is gone, or one from a server on another log. Both are mended alike.
            return (None, self.repair("the answer is from another log".to_owned(), now, dice));
        }
        let is_empty = batch.entries.is_empty() && batch.presence.is_none();
        let was_let_go = self.take_hold(is_empty, &batch, now);
        self.backoff.succeed();
        self.unanswered = Unanswered::default();
        self.status = Status::Live;
        if let Some(presence) = &batch.presence {
            self.presence = Some(presence.tag.clone());
        }
        if let After::At(seen) = self.after {
            batch.entries.retain(|entry| entry.seq > seen.seq);
            batch.cursor.seq = batch.cursor.seq.max(seen.seq);
        }
        self.after = After::At(batch.cursor);
        let deliver = (!batch.entries.is_empty() || batch.presence.is_some()).then_some(batch);
        let next = if was_let_go {
            self.sleep(dice.part_of(SPREAD), "the server let the request go early".to_owned(), now)
        } else {
            self.begin(now)
        };
        (deliver, next)
    }

    /// Learns from how long the answered poll was held. Whether it came back with nothing long before its time, as
    /// all polls do when a server stops.
    fn take_hold(&mut self, is_empty: bool, batch: &Batch, now: Moment) -> bool {
        self.hold.grant(Duration::from_secs(batch.wait));
        if let Some(held) = self.suspected.take() {
            self.hold.cut(held);
        }
        let State::Polling { since, wait } = self.state else { return false };
        let held = now.saturating_sub(since);
        if is_empty && !wait.is_zero() && held >= wait {
            self.hold.complete();
        }
        is_empty && held < wait / 2
    }
}

#[cfg(test)]
mod crowd;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod traces;
