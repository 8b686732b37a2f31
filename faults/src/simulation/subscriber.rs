//! Somebody who follows rooms with the real machine, driven as the browser and `holdline tail` drive it: one outstanding
//! action, joins by history and poll, rooms that change in flight, reloads, sleep.

mod act;

use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use holdline_shared::{
    AdaptiveWait, After, Cursor, Entry, Event, Jitter, Next, Person, RoomName, Seq, Subscription,
};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::CHAOS;
use super::history::Page;
use super::record::Segment;
use super::world::{Sabotage, World};

/// What an action came to.
enum Came {
    Event(Event),
    Repaired(Vec<Page>, Cursor),
}

struct Subscriber {
    world: Rc<World>,
    number: usize,
    rng: Rng,
    /// Polls `room=*` from the beginning of the log.
    is_all: bool,
    rooms: Vec<RoomName>,
    person: Option<Person>,
    machine: Subscription,
    /// How far the clock was put forward.
    slept: Duration,
    requests: usize,
    outstanding: LocalBoxFuture<'static, Came>,
    /// A room that was asked for, and what came from it before its history.
    joining: Option<(RoomName, Vec<Entry>)>,
    join: LocalBoxFuture<'static, Page>,
    last_answer: Option<Event>,
}

/// Follows for ever.
pub(super) async fn run(world: Rc<World>, number: usize) {
    let mut rng = world.rng("subscriber", number);
    let is_all = rng.u8(0..5) == 0;
    let person = match (format!("s{number}").parse(), format!("S{number}").parse()) {
        (Ok(id), Ok(name)) if !is_all && rng.bool() => Some(Person { id, name }),
        _ => None,
    };
    let mut subscriber = Subscriber {
        number,
        is_all,
        rooms: Vec::new(),
        person,
        machine: Subscription::new(After::Start),
        slept: Duration::ZERO,
        requests: 0,
        outstanding: pending().boxed_local(),
        joining: None,
        join: pending().boxed_local(),
        last_answer: None,
        rng,
        world,
    };
    subscriber.enter(AdaptiveWait::default()).await;
    subscriber.follow().await;
}

impl Subscriber {
    async fn follow(&mut self) {
        let mut nudge = self.next_nudge();
        loop {
            tokio::select! {
                biased;
                came = &mut self.outstanding => match came {
                    Came::Event(event) => self.feed(event),
                    Came::Repaired(pages, cursor) => {
                        self.begin_segments(pages, cursor);
                        self.feed(Event::Repaired(cursor));
                    }
                },
                page = &mut self.join => self.joined(page),
                () = sleep_until(nudge) => {
                    self.nudge().await;
                    nudge = self.next_nudge();
                }
            }
        }
    }

    /// When the next thing comes from outside.
    fn next_nudge(&mut self) -> Instant {
        let pause = Duration::from_millis(self.rng.u64(500..15_000));
        let is_over = self.world.now() + pause > CHAOS;
        Instant::now() + if is_over { Duration::from_secs(100_000) } else { pause }
    }

    async fn nudge(&mut self) {
        match self.rng.u8(0..12) {
            0 => self.feed(Event::Hurry),
            1 => self.feed(Event::Offline),
            2 => self.feed(Event::Online),
            3 => {
                self.slept += Duration::from_secs(self.rng.u64(1..30_000));
                self.feed(Event::Suspended);
            }
            4 => {
                self.slept += Duration::from_secs(self.rng.u64(1..30_000));
                self.feed(Event::Hurry);
            }
            5 => {
                // The program is started again and goes on where it was.
                self.machine =
                    Subscription::with_wait(self.machine.after(), self.machine.adaptive_wait().clone());
                self.world.records[self.number].borrow_mut().is_joining = self.joining.is_some();
                self.feed(Event::Start);
            }
            6 => {
                let hold = self.machine.adaptive_wait().clone();
                self.leave(None);
                self.enter(hold).await;
            }
            7 | 8 if self.rooms.len() > 1 && !self.is_all => {
                let room = self.rooms.swap_remove(self.rng.usize(0..self.rooms.len()));
                self.leave(Some(&room));
                self.feed(Event::Start);
            }
            _ if !self.is_all && self.joining.is_none() => {
                let room = self.world.plan.rooms[self.rng.usize(0..self.world.plan.rooms.len())].clone();
                if !self.rooms.contains(&room) {
                    self.begin_join(room);
                }
            }
            _ => {}
        }
    }

    /// Reads what there is, and polls from there.
    async fn enter(&mut self, hold: AdaptiveWait) {
        self.world.records[self.number].borrow_mut().is_joining = true;
        self.outstanding = pending().boxed_local();
        self.last_answer = None;
        let first = self.rng.usize(0..self.world.plan.rooms.len() - 1);
        self.rooms = vec![self.world.plan.rooms[first].clone()];
        let (pages, cursor) = loop {
            let gather = self.gather();
            // A request that hears nothing is given up.
            if let Ok(Came::Repaired(pages, cursor)) = timeout(Duration::from_secs(20), gather).await {
                break (pages, cursor);
            }
            sleep(Duration::from_millis(self.rng.u64(100..2000))).await;
        };
        self.begin_segments(pages, cursor);
        self.machine = Subscription::with_wait(After::At(cursor), hold);
        self.feed(Event::Start);
    }

