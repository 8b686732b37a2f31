//! The pure state machine of a client's endless series of polls: receives an event and returns a step.
//!
//! Exactly one action is outstanding at any time: a poll, a sleep, a repair or a renewal of the session. [`Next::Keep`]
//! continues the outstanding action; [`Next::Do`] replaces it, and the driver then aborts the old one. The machine
//! reads no clock and draws no random numbers; its driver supplies both. Two drivers exist: fetch in the browser and
//! reqwest in `holdline tail`.

mod failures;
mod types;

use std::time::Duration;

use crate::{AdaptiveWait, After, Backoff, Batch, Jitter, PresenceTag, Seq};

pub use self::types::{Action, Event, Moment, Next, Status, Step};

#[derive(Debug, Clone, PartialEq)]
enum State {
    Idle,
    Polling { since: Moment, wait: Duration },
    Sleeping,
    Repairing,
    Renewing,
}

/// The action that a sleep postpones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    Poll,
    Repair,
    RenewSession,
}

/// The machine's actions since the last answer.
#[derive(Debug, Clone, Default)]
struct SinceAnswer {
    /// The next poll must be a regular one, whose immediate answer proves that the connection works.
    is_probe_due: bool,
    /// A repair was done. If the server asks for another, the first did not help, and the next is delayed.
    has_repaired: bool,
    /// A renewal was done; the next one is delayed, too.
    has_renewed: bool,
}

/// The state machine of a subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    after: After,
    presence: Option<PresenceTag>,
    memberships: Seq,
    state: State,
    pending: Pending,
    adaptive_wait: AdaptiveWait,
    backoff: Backoff,
    /// The time for which the last poll was held before it was cut. An answer to the next poll shows that the
    /// path cut it; otherwise the server died.
    pending_cut: Option<Duration>,
    since_answer: SinceAnswer,
    is_online: bool,
    status: Status,
}

/// The time that the machine waits for an answer after the end of the requested hold.
const WATCHDOG_SLACK: Duration = Duration::from_secs(10);
/// The delay of a timer beyond which the computer counts as suspended.
const SUSPEND_SLACK: Duration = Duration::from_secs(5);
/// The time over which clients spread their next poll after a server has released all of them at once: 10,000 clients
/// then send 5,000 polls a second, which a server answers on one core.
const SPREAD: Duration = Duration::from_secs(2);

impl Subscription {
    /// Starts a subscription at `after`.
    pub fn new(after: After) -> Self {
        Self::with_wait(after, AdaptiveWait::default())
    }

    /// Starts a subscription at `after` with the wait that an earlier subscription learned for this origin.
    pub fn with_wait(after: After, adaptive_wait: AdaptiveWait) -> Self {
        Self {
            after,
            presence: None,
            memberships: Seq::START,
            state: State::Idle,
            pending: Pending::Poll,
            adaptive_wait,
            backoff: Backoff::default(),
            pending_cut: None,
            since_answer: SinceAnswer::default(),
            is_online: true,
            status: Status::Connecting,
        }
    }

    /// The state of the connection, for display.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The position from which the next poll reads.
    pub fn after(&self) -> After {
        self.after
    }

    /// The wait learned for the network path; drivers store it for this origin.
    pub fn adaptive_wait(&self) -> &AdaptiveWait {
        &self.adaptive_wait
    }

