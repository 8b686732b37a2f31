//! What the machine says is done: polls, sleeps, repairs; and the history that joining takes.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use holdline_shared::{Action, Cursor, Event, RoomName, RoomSelection, Seq};
use tokio::time::{sleep, timeout};

use super::super::history::{self, Page, Question};
use super::super::world::World;
use super::{Came, Subscriber};

impl Subscriber {
    pub(super) fn begin(&mut self, action: Action) -> LocalBoxFuture<'static, Came> {
        let (rooms, person) = (self.rooms.clone(), self.person.clone());
        match action {
            Action::Sleep(pause) => sleep(pause).map(|()| Came::Event(Event::Woke)).boxed_local(),
            Action::Poll { after, wait, watchdog, presence } => {
                let rooms = if self.is_all { RoomSelection::All } else { RoomSelection::Named(rooms) };
                let here = person.filter(|_| self.rooms.contains(&RoomName::lobby())).map(|p| (p, presence));
                let (world, client, mut rng) = self.request();
                // A cache on the way that takes no notice of what it is told.
                let stale = self.last_answer.clone().filter(|_| rng.u8(..) < world.network.weather.get() / 8);
                let question = Question { rooms, after, wait, here };
                async move {
                    if let Some(stale) = stale {
                        return Came::Event(stale);
                    }
                    let polling = history::poll(&world, client, &mut rng, &question);
                    Came::Event(timeout(watchdog, polling).await.unwrap_or(Event::TimedOut))
                }
                .boxed_local()
            }
            Action::Repair => {
                self.world.records[self.number].borrow_mut().is_joining = true;
                let gather = self.gather();
                async move {
                    let patience = Duration::from_secs(30);
                    timeout(patience, gather).await.unwrap_or(Came::Event(Event::TimedOut))
                }
                .boxed_local()
            }
            Action::RenewSession => async { Came::Event(Event::Renewed) }.boxed_local(),
        }
    }

    /// All history, and the earliest cursor at which any of it was read.
    pub(super) fn gather(&mut self) -> LocalBoxFuture<'static, Came> {
        let (world, client, mut rng) = self.request();
        let (rooms, is_all) = (self.rooms.clone(), self.is_all);
        async move {
            let mut pages: Vec<Page> = Vec::new();
            if is_all {
                return match history::now(&world, client, &mut rng).await {
                    Ok(now) => Came::Repaired(pages, Cursor { seq: Seq::START, ..now }),
                    Err(event) => Came::Event(event),
                };
            }
            for room in rooms {
                match history::read(&world, client, &mut rng, &room).await {
                    Ok(page) => pages.push(page),
                    Err(event) => return Came::Event(event),
                }
            }
            match pages.iter().map(|page| page.cursor).min_by_key(|cursor| cursor.seq) {
                Some(first) if pages.iter().all(|page| page.cursor.epoch == first.epoch) => {
                    Came::Repaired(pages, first)
                }
                _ => Came::Event(Event::Failed { why: "replaced meanwhile".to_owned() }),
            }
        }
        .boxed_local()
    }

    /// Reads the history of a room that is being joined, for as long as it takes.
    pub(super) fn read_for_join(&mut self, room: RoomName, pause: Duration) {
        let (world, client, mut rng) = self.request();
        self.join = async move {
            sleep(pause).await;
            loop {
                let read = history::read(&world, client, &mut rng, &room);
                if let Ok(Ok(page)) = timeout(Duration::from_secs(20), read).await {
                    return page;
                }
                sleep(Duration::from_millis(rng.u64(100..2000))).await;
            }
        }
        .boxed_local();
    }

    fn request(&mut self) -> (Rc<World>, usize, Rng) {
        self.requests += 1;
        let rng = self.world.rng("request", self.number * 1_000_000 + self.requests);
        (self.world.clone(), self.world.plan.publishers + self.number, rng)
    }
}
