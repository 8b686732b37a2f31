//! What the polls of an event loop go through, by chance: they begin, wait, are woken, pause, run out of time or go away, in
//! any order, and everyone gets everything once, in order. The seeds are fixed; a failure names its own.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use holdline_shared::limits::{BATCH_ENTRIES, ROOMS_LISTED};
use holdline_shared::{Batch, MessageText, Person, RoomName, RoomSelection, Seq};
use tokio::time::{Instant, sleep_until};

use super::{Begun, Ended, HeldId, HeldPolls, Hub, HubConfig, Question};
use crate::log::{Draft, DraftKind, MemoryLog, Outcome};

/// A sequence of numbers that can be repeated (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

struct Client {
    rooms: RoomSelection,
    person: Option<Person>,
    after: Seq,
    held: Option<HeldId>,
    seen: Vec<u64>,
}

impl Client {
    fn hears(&self, room: &RoomName) -> bool {
        match &self.rooms {
            RoomSelection::All => true,
            RoomSelection::Named(names) => names.contains(room),
        }
    }

    fn take(&mut self, hub: &Hub, ended: Ended<usize>) {
        let answer = hub.conclude(ended).1.unwrap();
        let batch: Batch = serde_json::from_slice(&answer.body).unwrap();
        assert!(batch.cursor.seq >= self.after, "backwards");
        self.after = batch.cursor.seq;
        self.seen.extend(batch.entries.iter().map(|entry| entry.seq.0));
        self.held = None;
    }
}

fn names(rooms: &[&str]) -> Vec<RoomName> {
    rooms.iter().map(|room| room.parse().unwrap()).collect()
}

async fn publish(hub: &Hub, room: &RoomName) -> Seq {
    let draft = Draft::say(Person::stdin(), room.clone(), "hello".parse().unwrap());
    match hub.publish(draft).await {
        Ok(Outcome::Appended(entry)) => entry.seq,
        other => panic!("{other:?}"),
    }
}

fn clients(hub: &Hub) -> Vec<Client> {
    let selections = [
        RoomSelection::Named(names(&["a"])),
        RoomSelection::Named(names(&["b"])),
        RoomSelection::Named(names(&["a", "b"])),
        RoomSelection::All,
    ];
    let visitor = |number: usize| (number % 5 == 4).then(Person::anonymous);
    let client = |number: usize| Client {
        rooms: selections[number % selections.len()].clone(),
        person: visitor(number),
        after: hub.head(),
        held: None,
        seen: Vec::new(),
    };
    (0..24).map(client).collect()
}

fn begin(hub: &Arc<Hub>, held: &mut HeldPolls<usize>, clients: &mut [Client], key: usize, may_wait: bool) {
    let client = &mut clients[key];
    if client.held.is_some() {
        return;
    }
    let visit = client.person.as_ref().map(|person| hub.visit(person, names(&["a"]), None));
    let question = Question { rooms: &client.rooms, after: client.after, visit, may_wait };
    match held.begin(key, question, Instant::now()) {
        Begun::Held(id) => client.held = Some(id),
        Begun::Ended(ended) => client.take(hub, ended),
        Begun::UnknownRoom => panic!("it is there"),
    }
}

fn go_through(hub: &Hub, held: &mut HeldPolls<usize>, clients: &mut [Client], is_slow: bool) {
    held.go_through(Instant::now(), |ended| {
        if is_slow {
            // So that a pause follows.
            std::thread::sleep(Duration::from_micros(300));
        }
        clients[ended.key].take(hub, ended);
    });
}

#[tokio::test]
async fn who_is_held_back_is_answered_after_the_pause() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let lobby = RoomName::lobby();
    let rooms = RoomSelection::Named(vec![lobby.clone()]);
    let mut held = HeldPolls::new(hub.clone(), Waker::noop().clone());
    let mut client = Client { rooms, person: None, after: hub.head(), held: None, seen: Vec::new() };
    let now = Instant::now();
    let rooms = client.rooms.clone();
    let question =
        |client: &Client| Question { rooms: &rooms, after: client.after, visit: None, may_wait: true };
    assert!(matches!(held.begin(0, question(&client), now), Begun::Held(_)));
    for _ in 0..=BATCH_ENTRIES {
        publish(&hub, &lobby).await;
    }
    held.go_through(now, |ended| {
        std::thread::sleep(Duration::from_millis(5));
        client.take(&hub, ended);
    });
    assert_eq!(client.seen.len(), BATCH_ENTRIES, "a batch is full");
    // There is one more, which nobody will ring for again.
    assert!(matches!(held.begin(0, question(&client), now), Begun::Held(_)), "in the pause");
    held.go_through(now, |_| panic!("the pause is not over"));
    let end = held.next_pass().unwrap();
    held.go_through(end, |ended| client.take(&hub, ended));
    assert_eq!(client.seen.len(), BATCH_ENTRIES + 1);
    // Who was not in that round does not wait for its pause.
    client.after = Seq::START;
    assert!(matches!(held.begin(0, question(&client), now), Begun::Ended(_)), "behind the others");
}