    /// Handles an event at the moment `now`. `jitter` must be a fresh random number.
    pub fn step(&mut self, event: Event, now: Moment, jitter: Jitter) -> Step {
        let mut deliver = None;
        let next = match event {
            Event::Start => self.begin(now),
            Event::Suspended => self.restart(now),
            Event::Online => {
                let was_online = std::mem::replace(&mut self.is_online, true);
                match self.state {
                    State::Sleeping => self.begin(now),
                    // The outstanding request uses a connection of the network that was lost.
                    _ if !was_online => self.restart(now),
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
            Event::Hurry | Event::TimedOut if self.was_suspended(now) => self.restart(now),
            Event::Answered(batch) if self.is_polling() => {
                let (new, next) = self.answered(batch, now, jitter);
                deliver = new;
                next
            }
            // The cursor may go back: a log that was restored from a copy has fewer entries, and a client that stayed
            // ahead of the log would miss its next entries.
            Event::Repaired(cursor) if self.state == State::Repairing => {
                if !matches!(self.after, After::At(seen) if seen.epoch == cursor.epoch) {
                    // Positions of another log say nothing about this one.
                    self.memberships = Seq::START;
                }
                self.after = After::At(cursor);
                self.since_answer.has_repaired = true;
                self.go_on(now)
            }
            Event::Renewed if self.state == State::Renewing => {
                self.since_answer.has_renewed = true;
                self.go_on(now)
            }
            Event::Refused { status, problem, retry_after } if self.is_busy() => {
                self.refused(status, problem, retry_after, now, jitter)
            }
            Event::Failed { why } if self.is_busy() => self.failed(why, now, jitter),
            Event::TimedOut if self.is_busy() => self.back_off("no answer in time".to_owned(), now, jitter),
            // A late event of an action that was replaced.
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

    /// Whether so much time has passed that the poll's watchdog must have been suspended, too.
    fn was_suspended(&self, now: Moment) -> bool {
        matches!(self.state, State::Polling { since, wait }
            if now.saturating_sub(since) > wait + WATCHDOG_SLACK + SUSPEND_SLACK)
    }

    /// Starts the pending action.
    fn begin(&mut self, now: Moment) -> Next {
        let action = match self.pending {
            Pending::Poll => self.begin_poll(now),
            Pending::Repair => {
                self.state = State::Repairing;
                self.attempt(Status::Repairing);
                Action::Repair
            }
            Pending::RenewSession => {
                self.state = State::Renewing;
                if self.status == Status::Live {
                    self.status = Status::Retrying;
                }
                Action::RenewSession
            }
        };
        Next::Do(action)
    }

    /// Shows an attempt. Without a network the status stays offline until an answer arrives.
    fn attempt(&mut self, status: Status) {
        if self.is_online || self.status != Status::Offline {
            self.status = status;
        }
    }

    fn begin_poll(&mut self, now: Moment) -> Action {
        // After any failure the first poll is a regular one, whose immediate answer proves that the connection works.
        let is_unsure =
            self.backoff.failures() > 0 || self.since_answer.is_probe_due || self.status == Status::Offline;
        if is_unsure {
            self.attempt(Status::Retrying);
        } else if matches!(self.status, Status::Reconnecting { .. }) {
            // The server only released the last poll early.
            self.status = Status::Live;
        }
        // The position of "now" must be known before a poll is held: a cut poll would be repeated from a later "now".
        let wait =
            if is_unsure || self.after == After::Now { Duration::ZERO } else { self.adaptive_wait.current() };
        self.state = State::Polling { since: now, wait };
        Action::Poll {
            after: self.after,
            wait,
            watchdog: wait + WATCHDOG_SLACK,
            presence: self.presence.clone(),
            memberships: self.memberships,
        }
    }

    /// Starts the outstanding action again, because its connection may be dead.
    fn restart(&mut self, now: Moment) -> Next {
        if self.state == State::Idle {
            return Next::Keep;
        }
        self.since_answer.is_probe_due = true;
        self.pending_cut = None;
        self.begin(now)
    }

    /// Polls again after a repair or a renewal.
    fn go_on(&mut self, now: Moment) -> Next {
        self.pending = Pending::Poll;
        self.since_answer.is_probe_due = true;
        self.begin(now)
    }

    /// Handles an answer; returns the part of its batch that is new.
    fn answered(&mut self, mut batch: Batch, now: Moment, jitter: Jitter) -> (Option<Batch>, Next) {
        if let After::At(seen) = self.after
            && seen.epoch != batch.cursor.epoch
        {
            // A late answer from a log that was replaced, or an answer from a server with another log.
            return (None, self.repair("the answer is from another log".to_owned(), now, jitter));
        }
        let was_released = self.learn_from_hold(batch.is_empty(), &batch, now);
        self.backoff.succeed();
        self.since_answer = SinceAnswer::default();
        self.status = Status::Live;
        if let Some(presence) = &batch.presence {
            self.presence = Some(presence.tag.clone());
        }
        self.memberships = batch.memberships.unwrap_or(self.memberships);
        if let After::At(seen) = self.after {
            batch.entries.retain(|entry| entry.seq > seen.seq);
            batch.cursor.seq = batch.cursor.seq.max(seen.seq);
        }
        self.after = After::At(batch.cursor);
        let deliver = (!batch.is_empty()).then_some(batch);
        let next = if was_released {
            self.sleep(jitter.fraction_of(SPREAD), "the server let the request go early".to_owned(), now)
        } else {
            self.begin(now)
        };
        (deliver, next)
    }

    /// Learns from how long the answered poll was held. Returns whether the server released it early: with an empty
    /// batch long before the end of its hold, as a stopping server does.
    fn learn_from_hold(&mut self, is_empty: bool, batch: &Batch, now: Moment) -> bool {
        self.adaptive_wait.grant(Duration::from_secs(batch.wait));
        if let Some(held) = self.pending_cut.take() {
            self.adaptive_wait.cut(held);
        }
        let State::Polling { since, wait } = self.state else { return false };
        let held = now.saturating_sub(since);
        if is_empty && !wait.is_zero() && held >= wait {
            self.adaptive_wait.complete();
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
