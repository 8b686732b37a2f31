//! A simulated subscriber: the real machine, driven as the browser and `holdline tail` drive it: one outstanding
//! action, joins by history and poll, changes of rooms during a request, reloads, suspends.

mod client;

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

use super::chaos;
use super::mutation::Mutation;
use super::records::Segment;
use super::requests::Page;
use super::world::World;
use client::{ActionResult, Client};

struct Subscriber {
    world: Rc<World>,
    number: usize,
    rng: Rng,
    client: Client,
    rooms: Vec<RoomName>,
    machine: Subscription,
    /// The amount by which suspends have moved the clock forward.
    clock_offset: Duration,
    outstanding: LocalBoxFuture<'static, ActionResult>,
    /// A room that is being joined, and its entries that polls delivered before its history.
    joining: Option<(RoomName, Vec<Entry>)>,
    join: LocalBoxFuture<'static, Page>,
    last_answer: Option<Event>,
}

/// Runs a subscriber until aborted.
pub(super) async fn run(world: Rc<World>, number: usize) {
    let mut rng = world.rng("subscriber", number);
    let is_all = rng.u8(0..5) == 0;
    let person = match (format!("s{number}").parse(), format!("S{number}").parse()) {
        (Ok(id), Ok(name)) if !is_all && rng.bool() => Some(Person { id, name }),
        _ => None,
    };
    let mut subscriber = Subscriber {
        number,
        client: Client::new(world.clone(), number, is_all, person),
        rooms: Vec::new(),
        machine: Subscription::new(After::Start),
        clock_offset: Duration::ZERO,
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
        let mut disturb = self.next_disturbance();
        loop {
            tokio::select! {
                biased;
                result = &mut self.outstanding => match result {
                    ActionResult::Event(event) => self.feed(event),
                    ActionResult::Repaired(pages, cursor) => {
                        self.begin_segments(pages, cursor);
                        self.feed(Event::Repaired(cursor));
                    }
                },
                page = &mut self.join => self.joined(page),
                () = sleep_until(disturb) => {
                    self.disturb().await;
                    disturb = self.next_disturbance();
                }
            }
        }
    }

    /// The time of the next disturbance.
    fn next_disturbance(&mut self) -> Instant {
        let pause = Duration::from_millis(self.rng.u64(500..15_000));
        let is_over = self.world.now() + pause > chaos::DURATION;
        Instant::now() + if is_over { Duration::from_secs(100_000) } else { pause }
    }

    async fn disturb(&mut self) {
        match self.rng.u8(0..12) {
            0 => self.feed(Event::Hurry),
            1 => self.feed(Event::Offline),
            2 => self.feed(Event::Online),
            3 => {
                self.clock_offset += Duration::from_secs(self.rng.u64(1..30_000));
                self.feed(Event::Suspended);
            }
            4 => {
                self.clock_offset += Duration::from_secs(self.rng.u64(1..30_000));
                self.feed(Event::Hurry);
            }
            5 => {
                // The program restarts and continues at its position.
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
            7 | 8 if self.rooms.len() > 1 && !self.client.is_all => {
                let room = self.rooms.swap_remove(self.rng.usize(0..self.rooms.len()));
                self.leave(Some(&room));
                self.feed(Event::Start);
            }
            _ if !self.client.is_all && self.joining.is_none() => {
                let room = self.world.plan.rooms[self.rng.usize(0..self.world.plan.rooms.len())].clone();
                if !self.rooms.contains(&room) {
                    self.begin_join(room);
                }
            }
            _ => {}
        }
    }

    /// Reads history and polls from its cursor.
    async fn enter(&mut self, hold: AdaptiveWait) {
        self.world.records[self.number].borrow_mut().is_joining = true;
        self.outstanding = pending().boxed_local();
        self.last_answer = None;
        let first = self.rng.usize(0..self.world.plan.rooms.len() - 1);
        self.rooms = vec![self.world.plan.rooms[first].clone()];
        let (pages, cursor) = loop {
            let reading = self.client.read_all_history(self.rooms.clone());
            // A request without a response is cancelled.
            if let Ok(ActionResult::Repaired(pages, cursor)) = timeout(Duration::from_secs(20), reading).await
            {
                break (pages, cursor);
            }
            sleep(Duration::from_millis(self.rng.u64(100..2000))).await;
        };
        self.begin_segments(pages, cursor);
        self.machine = Subscription::with_wait(After::At(cursor), hold);
        self.feed(Event::Start);
    }

    /// Joins a room. Polls it first and then reads its history, so that no entry is missed in between.
    fn begin_join(&mut self, room: RoomName) {
        self.trace(format_args!("joins {room}"));
        self.world.records[self.number].borrow_mut().is_joining = true;
        self.join = self.client.read_for_join(room.clone(), Duration::ZERO);
        self.joining = Some((room.clone(), Vec::new()));
        if self.world.mutation != Some(Mutation::HistoryBeforePoll) {
            self.rooms.push(room);
            self.feed(Event::Start);
        }
    }

    fn joined(&mut self, page: Page) {
        self.join = pending().boxed_local();
        if !matches!(self.machine.after(), After::At(now) if now.epoch == page.cursor.epoch) {
            // The log was replaced in between: read again. The outstanding poll has to notice this by itself.
            self.join = self.client.read_for_join(page.room, Duration::from_millis(300));
            return;
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
        if self.world.mutation == Some(Mutation::HistoryBeforePoll) {
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

    /// Starts new segments with this history.
    fn begin_segments(&mut self, pages: Vec<Page>, cursor: Cursor) {
        self.leave(None);
        let mut record = self.world.records[self.number].borrow_mut();
        if self.client.is_all {
            record.segments.push(segment(None, cursor, Vec::new()));
        }
        for page in pages {
            record.segments.push(segment(Some(page.room), page.cursor, page.messages));
        }
    }

    fn feed(&mut self, mut event: Event) {
        let was_late = matches!(event, Event::Failed { .. } | Event::TimedOut);
        if self.world.mutation == Some(Mutation::ForgetCursor) && was_late {
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
        self.trace(EventSummary(&event));
        let now = self.world.now() + self.clock_offset;
        let step = self.machine.step(event, now, Jitter::new(self.rng.f64()));
        let shown = step.deliver.map(|batch| batch.entries).unwrap_or_default();
        let shown = if self.world.mutation == Some(Mutation::ShowAll) { raw } else { shown };
        self.show(shown);
        if let Next::Do(action) = step.next {
            let last_answer = self.last_answer.clone();
            self.outstanding = self.client.perform(action, self.rooms.clone(), last_answer);
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

    fn trace(&self, what: impl std::fmt::Display) {
        self.world.trace.add(format_args!("subscriber {}", self.number), what);
    }
}

fn segment(room: Option<RoomName>, cursor: Cursor, page: Vec<(Seq, holdline_shared::PublishKey)>) -> Segment {
    let incarnation = usize::try_from(cursor.epoch.0).unwrap_or_default().saturating_sub(1);
    Segment { incarnation, room, from: cursor.seq, page, polled: Vec::new(), upto: cursor.seq, is_open: true }
}

/// An event in a few words that are the same in every run of a seed.
struct EventSummary<'a>(&'a Event);

impl std::fmt::Display for EventSummary<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Event::Answered(batch) => write!(f, "answered {} up to {}", batch.entries.len(), batch.cursor),
            Event::Refused { status, .. } => write!(f, "refused {status}"),
            Event::Failed { why } => write!(f, "failed, {why}"),
            other => write!(f, "{other:?}"),
        }
    }
}
