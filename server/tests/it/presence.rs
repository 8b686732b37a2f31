//! Presence as part of polls. Time is paused where a grace period or a delay has to pass.

use std::sync::Arc;
use std::time::Duration;

use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::MemoryLog;
use holdline_server::{Scope, ServeConfig};
use holdline_shared::{After, Batch, Cursor, Here, Person, PersonId, Presence, RoomName, RoomSelection};

use crate::support::{Client, Server, short_grace, until};

/// A person who is present in the lobby, poll after poll.
struct PresentPerson {
    client: Client,
    cursor: Cursor,
    tag: String,
    here: Here,
    /// The number of answers with presence so far.
    updates: usize,
}

impl PresentPerson {
    async fn arrives(server: &Server, nickname: &str) -> Self {
        let client = server.person(nickname).await;
        let cursor = client.cursor().await;
        let mut guest = Self { client, cursor, tag: String::new(), here: Here::default(), updates: 0 };
        guest.polls(0).await;
        guest
    }

    async fn polls(&mut self, wait: u32) -> Batch {
        let tag = if self.tag.is_empty() { String::new() } else { format!("&presence={}", self.tag) };
        let query = format!("room=lobby&here=lobby&after={}&wait={wait}{tag}", self.cursor);
        let batch = self.client.polls(&query).await;
        self.cursor = batch.cursor;
        if let Some(Presence { tag, rooms }) = &batch.presence {
            self.tag.clone_from(tag);
            self.here = rooms[&RoomName::lobby()].clone();
            self.updates += 1;
        }
        batch
    }

    /// Polls until the people with these nicknames are present.
    async fn sees(&mut self, names: &[&str]) {
        for _ in 0..100 {
            let seen: Vec<_> = self.here.people.iter().map(|person| person.name.as_str()).collect();
            if seen == names {
                assert_eq!(self.here.count, names.len());
                return;
            }
            self.polls(5).await;
        }
        panic!("{names:?} are not seen, but {:?}", self.here);
    }
}

#[tokio::test(start_paused = true)]
async fn presence_shows_arrivals_renames_and_departures() {
    let server = Server::in_paused_time(short_grace()).await;
    let mut ada = PresentPerson::arrives(&server, "Ada").await;
    assert_eq!(
        (ada.updates, ada.here.count),
        (1, 1),
        "the first answer lists the people present, the caller included"
    );
    let mut bob = PresentPerson::arrives(&server, "Bob").await;
    let mut renamed = bob.client.clone();
    let held = tokio::spawn(async move {
        loop {
            bob.polls(100).await;
        }
    });
    ada.sees(&["Ada", "Bob"]).await;
    renamed.enters("Bobby").await;
    ada.sees(&["Ada", "Bobby"]).await;
    held.abort();
    let _ = held.await;
    ada.sees(&["Ada"]).await;
}

#[tokio::test(start_paused = true)]
async fn person_stays_present_between_two_polls() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    let mut ada = PresentPerson::arrives(&server, "Ada").await;
    let mut bob = PresentPerson::arrives(&server, "Bob").await;
    ada.sees(&["Ada", "Bob"]).await;
    bob.sees(&["Ada", "Bob"]).await;
    let updates = ada.updates;
    for _ in 0..10 {
        bob.polls(2).await;
        ada.polls(2).await;
    }
    assert_eq!(ada.updates, updates, "no change, so no presence was sent");
}

#[tokio::test(start_paused = true)]
async fn ended_session_leaves_presence_at_once() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    let mut ada = PresentPerson::arrives(&server, "Ada").await;
    let bob = PresentPerson::arrives(&server, "Bob").await;
    ada.sees(&["Ada", "Bob"]).await;
    let start = tokio::time::Instant::now();
    bob.client.delete("/api/v1/session").await.expect(204);
    ada.sees(&["Ada"]).await;
    assert!(start.elapsed() < server.hub.config().grace, "without the grace period: {:?}", start.elapsed());
}

#[tokio::test]
async fn refused_poll_shows_nobody() {
    let mut full = short_grace();
    full.max_held = 0;
    let server = Server::with(full, ServeConfig::default()).await;
    let ada = server.person("Ada").await;
    for (query, status) in [
        ("room=nope&here=lobby&wait=0", 404),
        ("room=lobby&here=lobby&wait=0&after=00000000000000ff-7", 410),
        ("room=lobby&here=lobby&wait=9", 503),
    ] {
        assert_eq!(ada.get(&format!("/api/v1/poll?{query}")).await.status, status, "{query}");
        assert_eq!(server.hub.rooms(&Scope::of_every_room()).rooms[0].here, 0, "{query}");
    }
    ada.polls("room=lobby&here=lobby&wait=0").await;
    assert_eq!(server.hub.rooms(&Scope::of_every_room()).rooms[0].here, 1);
}

