//! A machine, its driver, the network and a small honest server; checks everything that one step can show.

use super::super::trouble::MAX_RETRY_AFTER;
use super::super::*;
use super::Move;
use crate::limits::{WAIT_DEFAULT, WAIT_MAX};
use crate::{
    Cursor, Entry, EntryKind, Epoch, Person, Presence, Problem, ProblemCode, RoomName, Seq, Timestamp,
};

/// What the driver, the network and the server know.
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
            machine: Subscription::with_hold(After::At(cursor(1, 0)), Hold::from_secs(hold)),
            now: Duration::ZERO,
            outstanding: None,
            epoch: 1,
            log: Vec::new(),
            polls: Vec::new(),
            answers: Vec::new(),
            granted: WAIT_DEFAULT,
        };
        world.say(&Event::Start, 1.0);
        world
    }

    fn head(&self) -> u64 {
        self.log.last().copied().unwrap_or(0)
    }

    fn position(&self) -> Cursor {
        let After::At(cursor) = self.machine.after() else { panic!("it began at a cursor") };
        cursor
    }

    pub(super) fn make(&mut self, what: Move, dice: f64) {
        match what {
            Move::Append { skip } => self.log.push(self.head() + 1 + skip),
            Move::Replace => (self.epoch, self.log) = (self.epoch + 1, Vec::new()),
            Move::Serve { poll, most, wait, presence } => {
                let after = self.polls[self.polls.len() - 1 - poll % self.polls.len()];
                let answer = self.serve(after, most, wait, presence);
                self.answers.push(answer);
            }
            Move::Arrive { answer } if !self.answers.is_empty() => {
                let answer = self.answers[self.answers.len() - 1 - answer % self.answers.len()].clone();
                self.say(&answer, dice);
            }
            Move::Repair => self.say(&Event::Repaired(cursor(self.epoch, self.head())), dice),
            Move::Say(event) => self.say(&event, dice),
            Move::Arrive { .. } => {}
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
        Event::Answered(Batch { entries, cursor: cursor(self.epoch, upto), wait, presence, unreadable: 0 })
    }

    /// Says it, and checks everything that one step can show.
    fn say(&mut self, event: &Event, dice: f64) {
        let (before, was_polling) = (self.position(), matches!(self.outstanding, Some(Action::Poll { .. })));
        let step = self.machine.step(event.clone(), self.now, Dice::new(dice));
        let after = self.position();

        let is_over = match (&self.outstanding, event) {
            (None | Some(_), Event::Start)
            | (Some(_), Event::Leapt)
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
            self.granted = Duration::from_secs(batch.wait).clamp(Hold::LEAST, WAIT_MAX);
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
                assert_eq!(shown, due, "not exactly what the cursor passed");
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
                assert!(wait.is_zero() || (Hold::LEAST..=WAIT_MAX).contains(wait));
                assert_eq!(*watchdog, *wait + WATCHDOG_SLACK);
                assert!(matches!(status, Status::Connecting | Status::Live | Status::Retrying), "{status:?}");
                self.polls.push(*after);
            }
            Action::Sleep(pause) => {
                assert!(*pause <= MAX_RETRY_AFTER.mul_f64(1.5), "{pause:?}");
                let (Status::Reconnecting { at, .. } | Status::Refused { at, .. }) = status else {
                    return assert_eq!(status, Status::Offline, "a sleep that is shown as something else");
                };
                assert_eq!(at, self.now + *pause);
            }
            Action::Repair => assert_eq!(status, Status::Repairing),
            Action::RenewSession => assert_ne!(status, Status::Live),
        }
    }

    /// From now on everything works. Answers how many steps it takes until all is seen and the line is live.
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
            self.say(&event, 1.0);
        }
        panic!("not live after 20 steps, but {:?}", self.machine.status());
    }
}
