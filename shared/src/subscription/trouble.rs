//! What the machine does when an action did not succeed: at once, later, or something else first.

use std::time::Duration;

use super::{Action, LEAP, Moment, Next, State, Status, Subscription, Task, WATCHDOG_SLACK};
use crate::{Dice, Problem, ProblemCode};

/// A poll that broke after this long was held and cut, rather than never having reached a server.
const HELD: Duration = Duration::from_secs(2);
/// A server that asks for more patience than this is asked again all the same.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

impl Subscription {
    pub(super) fn refused(
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
                self.repair(why, now, dice)
            }
            (401, _) if self.task != Task::RenewSession => {
                self.task = Task::RenewSession;
                if self.unanswered.is_renewed { self.back_off(why, now, dice) } else { self.begin(now) }
            }
            (429 | 503, _) if retry_after.is_some() => {
                let asked = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
                // Everyone else was asked for the same; the longer this goes on, the wider they have to spread.
                let jitter = dice.part_of(asked / 2).max(self.backoff.fail(dice));
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

    /// Repairs, at once unless that was just done.
    pub(super) fn repair(&mut self, why: String, now: Moment, dice: Dice) -> Next {
        self.task = Task::Repair;
        self.presence = None;
        if self.unanswered.is_repaired { self.back_off(why, now, dice) } else { self.begin(now) }
    }

    /// No answer came. A poll that was held and cut is the path's ordinary doing: the first time it goes on at once, and
    /// with a shorter hold once that is answered.
    pub(super) fn failed(&mut self, why: String, now: Moment, dice: Dice) -> Next {
        self.suspected = None;
        if let State::Polling { since, wait } = self.state
            && self.backoff.failures() == 0
            && self.is_online
        {
            let held = now.saturating_sub(since);
            if !wait.is_zero() && held >= HELD {
                // What broke while the machine slept says nothing about the path.
                self.suspected = (held <= wait + WATCHDOG_SLACK + LEAP).then_some(held);
                self.backoff.fail(dice);
                return self.begin(now);
            }
        }
        self.back_off(why, now, dice)
    }

    pub(super) fn back_off(&mut self, why: String, now: Moment, dice: Dice) -> Next {
        self.suspected = None;
        let pause = self.backoff.fail(dice);
        self.sleep(pause, why, now)
    }

    pub(super) fn sleep(&mut self, pause: Duration, why: String, now: Moment) -> Next {
        self.state = State::Sleeping;
        self.status =
            if self.is_online { Status::Reconnecting { at: now + pause, why } } else { Status::Offline };
        Next::Do(Action::Sleep(pause))
    }
}
