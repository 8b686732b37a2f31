//! A model of a machine with its driver, the network and a small correct server; checks the invariants after each step.

use super::super::failures::MAX_RETRY_AFTER;
use super::super::*;
use super::operation::Operation;
use crate::limits::{WAIT_DEFAULT, WAIT_MAX};
use crate::{
    Cursor, Entry, EntryKind, Epoch, Person, Presence, Problem, ProblemCode, RoomName, Seq, Timestamp,
};

/// The state of driver, network and server.
pub(super) struct World {
    machine: Subscription,
    pub(super) now: Moment,
    outstanding: Option<Action>,
    epoch: u64,
    log: Vec<u64>,
    polls: Vec<After>,
    answers: Vec<Event>,
    granted: Duration,
}

fn cursor(epoch: u64, seq: u64) -> Cursor {
    Cursor { epoch: Epoch(epoch), seq: Seq(seq) }
}

fn entry(seq: u64) -> Entry {
    let kind = EntryKind::Delete { target: Seq(0) };
    Entry { seq: Seq(seq), room: RoomName::lobby(), at: Timestamp(0), author: Person::house(), kind }
}

impl World {
    pub(super) fn new(hold: u64) -> Self {
        let mut world = Self {
            machine: Subscription::with_wait(After::At(cursor(1, 0)), AdaptiveWait::from_secs(hold)),
            now: Duration::ZERO,
            outstanding: None,
            epoch: 1,
            log: Vec::new(),
            polls: Vec::new(),
            answers: Vec::new(),
            granted: WAIT_DEFAULT,
        };
        world.report(&Event::Start, 1.0);
        world
    }

    fn head(&self) -> u64 {
        self.log.last().copied().unwrap_or(0)
    }

    fn position(&self) -> Cursor {
        let After::At(cursor) = self.machine.after() else { panic!("it began at a cursor") };
        cursor
    }

    pub(super) fn apply(&mut self, operation: Operation, jitter: f64) {
        match operation {
            Operation::Append { skip } => self.log.push(self.head() + 1 + skip),
            Operation::Replace => (self.epoch, self.log) = (self.epoch + 1, Vec::new()),
            Operation::Serve { poll, most, wait, presence } => {
                let after = self.polls[self.polls.len() - 1 - poll % self.polls.len()];
                let answer = self.serve(after, most, wait, presence);
                self.answers.push(answer);
            }
            Operation::Arrive { answer } if !self.answers.is_empty() => {
                let answer = self.answers[self.answers.len() - 1 - answer % self.answers.len()].clone();
                self.report(&answer, jitter);
            }
            Operation::Repair => self.report(&Event::Repaired(cursor(self.epoch, self.head())), jitter),
            Operation::Report(event) => self.report(&event, jitter),
            Operation::Arrive { .. } => {}
        }
    }

    fn serve(&self, after: After, most: usize, wait: u64, presence: bool) -> Event {
        let After::At(after) = after else { panic!("it began at a cursor") };
        if after.epoch.0 != self.epoch {
            let problem = Problem::new(ProblemCode::EpochChanged, "another log");
            return Event::Refused { status: 410, problem: Some(problem), retry_after: None };
        }
        let mut seqs: Vec<_> = self.log.iter().copied().filter(|seq| *seq > after.seq.0).collect();
        let upto = if seqs.len() > most { seqs[most - 1] } else { self.head() };
        seqs.truncate(most);
        let presence = presence.then(Presence::default);
        let entries = seqs.into_iter().map(entry).collect();
        let (cursor, memberships) = (cursor(self.epoch, upto), None);
        Event::Answered(Batch { entries, cursor, wait, presence, memberships, unreadable: 0 })
    }

