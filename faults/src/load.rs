//! The load of a round: publishers and all kinds of readers, which record their observations in one ledger. Dropping
//! the load stops it.

mod classic;
mod events;
mod load_plan;
mod log_recorder;
mod oldest_entries;
mod publisher;
mod recent_messages;
mod subscriber;
mod tail;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use holdline_shared::{Event, RoomSelection};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub(crate) use self::load_plan::LoadPlan;
pub(crate) use self::log_recorder::LogRecorder;
pub(crate) use self::publisher::Publisher;
pub(crate) use self::subscriber::Subscriber;

use self::classic::ClassicReader;
use self::events::EventReader;
use self::recent_messages::RecentMessages;
use crate::checker::{Ledger, Violation};
use crate::door::Door;
use crate::http::HttpClient;
use crate::session::ApiSession;

/// The time limit for the publishers' last messages after all faults have ended.
const FINISH_LIMIT: Duration = Duration::from_secs(30);
/// The longest absence of a subscriber.
const LONGEST_ABSENCE: Duration = Duration::from_secs(12);

/// Running publishers and readers.
pub(crate) struct Load {
    pub(crate) ledger: Arc<Ledger>,
    events: broadcast::Sender<Event>,
    stop: watch::Sender<bool>,
    publishers: JoinSet<()>,
    readers: JoinSet<()>,
}

impl Load {
    /// Creates the rooms at `server`, then starts all clients against `front`, the address of the server or of a proxy
    /// before it.
    pub(crate) async fn start(
        plan: &LoadPlan,
        door: &Door,
        program: &Path,
        server: SocketAddr,
        front: SocketAddr,
        rng: &mut Rng,
    ) -> Result<Self> {
        Self::start_in(Arc::default(), plan, door, program, server, front, rng).await
    }

    /// Starts a load that shares its ledger with other readers.
    pub(crate) async fn start_in(
        ledger: Arc<Ledger>,
        plan: &LoadPlan,
        door: &Door,
        program: &Path,
        server: SocketAddr,
        front: SocketAddr,
        rng: &mut Rng,
    ) -> Result<Self> {
        let mut people = prepare(plan, door, server, rng).await?;
        let (events, _) = broadcast::channel(64);
        let (stop, _) = watch::channel(false);
        let (mut publishers, mut readers) = (JoinSet::new(), JoinSet::new());
        let http = HttpClient::new(front);
        let reader = |person: Option<ApiSession>| door.reader(&http, person.as_ref());
        let subscriber = |http: HttpClient, name: String, rooms: &RoomSelection, rng: &mut Rng| {
            let (ledger, rooms, owed, ended) =
                (ledger.clone(), rooms.clone(), rooms.clone(), stop.subscribe());
            Subscriber { http, ledger, rooms, owed, rng: rng.fork(), name, ended, longest_absence: None }
        };
        if let Some(outsider) = people.outsider {
            let name = "outsider".to_owned();
            let outsider = subscriber(reader(Some(outsider)), name, &RoomSelection::All, rng);
            readers.spawn(Subscriber { owed: plan.public(), ..outsider }.run(events.subscribe()));
        }
        for (i, rooms) in plan.selections().into_iter().enumerate() {
            for n in 0..plan.per_selection {
                let http = reader(people.readers.pop());
                let reader = subscriber(http, format!("subscriber {i}.{n}"), &rooms, rng);
                // Every fourth subscriber joins later.
                if n % 4 == 3 {
                    readers.spawn(reader.join(plan.calm.clone(), events.subscribe()));
                } else {
                    readers.spawn(reader.run(events.subscribe()));
                }
            }
            for n in 0..plan.absentees {
                let http = reader(people.readers.pop());
                let mut reader = subscriber(http, format!("absent subscriber {i}.{n}"), &rooms, rng);
                reader.longest_absence = Some(LONGEST_ABSENCE);
                readers.spawn(reader.run(events.subscribe()));
            }
        }
        for n in 0..plan.tails {
            let rooms =
                if n == 0 { RoomSelection::Named(vec![plan.calm.clone()]) } else { RoomSelection::All };
            let (token, name) = (door.token(), format!("tail {n}"));
            readers.spawn(tail::start(program, front, rooms, token, ledger.clone(), name)?);
        }
        for n in 0..plan.other_readers {
            let room = plan.calm.clone();
            let name = format!("classic {n}");
            let http = reader(people.readers.pop());
            let classic = ClassicReader { http, ledger: ledger.clone(), room, rng: rng.fork(), name };
            readers.spawn(classic.run());
            let (rooms, rng) = (RoomSelection::Named(vec![plan.calm.clone()]), rng.fork());
            let name = format!("events {n}");
            let http = reader(people.readers.pop());
            readers.spawn(EventReader { http, ledger: ledger.clone(), rooms, rng, name }.run());
        }
        let recent = Arc::<RecentMessages>::default();
        let mut publish = |name: String, rooms, pace| {
            let (http, ledger, rng) = (http.clone(), ledger.clone(), rng.fork());
            let (recent, has_retention) = (recent.clone(), plan.has_retention);
            let session = people.publishers.pop();
            let publisher =
                Publisher { http, ledger, rooms, pace, rng, name, session, recent, has_retention };
            publishers.spawn(publisher.run(stop.subscribe()));
        };
        for n in 0..plan.publishers {
            publish(format!("publisher {n}"), plan.busy.clone(), plan.pace);
        }
        publish("calm publisher".to_owned(), vec![plan.calm.clone()], plan.pace * 10);
        publish("quiet publisher".to_owned(), vec![plan.quiet.clone()], Duration::from_secs(7));
        Ok(Self { ledger, events, stop, publishers, readers })
    }

