//! A keeper of held polls in a random walk: polls begin, wait, are woken, pause, expire or are cancelled, in
//! any order, and every client gets every entry once, in order. The seeds are fixed; a failure names its
//! seed.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use holdline_shared::limits::BATCH_ENTRIES;
use holdline_shared::{Batch, Person, RoomName, RoomSelection, Seq};
use tokio::time::{Instant, sleep_until};

use super::{names, publish};
use crate::hub::{
    Admitted, Begin, Completed, HeldId, HeldPolls, Hub, LogReads, PollError, PollRequest, Reply,
};
use crate::log::MemoryLog;
use crate::scope::Scope;

/// A repeatable sequence of numbers (Knuth's MMIX generator).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u64) -> u64 {
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

    fn take(&mut self, hub: &Hub, completed: Completed<usize>) {
        let answer = hub.answers().answer(completed).1.unwrap();
        let batch: Batch = serde_json::from_slice(&answer.body).unwrap();
        assert!(batch.cursor.seq >= self.after, "backwards");
        self.after = batch.cursor.seq;
        self.seen.extend(batch.entries.iter().map(|entry| entry.seq.0));
        self.held = None;
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
    let presence =
        client.person.as_ref().map(|person| hub.enter(&Scope::of_every_room(), person, &names(&["a"]), None));
    let request =
        PollRequest { rooms: &client.rooms, admitted: admitted(hub, client.after, may_wait), presence };
    match held.begin(key, request, Instant::now()).unwrap() {
        Begin::Held(id) => client.held = Some(id),
        Begin::Completed(completed) => client.take(hub, completed),
    }
}

fn admitted(hub: &Hub, after: Seq, may_wait: bool) -> Admitted {
    let wait = if may_wait { Duration::from_secs(25) } else { Duration::ZERO };
    let scope = Scope::of_every_room();
    Admitted { scope, epoch: hub.log().epoch(), after, wait, is_shortened: false }
}

fn deliver(hub: &Hub, held: &mut HeldPolls<usize>, clients: &mut [Client], is_slow: bool) {
    held.deliver_ready(Instant::now(), |completed| {
        if is_slow {
            answer_slowly();
        }
        clients[completed.key].take(hub, completed);
    });
}

/// Makes the round so long that a pause follows.
fn answer_slowly() {
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1) {
        std::hint::spin_loop();
    }
}

#[tokio::test]
async fn deferred_poll_is_answered_after_pause() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let lobby = RoomName::lobby();
    let rooms = RoomSelection::Named(vec![lobby.clone()]);
    let mut held: HeldPolls<usize> = hub.held_polls(Waker::noop().clone());
    let mut client = Client { rooms, person: None, after: hub.head(), held: None, seen: Vec::new() };
    let now = Instant::now();
    let rooms = client.rooms.clone();
    let request = |client: &Client| PollRequest {
        rooms: &rooms,
        admitted: admitted(&hub, client.after, true),
        presence: None,
    };
    assert!(matches!(held.begin(0, request(&client), now), Ok(Begin::Held(_))));
    for _ in 0..=BATCH_ENTRIES {
        publish(&hub, &lobby).await;
    }
    held.deliver_ready(now, |completed| {
        answer_slowly();
        client.take(&hub, completed);
    });
    assert_eq!(client.seen.len(), BATCH_ENTRIES, "a batch is full");
    // One more poll begins in the pause, for which no further notification will come.
    assert!(matches!(held.begin(0, request(&client), now), Ok(Begin::Held(_))), "in the pause");
    held.deliver_ready(now, |_| panic!("the pause is not over"));
    let end = held.next_pass().unwrap();
    held.deliver_ready(end, |completed| client.take(&hub, completed));
    assert_eq!(client.seen.len(), BATCH_ENTRIES + 1);
    // A poll that was not in the last round does not wait for its pause.
    client.after = Seq::START;
    assert!(matches!(held.begin(0, request(&client), now), Ok(Begin::Completed(_))), "behind the others");
}