#[tokio::test]
async fn whatever_happens_everyone_gets_everything_once() {
    for seed in 0..40 {
        let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
        let mut dice = Dice(seed);
        let rooms = names(&["a", "b"]);
        for room in &rooms {
            publish(&hub, room).await;
        }
        let mut clients = clients(&hub);
        let mut held = HeldPolls::new(hub.clone(), Waker::noop().clone());
        let mut said: Vec<(RoomName, u64)> = Vec::new();
        for _ in 0..400 {
            let key = usize::try_from(dice.below(clients.len() as u64)).unwrap();
            match dice.below(20) {
                0 | 1 => {
                    let room = &rooms[usize::try_from(dice.below(2)).unwrap()];
                    said.push((room.clone(), publish(&hub, room).await.0));
                }
                2..=5 => {
                    let is_slow = dice.below(4) == 0;
                    go_through(&hub, &mut held, &mut clients, is_slow);
                }
                6 => {
                    if let Some(id) = clients[key].held.take() {
                        held.cancel(id);
                    }
                }
                7 => {
                    if let Some(ended) = clients[key].held.and_then(|id| held.expire(id)) {
                        clients[key].take(&hub, ended);
                    }
                }
                8 => begin(&hub, &mut held, &mut clients, key, false),
                _ => begin(&hub, &mut held, &mut clients, key, true),
            }
            let waiting = clients.iter().filter(|client| client.held.is_some()).count();
            assert_eq!(hub.held(), waiting, "seed {seed}");
        }
        // Everyone who waits is answered in the end without asking again, also those who were held back by a pause.
        go_through(&hub, &mut held, &mut clients, false);
        while let Some(end) = held.next_pass() {
            sleep_until(end).await;
            go_through(&hub, &mut held, &mut clients, false);
        }
        for (number, client) in clients.iter().enumerate() {
            let missing =
                said.iter().filter(|(room, seq)| client.hears(room) && *seq > client.after.0).count();
            assert!(client.held.is_none() || missing == 0, "seed {seed}: client {number} was not woken");
        }
        for key in 0..clients.len() {
            if let Some(id) = clients[key].held.take() {
                held.cancel(id);
            }
            begin(&hub, &mut held, &mut clients, key, false);
            let expected: Vec<_> =
                said.iter().filter(|(room, _)| clients[key].hears(room)).map(|(_, seq)| *seq).collect();
            assert_eq!(clients[key].seen, expected, "seed {seed}: client {key}");
        }
        assert_eq!(hub.held(), 0);
        drop(held);
        for room in &rooms {
            assert_eq!(hub.room(room).unwrap().waiting(), 0, "seed {seed}: a place was left behind");
        }
    }
}

#[tokio::test]
async fn deleting_looks_at_the_message_and_its_edits_alone() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let lobby = RoomName::lobby();
    let target = publish(&hub, &lobby).await;
    let change = async |kind| {
        let draft = Draft { author: Person::stdin(), room: lobby.clone(), kind };
        let Ok(Outcome::Appended(entry)) = hub.publish(draft).await else { panic!() };
        entry.seq
    };
    let edit = |text: &str| DraftKind::Edit { target, text: text.parse().unwrap() };
    let mut edits = Vec::new();
    for n in 0..3 {
        edits.push(change(edit(&format!("secret {n}"))).await);
        for _ in 0..100 {
            publish(&hub, &lobby).await;
        }
    }
    let room = hub.room(&lobby).unwrap();
    let found: Vec<Seq> = room.message_and_edits(target).iter().map(|entry| entry.seq).collect();
    assert_eq!(found, [&[target][..], &edits[..]].concat(), "four of three hundred");
    change(DraftKind::Delete { target }).await;
    let texts: Vec<Option<MessageText>> =
        room.message_and_edits(target).iter().map(|entry| entry.message_text().cloned()).collect();
    assert_eq!(texts, [None, None, None, None]);
    let rooms = RoomSelection::Named(vec![lobby.clone()]);
    let answer = hub.poll(&rooms, holdline_shared::After::Start, Duration::ZERO, None).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
}

#[tokio::test]
async fn edits_leave_the_index_with_their_entries() {
    let config = HubConfig { recent_bytes: 4_000, ..HubConfig::default() };
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), config).await.unwrap();
    let lobby = RoomName::lobby();
    let target = publish(&hub, &lobby).await;
    for n in 0..100 {
        let kind = DraftKind::Edit { target, text: format!("edit {n}").parse().unwrap() };
        hub.publish(Draft { author: Person::stdin(), room: lobby.clone(), kind }).await.unwrap();
    }
    let room = hub.room(&lobby).unwrap();
    let (recent, indexed) = (room.message_and_edits(target).len(), room.edits_indexed());
    assert_eq!(recent, indexed, "the message itself is not recent any more");
    assert!((1..50).contains(&recent), "{recent}");
}

#[tokio::test]
async fn rooms_are_listed_in_the_order_of_their_heads() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let rooms: Vec<RoomName> = (0..ROOMS_LISTED + 20).map(|n| format!("r{n}").parse().unwrap()).collect();
    for room in &rooms {
        publish(&hub, room).await;
    }
    let listed = || hub.rooms().rooms.into_iter().map(|room| room.name).collect::<Vec<_>>();
    let newest_first: Vec<_> = rooms.iter().rev().take(ROOMS_LISTED).cloned().collect();
    assert_eq!(listed(), newest_first);
    publish(&hub, &rooms[0]).await;
    publish(&hub, &rooms[7]).await;
    assert_eq!(listed()[..3], [rooms[7].clone(), rooms[0].clone(), newest_first[0].clone()]);
    hub.remove_rooms(&rooms[7..8], hub.head());
    assert_eq!((listed()[0].clone(), listed().len()), (rooms[0].clone(), ROOMS_LISTED), "the list fills up");
}
