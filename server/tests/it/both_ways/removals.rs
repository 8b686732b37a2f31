//! A room that is hidden from a person while their requests are held, in both ways of serving.

use std::collections::BTreeSet;
use std::sync::Arc;

use holdline_server::hub::HubConfig;
use holdline_server::{Readers, ServeConfig};
use holdline_shared::{Batch, Person, PersonId, ProblemCode, RoomList, RoomName, RoomSelection};
use parking_lot::RwLock;
use tokio::task::JoinHandle;

use super::{Pair, Way};
use crate::support::{Client, Reply, texts, until, within};

/// The people who may read the room `tea`. Everybody may read the others.
#[derive(Debug, Default)]
struct TeaReaders(RwLock<BTreeSet<PersonId>>);

impl Readers for TeaReaders {
    fn may_read(&self, reader: Option<&PersonId>, room: &RoomName) -> bool {
        *room != tea() || !self.hides_rooms_from(reader)
    }

    fn hides_rooms_from(&self, reader: Option<&PersonId>) -> bool {
        reader.is_none_or(|id| !self.0.read().contains(id))
    }
}

impl TeaReaders {
    fn add(&self, person: &Person) {
        self.0.write().insert(person.id.clone());
    }

    /// Hides the room from the person, and lets held polls notice.
    fn remove(&self, person: &Person, pair: &Pair) {
        self.0.write().remove(&person.id);
        pair.hub.scopes_changed(&RoomSelection::Named(vec![tea()]));
    }
}

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

async fn start() -> (Pair, Arc<TeaReaders>) {
    let readers = Arc::new(TeaReaders::default());
    let mut serve = ServeConfig::default();
    serve.http.readers = Some(readers.clone());
    (Pair::with(HubConfig::default(), serve).await, readers)
}

/// A new person who may read the room.
async fn reader(way: &Way, readers: &TeaReaders) -> Client {
    let mut bo = way.visitor();
    bo.enters("Bo").await;
    readers.add(bo.person());
    bo
}

/// Sends a poll that is held from the present on.
async fn hold(pair: &Pair, client: &Client, query: &str) -> JoinHandle<Reply> {
    let before = pair.hub.held();
    let (client, query) = (client.clone(), format!("{query}&wait=60&after={}", pair.cursor(pair.hub.head())));
    let poll = tokio::spawn(async move { client.poll(&query).await });
    until("the poll is held", || pair.hub.held() > before).await;
    poll
}

#[tokio::test]
async fn held_poll_of_a_hidden_room_ends_as_if_the_room_never_was() {
    let (pair, readers) = start().await;
    for way in [&pair.loops, &pair.plain] {
        let bo = reader(way, &readers).await;
        let mut held = Vec::new();
        for query in ["room=tea", "room=lobby&room=tea", "room=tea&here=tea&presence=0123456789abcdef"] {
            if query.contains("here") {
                // The tag of the presence that a poll without a wait is told, so that the next one is held.
                let batch = bo.polls("room=tea&here=tea&wait=0").await;
                let query = format!("room=tea&here=tea&presence={}", batch.presence.unwrap().tag);
                held.push(hold(&pair, &bo, &query).await);
            } else {
                held.push(hold(&pair, &bo, query).await);
            }
        }
        readers.remove(bo.person(), &pair);
        pair.says("tea", "after the removal").await;
        let never = bo.poll("room=never").await;
        for poll in held {
            let ended = within("the end of the poll", poll).await.unwrap();
            assert_eq!(ended.status, 404, "{}", way.name);
            assert_eq!(ended.text(), never.text().replace("never", "tea"), "{}", way.name);
        }
        for refused in [
            bo.poll("room=tea").await,
            bo.get("/api/v1/rooms/tea/messages").await,
            bo.get("/api/v1/rooms/tea/messages/4").await,
        ] {
            assert_eq!(refused.problem(), ProblemCode::UnknownRoom);
        }
        let listed: RoomList = bo.get("/api/v1/rooms").await.expect(200).json();
        assert!(listed.rooms.iter().all(|room| room.name != tea()));
        let batch = bo.polls("room=*&after=start&wait=0").await;
        assert!(batch.entries.iter().all(|entry| entry.room != tea()));
        let lobby = bo.polls("room=lobby&here=lobby&here=tea&wait=0").await;
        assert!(!lobby.presence.unwrap().rooms.contains_key(&tea()));
    }
}

#[tokio::test]
async fn held_poll_of_all_rooms_goes_on_without_a_hidden_one() {
    let (pair, readers) = start().await;
    for way in [&pair.loops, &pair.plain] {
        let bo = reader(way, &readers).await;
        let poll = hold(&pair, &bo, "room=*").await;
        readers.remove(bo.person(), &pair);
        pair.says("tea", "hidden").await;
        pair.says("lobby", "shown").await;
        let batch: Batch = within("the batch", poll).await.unwrap().expect(200).json();
        assert_eq!(texts(&batch.entries), ["shown"], "{}", way.name);
    }
}

#[tokio::test]
async fn event_stream_of_a_hidden_room_ends() {
    let (pair, readers) = start().await;
    for way in [&pair.loops, &pair.plain] {
        let bo = reader(way, &readers).await;
        let request = bo.request(reqwest::Method::GET, "/api/v1/events?room=tea");
        let mut stream = within("the stream", request.send()).await.unwrap();
        until("it is held", || pair.hub.held() > 0).await;
        readers.remove(bo.person(), &pair);
        pair.says("tea", "after the removal").await;
        let mut said = Vec::new();
        while let Some(chunk) = within("the end of the stream", stream.chunk()).await.unwrap() {
            said.extend_from_slice(&chunk);
        }
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("event: problem") && said.contains("unknown_room"), "{said}");
        assert!(!said.contains("after the removal"), "{said}");
    }
}

#[tokio::test]
async fn classic_route_waits_for_a_hidden_room_as_for_one_that_is_not_there() {
    let (pair, readers) = start().await;
    for way in [&pair.loops, &pair.plain] {
        let bo = reader(way, &readers).await;
        let client = bo.clone();
        let waits = tokio::spawn(async move { client.get("/subscribe?room=tea&wait=2").await });
        until("it is held", || pair.hub.held() > 0).await;
        readers.remove(bo.person(), &pair);
        pair.says("tea", "after the removal").await;
        let ended = within("the end of the wait", waits).await.unwrap();
        assert_eq!((ended.status, ended.text()), (200, ""), "{}", way.name);
        assert_eq!(bo.get("/subscribe?room=never&wait=0").await.text(), "");
    }
}