    /// Reports an event to the machine and checks the invariants.
    fn report(&mut self, event: &Event, jitter: f64) {
        let (before, was_polling) = (self.position(), matches!(self.outstanding, Some(Action::Poll { .. })));
        let step = self.machine.step(event.clone(), self.now, Jitter::new(jitter));
        let after = self.position();

        let is_over = match (&self.outstanding, event) {
            (None | Some(_), Event::Start)
            | (Some(_), Event::Suspended)
            | (Some(Action::Sleep(_)), Event::Woke | Event::Hurry | Event::Online)
            | (Some(Action::Poll { .. }), Event::Answered(_))
            | (Some(Action::Repair), Event::Repaired(_))
            | (Some(Action::RenewSession), Event::Renewed) => true,
            (Some(action), Event::Failed { .. } | Event::Refused { .. } | Event::TimedOut) => {
                !matches!(action, Action::Sleep(_))
            }
            _ => false,
        };
        match &step.next {
            Next::Do(action) => {
                self.outstanding = Some(action.clone());
                self.check_action(action);
            }
            Next::Keep => assert!(!is_over, "nothing is outstanding after {event:?}"),
        }

        if let Event::Answered(batch) = event
            && was_polling
            && batch.cursor.epoch == before.epoch
        {
            self.granted = Duration::from_secs(batch.wait).clamp(AdaptiveWait::LEAST, WAIT_MAX);
        }
        if let Next::Do(Action::Poll { wait, .. }) = &step.next {
            assert!(*wait <= self.granted, "asked for {wait:?} where {:?} are granted", self.granted);
        }
        if !matches!(event, Event::Repaired(_)) {
            assert_eq!(before.epoch, after.epoch, "only a repair leads to another log");
            assert!(before.seq <= after.seq, "the cursor went back");
            let shown: Vec<_> = step.deliver.iter().flat_map(|b| &b.entries).map(|e| e.seq.0).collect();
            let passed = |seq: &u64| (before.seq.0 + 1..=after.seq.0).contains(seq);
            if after.epoch.0 == self.epoch {
                let due: Vec<_> = self.log.iter().copied().filter(passed).collect();
                assert_eq!(shown, due, "the shown entries are not exactly those that the cursor passed");
            } else {
                assert!(shown.iter().all(passed) && shown.is_sorted_by(|a, b| a < b));
            }
        }
    }

    fn check_action(&mut self, action: &Action) {
        let status = self.machine.status().clone();
        match action {
            Action::Poll { after, wait, watchdog, .. } => {
                assert_eq!(*after, self.machine.after());
                assert!(wait.is_zero() || (AdaptiveWait::LEAST..=WAIT_MAX).contains(wait));
                assert_eq!(*watchdog, *wait + WATCHDOG_SLACK);
                let is_probe = status == Status::Offline && wait.is_zero();
                assert!(
                    is_probe || matches!(status, Status::Connecting | Status::Live | Status::Retrying),
                    "{status:?}"
                );
                self.polls.push(*after);
            }
            Action::Sleep(pause) => {
                assert!(*pause <= MAX_RETRY_AFTER.mul_f64(1.5), "{pause:?}");
                let (Status::Reconnecting { at, .. } | Status::Refused { at, .. }) = status else {
                    return assert_eq!(status, Status::Offline, "a sleep is shown as another status");
                };
                assert_eq!(at, self.now + *pause);
            }
            Action::Repair => assert!(matches!(status, Status::Repairing | Status::Offline), "{status:?}"),
            Action::RenewSession => assert_ne!(status, Status::Live),
        }
    }

    /// Lets everything work from now on. Returns the number of steps until the machine is live with all entries seen.
    pub(super) fn settle(&mut self) -> usize {
        for steps in 0..20 {
            if *self.machine.status() == Status::Live && self.position() == cursor(self.epoch, self.head()) {
                return steps;
            }
            let event = match self.outstanding.clone() {
                Some(Action::Poll { after, wait, .. }) => {
                    self.now += wait;
                    self.serve(after, 500, 25, false)
                }
                Some(Action::Sleep(pause)) => {
                    self.now += pause;
                    Event::Woke
                }
                Some(Action::Repair) => Event::Repaired(cursor(self.epoch, self.head())),
                Some(Action::RenewSession) => Event::Renewed,
                None => panic!("nothing is outstanding"),
            };
            self.report(&event, 1.0);
        }
        panic!("not live after 20 steps, but {:?}", self.machine.status());
    }
}