#[tokio::test]
async fn older_session_takes_no_name_back_while_another_poll_is_held() {
    let server = Server::with(short_grace(), ServeConfig::default()).await;
    let mut ada = server.person("Ada").await;
    let older = ada.clone();
    ada.enters("Countess").await;
    let tag = ada.polls("room=lobby&here=lobby&wait=0").await.presence.unwrap().tag;
    let holder = ada.clone();
    let path = format!("room=lobby&here=lobby&presence={tag}&wait=60");
    let held = tokio::spawn(async move { holder.polls(&path).await });
    until("the poll is held", || server.hub.held() == 1).await;
    let shown = older.polls("room=lobby&here=lobby&wait=0").await.presence.unwrap();
    let names = |presence: &holdline_shared::Presence| {
        presence
            .rooms
            .values()
            .flat_map(|room| room.people.iter().map(|p| p.name.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&shown), ["Countess"]);
    held.abort();
}

#[tokio::test]
async fn disconnected_client_leaves_presence() {
    let server = Server::with(short_grace(), ServeConfig::default()).await;
    let ada = server.person("Ada").await;
    let tag = ada.polls("room=lobby&here=lobby&wait=0").await.presence.unwrap().tag;
    let mut connection = server.connect().await;
    let path = format!("/api/v1/poll?room=lobby&here=lobby&presence={tag}");
    let header = format!("Authorization: Bearer {}\r\n", ada.token());
    connection.send("GET", &path, &header, b"").await;
    until("the poll is held", || server.hub.held() == 1).await;
    drop(connection);
    until("the poll is forgotten", || server.hub.held() == 0).await;
    let list = || async { server.visitor().get("/api/v1/rooms").await.json::<holdline_shared::RoomList>() };
    while list().await.rooms[0].here > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn arrivals_in_a_large_room_are_coalesced() {
    const PEOPLE: usize = 300;
    let server = Server::in_paused_time(HubConfig::default()).await;
    let mut ada = PresentPerson::arrives(&server, "Ada").await;
    let mut others = Vec::new();
    for n in 0..PEOPLE {
        others.push(PresentPerson::arrives(&server, &format!("Guest {n}")).await);
        // Ada stays by polling now and then.
        if n % 50 == 0 {
            ada.polls(0).await;
        }
    }
    for _ in 0..100 {
        if ada.here.count == PEOPLE + 1 {
            break;
        }
        ada.polls(5).await;
    }
    assert_eq!((ada.here.count, ada.here.people.len()), (PEOPLE + 1, 100), "exact count, partial list");
    assert!(ada.updates < 30, "{} answers with presence for {PEOPLE} arrivals", ada.updates);
}

#[tokio::test]
async fn poll_without_here_has_no_presence() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let batch = ada.polls("room=lobby&wait=0").await;
    assert_eq!(batch.presence, None);
    let batch = ada.polls("room=lobby&here=lobby&here=nowhere&wait=0").await;
    let presence = batch.presence.unwrap();
    assert_eq!(presence.rooms.len(), 1, "a missing room has no presence");
}

#[tokio::test(start_paused = true)]
async fn returned_person_stays_present_when_an_older_poll_ends() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    let ada = server.person("Ada").await;
    let lobby = [RoomName::lobby()];
    let older = server.hub.enter(&Scope::of_every_room(), ada.person(), &lobby, None);
    server.hub.leave(&ada.person().id);
    let _newer = server.hub.enter(&Scope::of_every_room(), ada.person(), &lobby, None);
    drop(older);
    tokio::time::sleep(server.hub.config().grace * 3).await;
    let mut bob = PresentPerson::arrives(&server, "Bob").await;
    bob.sees(&["Ada", "Bob"]).await;
}

/// Waits, change by change, until the hub has published this many people in the lobby. Returns the time.
async fn until_counted(hub: &Hub, count: usize) -> Duration {
    let (scope, lobby, observer) = (Scope::of_every_room(), [RoomName::lobby()], Person::stdin());
    let rooms = RoomSelection::Named(lobby.to_vec());
    let (began, mut known) = (tokio::time::Instant::now(), None);
    loop {
        let lease = hub.enter(&scope, &observer, &lobby, known.as_ref());
        let answer =
            hub.poll(&scope, &rooms, After::Now, Duration::from_secs(60), Some(lease)).await.unwrap();
        if let Some(presence) = serde_json::from_slice::<Batch>(&answer.body).unwrap().presence {
            if presence.rooms[&lobby[0]].count == count + 1 {
                return began.elapsed();
            }
            known = Some(presence.tag);
        }
        assert!(began.elapsed() < Duration::from_secs(600), "never {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn simultaneous_arrivals_are_counted_soon() {
    const PEOPLE: usize = 2_000;
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let enter = |number| {
        let person =
            Person { id: PersonId::parse(&format!("guest{number}")).unwrap(), ..Person::anonymous() };
        hub.enter(&Scope::of_every_room(), &person, &[RoomName::lobby()], None)
    };
    let mut leases: Vec<_> = (0..PEOPLE).map(enter).collect();
    assert!(until_counted(&hub, PEOPLE).await < Duration::from_secs(4));
    leases.truncate(PEOPLE / 2);
    assert!(until_counted(&hub, PEOPLE / 2).await < hub.config().grace + Duration::from_secs(12));
}
