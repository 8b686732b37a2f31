//! The actions of a subscriber: polls, sleeps, repairs, and the history that joining needs.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use holdline_shared::{Action, Cursor, Event, Person, RoomName, RoomSelection, Seq};
use tokio::time::{sleep, timeout};

use super::super::requests::{self, Page, PollRequest};
use super::super::world::World;

/// The result of an action.
pub(super) enum ActionResult {
    Event(Event),
    Repaired(Vec<Page>, Cursor),
}

/// Sends the requests of one subscriber.
pub(super) struct Client {
    world: Rc<World>,
    number: usize,
    /// Whether it polls `room=*` from the beginning of the log.
    pub(super) is_all: bool,
    person: Option<Person>,
    requests: usize,
}

impl Client {
    pub(super) fn new(world: Rc<World>, number: usize, is_all: bool, person: Option<Person>) -> Self {
        Self { world, number, is_all, person, requests: 0 }
    }

    /// Starts an action of the machine for these rooms.
    pub(super) fn perform(
        &mut self,
        action: Action,
        rooms: Vec<RoomName>,
        last_answer: Option<Event>,
    ) -> LocalBoxFuture<'static, ActionResult> {
        match action {
            Action::Sleep(pause) => sleep(pause).map(|()| ActionResult::Event(Event::Woke)).boxed_local(),
            Action::Poll { after, wait, watchdog, presence, .. } => {
                let person = self.person.clone().filter(|_| rooms.contains(&RoomName::lobby()));
                let here = person.map(|person| (person, presence));
                let rooms = if self.is_all { RoomSelection::All } else { RoomSelection::Named(rooms) };
                let (world, client, mut rng) = self.new_request();
                // A cache in the path that ignores `Cache-Control`.
                let stale = last_answer.filter(|_| rng.u8(..) < world.network.fault_percent.get() / 8);
                let poll = PollRequest { rooms, after, wait, here };
                async move {
                    if let Some(stale) = stale {
                        return ActionResult::Event(stale);
                    }
                    let polling = requests::poll(&world, client, &mut rng, &poll);
                    ActionResult::Event(timeout(watchdog, polling).await.unwrap_or(Event::TimedOut))
                }
                .boxed_local()
            }
            Action::Repair => {
                self.world.records[self.number].borrow_mut().is_joining = true;
                let reading = self.read_all_history(rooms);
                async move {
                    let limit = Duration::from_secs(30);
                    timeout(limit, reading).await.unwrap_or(ActionResult::Event(Event::TimedOut))
                }
                .boxed_local()
            }
            Action::RenewSession => async { ActionResult::Event(Event::Renewed) }.boxed_local(),
        }
    }

    /// Reads the history of all rooms; returns the earliest cursor of its pages.
    pub(super) fn read_all_history(&mut self, rooms: Vec<RoomName>) -> LocalBoxFuture<'static, ActionResult> {
        let (world, client, mut rng) = self.new_request();
        let is_all = self.is_all;
        async move {
            let mut pages: Vec<Page> = Vec::new();
            if is_all {
                return match requests::now(&world, client, &mut rng).await {
                    Ok(now) => ActionResult::Repaired(pages, Cursor { seq: Seq::START, ..now }),
                    Err(event) => ActionResult::Event(event),
                };
            }
            for room in rooms {
                match requests::read(&world, client, &mut rng, &room).await {
                    Ok(page) => pages.push(page),
                    Err(event) => return ActionResult::Event(event),
                }
            }
            match pages.iter().map(|page| page.cursor).min_by_key(|cursor| cursor.seq) {
                Some(first) if pages.iter().all(|page| page.cursor.epoch == first.epoch) => {
                    ActionResult::Repaired(pages, first)
                }
                _ => ActionResult::Event(Event::Failed { why: "replaced meanwhile".to_owned() }),
            }
        }
        .boxed_local()
    }

    /// Reads the history of a room that is being joined, until it succeeds.
    pub(super) fn read_for_join(&mut self, room: RoomName, pause: Duration) -> LocalBoxFuture<'static, Page> {
        let (world, client, mut rng) = self.new_request();
        async move {
            sleep(pause).await;
            loop {
                let read = requests::read(&world, client, &mut rng, &room);
                if let Ok(Ok(page)) = timeout(Duration::from_secs(20), read).await {
                    return page;
                }
                sleep(Duration::from_millis(rng.u64(100..2000))).await;
            }
        }
        .boxed_local()
    }

    fn new_request(&mut self) -> (Rc<World>, usize, Rng) {
        self.requests += 1;
        let rng = self.world.rng("request", self.number * 1_000_000 + self.requests);
        (self.world.clone(), self.world.plan.publishers + self.number, rng)
    }
}