    /// A room more. It is polled from now on, and then its history is read, so that nothing is between the two.
    fn begin_join(&mut self, room: RoomName) {
        self.say(format_args!("joins {room}"));
        self.world.records[self.number].borrow_mut().is_joining = true;
        self.read_for_join(room.clone(), Duration::ZERO);
        self.joining = Some((room.clone(), Vec::new()));
        if self.world.sabotage != Some(Sabotage::HistoryBeforePoll) {
            self.rooms.push(room);
            self.feed(Event::Start);
        }
    }

    fn joined(&mut self, page: Page) {
        self.join = pending().boxed_local();
        if !matches!(self.machine.after(), After::At(now) if now.epoch == page.cursor.epoch) {
            // The log was replaced in between; once more. The poll is left alone, it has to find out as well.
            return self.read_for_join(page.room, Duration::from_millis(300));
        }
        let Some((room, early)) = self.joining.take() else { return };
        if !self.rooms.contains(&room) {
            self.rooms.push(room);
        }
        let at = self.machine.after();
        let mut record = self.world.records[self.number].borrow_mut();
        record.segments.push(segment(Some(page.room), page.cursor, page.messages));
        record.show(&early);
        if let After::At(cursor) = at {
            record.reach(cursor);
        }
        record.is_joining = false;
        drop(record);
        if self.world.sabotage == Some(Sabotage::HistoryBeforePoll) {
            self.feed(Event::Start);
        }
    }

    fn leave(&mut self, room: Option<&RoomName>) {
        if room.is_none() || self.joining.as_ref().is_some_and(|(joining, _)| Some(joining) == room) {
            self.joining = None;
            self.join = pending().boxed_local();
            self.world.records[self.number].borrow_mut().is_joining = false;
        }
        self.world.records[self.number].borrow_mut().close(room);
    }

    /// From this history on, everything is another segment.
    fn begin_segments(&mut self, pages: Vec<Page>, cursor: Cursor) {
        self.leave(None);
        let mut record = self.world.records[self.number].borrow_mut();
        if self.is_all {
            record.segments.push(segment(None, cursor, Vec::new()));
        }
        for page in pages {
            record.segments.push(segment(Some(page.room), page.cursor, page.messages));
        }
    }

    fn feed(&mut self, mut event: Event) {
        let was_late = matches!(event, Event::Failed { .. } | Event::TimedOut);
        if self.world.sabotage == Some(Sabotage::ForgetCursor) && was_late {
            self.machine = Subscription::new(After::Now);
            event = Event::Start;
        }
        let raw = match &event {
            Event::Answered(batch) => {
                self.last_answer = Some(event.clone());
                batch.entries.clone()
            }
            _ => Vec::new(),
        };
        self.say(Short(&event));
        let now = self.world.now() + self.slept;
        let step = self.machine.step(event, now, Jitter::new(self.rng.f64()));
        let shown = step.deliver.map(|batch| batch.entries).unwrap_or_default();
        let shown = if self.world.sabotage == Some(Sabotage::ShowAll) { raw } else { shown };
        self.show(shown);
        if let Next::Do(action) = step.next {
            self.outstanding = self.begin(action);
        }
    }

    fn show(&mut self, mut entries: Vec<Entry>) {
        if let Some((room, early)) = &mut self.joining {
            let (of_it, others) = entries.into_iter().partition(|entry| entry.room == *room);
            entries = others;
            early.extend::<Vec<Entry>>(of_it);
        }
        let mut record = self.world.records[self.number].borrow_mut();
        record.show(&entries);
        if let After::At(cursor) = self.machine.after() {
            record.reach(cursor);
        }
    }

    fn say(&self, what: impl std::fmt::Display) {
        self.world.trace.say(format_args!("subscriber {}", self.number), what);
    }
}

fn segment(room: Option<RoomName>, cursor: Cursor, page: Vec<(Seq, holdline_shared::PublishKey)>) -> Segment {
    let life = usize::try_from(cursor.epoch.0).unwrap_or_default().saturating_sub(1);
    Segment { life, room, from: cursor.seq, page, polled: Vec::new(), upto: cursor.seq, is_open: true }
}

/// An event in a few words, the same in every run of a seed.
struct Short<'a>(&'a Event);

impl std::fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Event::Answered(batch) => write!(f, "answered {} up to {}", batch.entries.len(), batch.cursor),
            Event::Refused { status, .. } => write!(f, "refused {status}"),
            Event::Failed { why } => write!(f, "failed, {why}"),
            other => write!(f, "{other:?}"),
        }
    }
}
