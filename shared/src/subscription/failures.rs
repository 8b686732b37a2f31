//! The machine's reactions to failed actions: retry at once, retry later, repair or renew.

use std::time::Duration;

use super::{Action, Moment, Next, Pending, SUSPEND_SLACK, State, Status, Subscription, WATCHDOG_SLACK};
use crate::{Jitter, Problem, ProblemCode};

/// The time after which a poll that breaks had reached the server and was held.
const HELD: Duration = Duration::from_secs(2);
/// The longest `Retry-After` that the machine follows.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

impl Subscription {
    pub(super) fn refused(
        &mut self,
        status: u16,
        problem: Option<Problem>,
        retry_after: Option<Duration>,
        now: Moment,
        jitter: Jitter,
    ) -> Next {
        let code = problem.as_ref().map(|p| p.code);
        let why = problem.map_or_else(|| format!("the server answered with status {status}"), |p| p.detail);
        match (status, code) {
            (502 | 504, None) => self.failed(why, now, jitter),
            (_, Some(ProblemCode::EpochChanged | ProblemCode::Gap)) | (410, _)
                if self.pending == Pending::Poll =>
            {
                self.repair(why, now, jitter)
            }
            (401, _) if self.pending != Pending::RenewSession => {
                self.pending = Pending::RenewSession;
                if self.since_answer.has_renewed { self.back_off(why, now, jitter) } else { self.begin(now) }
            }
            (429 | 503, _) if retry_after.is_some() => {
                let asked = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
                // All clients got the same `Retry-After`; repeated refusals spread them more widely.
                let jitter = jitter.fraction_of(asked / 2).max(self.backoff.fail(jitter));
                self.sleep(asked + jitter, why, now)
            }
            (400..=499, _) if status != 429 => {
                let pause = self.backoff.refuse();
                self.state = State::Sleeping;
                self.status = Status::Refused { at: now + pause, why };
                Next::Do(Action::Sleep(pause))
            }
            _ => self.back_off(why, now, jitter),
        }
    }

    /// Starts a repair, delayed if one was done since the last answer.
    pub(super) fn repair(&mut self, why: String, now: Moment, jitter: Jitter) -> Next {
        self.pending = Pending::Repair;
        self.presence = None;
        if self.since_answer.has_repaired { self.back_off(why, now, jitter) } else { self.begin(now) }
    }

    /// Handles a missing answer. Paths commonly cut held polls, so the first cut is retried at once; an answer to that
    /// poll then shortens the hold.
    pub(super) fn failed(&mut self, why: String, now: Moment, jitter: Jitter) -> Next {
        self.pending_cut = None;
        if let State::Polling { since, wait } = self.state
            && self.backoff.failures() == 0
            && self.is_online
        {
            let held = now.saturating_sub(since);
            if !wait.is_zero() && held >= HELD {
                // A poll that broke while the computer was suspended says nothing about the path.
                self.pending_cut = (held <= wait + WATCHDOG_SLACK + SUSPEND_SLACK).then_some(held);
                self.backoff.fail(jitter);
                return self.begin(now);
            }
        }
        self.back_off(why, now, jitter)
    }

    pub(super) fn back_off(&mut self, why: String, now: Moment, jitter: Jitter) -> Next {
        self.pending_cut = None;
        let pause = self.backoff.fail(jitter);
        self.sleep(pause, why, now)
    }

    pub(super) fn sleep(&mut self, pause: Duration, why: String, now: Moment) -> Next {
        self.state = State::Sleeping;
        self.status =
            if self.is_online { Status::Reconnecting { at: now + pause, why } } else { Status::Offline };
        Next::Do(Action::Sleep(pause))
    }
}