    /// Stops all clients in the middle of their work and waits until they have ended.
    pub(crate) async fn abort(mut self) {
        self.publishers.shutdown().await;
        self.readers.shutdown().await;
    }

    /// Tells every subscriber to retry now.
    pub(crate) fn retry_now(&self) {
        // Sending fails only if there are no subscribers.
        let _ = self.events.send(Event::Hurry);
    }

    /// Lets every publisher finish its current message. Call after all faults have ended.
    pub(crate) async fn end_publishing(&mut self) {
        self.stop.send_replace(true);
        let all = async { while self.publishers.join_next().await.is_some() {} };
        if timeout(FINISH_LIMIT, all).await.is_err() {
            self.ledger
                .report(Violation::Unclear, "a publisher got no answer although nothing was broken any more");
            self.publishers.abort_all();
        }
    }
}

/// The people of a load who sign in before it; none at an open door.
struct People {
    publishers: Vec<ApiSession>,
    readers: Vec<ApiSession>,
    /// A person who reads all rooms and is a member of none.
    outsider: Option<ApiSession>,
}

/// Makes the rooms, and lets everybody in who has to sign in. Not through a proxy that breaks things: a code that was used for
/// a lost answer is used.
async fn prepare(plan: &LoadPlan, door: &Door, server: SocketAddr, rng: &mut Rng) -> Result<People> {
    let http = HttpClient::new(server);
    // A log may have had such people before.
    let name = format!("{:06x}", rng.u32(..1 << 24));
    let maker = door.enter(&http, &format!("{name} load")).await?;
    for room in plan.rooms() {
        door.make_room(&http, &maker, room).await?;
    }
    let publishers = door.enter_all(&http, &format!("{name} publisher"), plan.publishers + 2).await?;
    let readers = door.enter_all(&http, &format!("{name} reader"), plan.readers()).await?;
    for room in plan.private() {
        door.make_private(&http, room, publishers.iter().chain(&readers)).await?;
    }
    Ok(People { publishers, readers, outsider: door.is_closed().then_some(maker) })
}