#[tokio::test]
async fn deferred_poll_is_told_of_entries_that_were_pruned_meanwhile() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let lobby = RoomName::lobby();
    let rooms = RoomSelection::Named(vec![lobby.clone()]);
    let mut held: HeldPolls<usize> = hub.held_polls(Waker::noop().clone());
    let mut after = hub.head();
    let request =
        |after| PollRequest { rooms: &rooms, admitted: admitted(&hub, after, true), presence: None };
    let now = Instant::now();
    assert!(matches!(held.begin(0, request(after), now), Ok(Begin::Held(_))));
    after = publish(&hub, &lobby).await;
    held.deliver_ready(now, |_| std::thread::sleep(Duration::from_millis(5)));
    for _ in 0..2 {
        publish(&hub, &lobby).await;
    }
    assert!(matches!(held.begin(0, request(after), now), Ok(Begin::Held(_))), "in the pause");
    while hub.log().prune("1/room".parse().unwrap()).await.unwrap() {}
    let (mut replies, mut reads) = (Vec::new(), LogReads::default());
    held.deliver_ready(now, |_| panic!("the pause is not over"));
    held.deliver_ready(held.next_pass().unwrap(), |completed| {
        replies.push(reads.reply(hub.answers(), completed).1);
    });
    let Some(Reply::Reading(read)) = replies.pop() else { panic!("the log has to be read") };
    assert!(matches!(read.await, Err(PollError::Gap { .. })));
}

#[tokio::test]
async fn random_walk_delivers_everything_once_in_order() {
    for seed in 0..40 {
        let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
        let mut dice = Random(seed);
        let rooms = names(&["a", "b"]);
        for room in &rooms {
            publish(&hub, room).await;
        }
        let mut clients = clients(&hub);
        let mut held = hub.held_polls(Waker::noop().clone());
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
                    deliver(&hub, &mut held, &mut clients, is_slow);
                }
                6 => {
                    if let Some(id) = clients[key].held.take() {
                        held.cancel(id);
                    }
                }
                7 => {
                    if let Some(completed) = clients[key].held.and_then(|id| held.expire(id)) {
                        clients[key].take(&hub, completed);
                    }
                }
                8 => begin(&hub, &mut held, &mut clients, key, false),
                _ => begin(&hub, &mut held, &mut clients, key, true),
            }
            let waiting = clients.iter().filter(|client| client.held.is_some()).count();
            assert_eq!(hub.held(), waiting, "seed {seed}");
        }
        // Every held poll is answered in the end without asking again, including those that a pause deferred.
        deliver(&hub, &mut held, &mut clients, false);
        while let Some(end) = held.next_pass() {
            sleep_until(end).await;
            deliver(&hub, &mut held, &mut clients, false);
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
            assert_eq!(
                hub.state.rooms.find(room).unwrap().feed().watchers(),
                0,
                "seed {seed}: a list was left behind"
            );
        }
    }
}

#[tokio::test]
async fn poll_of_removed_room_keeps_its_cursor() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let room = &names(&["a"])[0];
    let after = publish(&hub, room).await;
    let rooms = RoomSelection::Named(vec![room.clone()]);
    let mut held: HeldPolls<usize> = hub.held_polls(Waker::noop().clone());
    let request = PollRequest { rooms: &rooms, admitted: admitted(&hub, after, true), presence: None };
    assert!(matches!(held.begin(0, request, Instant::now()), Ok(Begin::Held(_))));
    publish(&hub, &RoomName::lobby()).await;
    hub.state.on_rooms_expired(std::slice::from_ref(room), after);
    let mut client = Client { rooms, person: None, after, held: None, seen: Vec::new() };
    let mut ended = 0;
    held.deliver_ready(Instant::now(), |completed| {
        client.take(&hub, completed);
        ended += 1;
    });
    // A new room of that name may have entries between the two positions.
    assert_eq!((ended, client.after), (1, after));
}
