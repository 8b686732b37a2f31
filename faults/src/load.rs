//! The load of a round: publishers and readers of every sort, all writing into one ledger. Ends when it is dropped.

mod classic;
mod events;
mod oldest;
mod plan;
mod publisher;
mod recent;
mod scribe;
mod subscriber;
mod tail;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{Event, RoomSelection};
use hyper::Method;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub(crate) use self::plan::Plan;
pub(crate) use self::publisher::Publisher;
pub(crate) use self::scribe::Scribe;
pub(crate) use self::subscriber::Subscriber;

use self::classic::ClassicReader;
use self::events::EventReader;
use self::recent::Recent;
use crate::checker::{Ledger, Wrong};
use crate::http::{Ask, Http};

/// How long a publisher may take for its last message once nothing is broken any more.
const LAST_WORD: Duration = Duration::from_secs(30);
/// The longest time for which a subscriber stays away.
const NAP: Duration = Duration::from_secs(12);

/// Publishers and readers at work.
pub(crate) struct Load {
    pub(crate) ledger: Arc<Ledger>,
    news: broadcast::Sender<Event>,
    stop: watch::Sender<bool>,
    publishers: JoinSet<()>,
    readers: JoinSet<()>,
}

impl Load {
    /// Makes the rooms at `server`, then starts everybody against `front`, which may be something before it.
    pub(crate) async fn start(
        plan: &Plan,
        program: &Path,
        server: SocketAddr,
        front: SocketAddr,
        rng: &mut Rng,
    ) -> Result<Self> {
        Self::start_in(Arc::default(), plan, program, server, front, rng).await
    }

    /// The same, written down in a ledger that others write into, too.
    pub(crate) async fn start_in(
        ledger: Arc<Ledger>,
        plan: &Plan,
        program: &Path,
        server: SocketAddr,
        front: SocketAddr,
        rng: &mut Rng,
    ) -> Result<Self> {
        make_rooms(plan, server).await?;
        let (news, _) = broadcast::channel(64);
        let (stop, _) = watch::channel(false);
        let (mut publishers, mut readers) = (JoinSet::new(), JoinSet::new());
        let http = Http::new(front);
        let subscriber = |name: String, rooms: &RoomSelection, rng: &mut Rng| {
            let (http, ledger, rooms) = (http.clone(), ledger.clone(), rooms.clone());
            Subscriber { http, ledger, rooms, rng: rng.fork(), name, longest_nap: None }
        };
        for (i, rooms) in plan.selections().into_iter().enumerate() {
            for n in 0..plan.crowd {
                let reader = subscriber(format!("subscriber {i}.{n}"), &rooms, rng);
                // Every fourth comes later.
                if n % 4 == 3 {
                    readers.spawn(reader.join(plan.calm.clone(), news.subscribe()));
                } else {
                    readers.spawn(reader.run(news.subscribe()));
                }
            }
            for n in 0..plan.nappers {
                let mut reader = subscriber(format!("napping subscriber {i}.{n}"), &rooms, rng);
                reader.longest_nap = Some(NAP);
                readers.spawn(reader.run(news.subscribe()));
            }
        }
        for n in 0..plan.tails {
            let rooms =
                if n == 0 { RoomSelection::Named(vec![plan.calm.clone()]) } else { RoomSelection::All };
            readers.spawn(tail::start(program, front, rooms, ledger.clone(), format!("tail {n}"))?);
        }
        for n in 0..plan.others {
            let room = plan.calm.clone();
            let name = format!("classic {n}");
            let classic =
                ClassicReader { http: http.clone(), ledger: ledger.clone(), room, rng: rng.fork(), name };
            readers.spawn(classic.run());
            let (rooms, rng) = (RoomSelection::Named(vec![plan.calm.clone()]), rng.fork());
            let name = format!("events {n}");
            readers.spawn(EventReader { http: http.clone(), ledger: ledger.clone(), rooms, rng, name }.run());
        }
        let recent = Arc::<Recent>::default();
        let mut publish = |name: String, rooms, pace| {
            let (http, ledger, rng) = (http.clone(), ledger.clone(), rng.fork());
            let (recent, is_forgetful) = (recent.clone(), plan.is_forgetful);
            let publisher = Publisher { http, ledger, rooms, pace, rng, name, recent, is_forgetful };
            publishers.spawn(publisher.run(stop.subscribe()));
        };
        for n in 0..plan.publishers {
            publish(format!("publisher {n}"), plan.busy.clone(), plan.pace);
        }
        publish("calm publisher".to_owned(), vec![plan.calm.clone()], plan.pace * 10);
        publish("quiet publisher".to_owned(), vec![plan.quiet.clone()], Duration::from_secs(7));
        Ok(Self { ledger, news, stop, publishers, readers })
    }

    /// Ends everybody at once, in the middle of what they do, and waits until they have ended.
    pub(crate) async fn abort(mut self) {
        self.publishers.shutdown().await;
        self.readers.shutdown().await;
    }

    /// Tells every subscriber not to wait any longer.
    pub(crate) fn hurry(&self) {
        // Nobody listens only when there are no subscribers.
        let _ = self.news.send(Event::Hurry);
    }

    /// Lets every publisher finish what it is saying. Nothing must be broken any more.
    pub(crate) async fn end_publishing(&mut self) {
        self.stop.send_replace(true);
        let all = async { while self.publishers.join_next().await.is_some() {} };
        if timeout(LAST_WORD, all).await.is_err() {
            self.ledger
                .complain(Wrong::Unclear, "a publisher got no answer although nothing was broken any more");
            self.publishers.abort_all();
        }
    }
}

async fn make_rooms(plan: &Plan, server: SocketAddr) -> Result<()> {
    let http = Http::new(server);
    let reply = http.ask(Ask::send(Method::POST, "/api/v1/session", "{}"), LAST_WORD).await?;
    let session: holdline_shared::Session = serde_json::from_slice(&reply.body)?;
    for room in plan.rooms() {
        let path = format!("/api/v1/rooms/{}", room.as_str());
        let ask = Ask::send(Method::PUT, &path, "{}");
        let reply = http
            .ask(
                ask.header(
                    "authorization",
                    format!("Bearer {}", session.token.as_deref().unwrap_or_default()),
                ),
                LAST_WORD,
            )
            .await?;
        ensure!(matches!(reply.status, 200 | 201 | 204), "a room could not be made: {}", reply.words());
    }
    Ok(())
}
