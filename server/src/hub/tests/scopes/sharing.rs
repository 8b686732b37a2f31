//! Answers and reads of the log that readers share: by those alone who may see the same, and complete for each of them.

use super::*;
use crate::hub::{LogReads, Reply};

#[tokio::test]
async fn entries_that_were_passed_over_are_missing_in_no_answer() {
    let (hub, [_, after]) = hub_with(1_000_000).await;
    let readers = RoomsOnly::new(&["tea"]);
    let mut held: HeldPolls<()> = hub.held_polls(Waker::noop().clone());
    let rooms = RoomSelection::All;
    let begin = |held: &mut HeldPolls<()>, scope, wait| {
        let admitted = Admitted { scope, epoch: hub.log().epoch(), after, wait, is_shortened: false };
        held.begin((), PollRequest { rooms: &rooms, admitted, presence: None }, Instant::now())
    };
    publish(&hub, &room("tea")).await;
    publish(&hub, &room("secret")).await;
    // The right to read everything comes between the look and the answer.
    let Ok(Begin::Completed(completed)) = begin(&mut held, readers.scope(), LONG) else { panic!("tea") };
    readers.show_everything();
    assert_eq!(rooms_in(&hub.answers().answer(completed).1.unwrap().body), ["tea"]);
    let Ok(Begin::Completed(all)) = begin(&mut held, EVERY_ROOM.clone(), LONG) else { panic!("both") };
    assert_eq!(rooms_in(&hub.answers().answer(all).1.unwrap().body), ["tea", "secret"]);
}

#[tokio::test]
async fn members_of_a_private_room_share_its_answers() {
    let (hub, [after, _]) = hub_with(1_000_000).await;
    let (ada, bo) = (RoomsOnly::new(&["tea"]), RoomsOnly::new(&["tea"]));
    publish(&hub, &room("tea")).await;
    let poll = async |scope: &Scope| hub.poll(scope, &named(&["tea"]), at(&hub, after), LONG, None).await;
    let first = poll(&ada.scope()).await.unwrap();
    let second = poll(&bo.scope()).await.unwrap();
    assert_eq!(first.body.as_ptr(), second.body.as_ptr(), "one encoding");
    ada.revoke(&room("tea"));
    assert!(matches!(poll(&ada.scope()).await, Err(PollError::UnknownRoom(_))));
    assert_eq!(poll(&bo.scope()).await.unwrap().body.as_ptr(), second.body.as_ptr());
}

/// Readers of whom the right to `tea` is taken while the log is read for them.
#[tokio::test]
async fn right_that_ends_during_a_read_of_the_log_ends_the_answer() {
    let (hub, [after, _]) = hub_with(0).await;
    publish(&hub, &room("tea")).await;
    publish(&hub, &RoomName::lobby()).await;
    for rooms in [named(&["tea"]), named(&["lobby", "tea"]), RoomSelection::All] {
        let readers = RoomsOnly::new(&["lobby", "tea"]);
        let mut held: HeldPolls<bool> = hub.held_polls(Waker::noop().clone());
        let mut reads = LogReads::default();
        let mut begin = |key: bool, scope: Scope| {
            let admitted =
                Admitted { scope, epoch: hub.log().epoch(), after, wait: LONG, is_shortened: false };
            let begun =
                held.begin(key, PollRequest { rooms: &rooms, admitted, presence: None }, Instant::now());
            let Ok(Begin::Completed(completed)) = begun else { panic!("entries are in the log") };
            let (_, Reply::Reading(read)) = reads.reply(hub.answers(), completed) else {
                panic!("not cached")
            };
            read
        };
        let (removed, other) = (begin(true, readers.scope()), begin(false, EVERY_ROOM.clone()));
        readers.revoke(&room("tea"));
        match (&rooms, removed.await) {
            (RoomSelection::Named(_), answer) => {
                assert!(matches!(answer, Err(PollError::UnknownRoom(name)) if name == room("tea")));
            }
            (RoomSelection::All, answer) => assert_eq!(rooms_in(&answer.unwrap().body), ["lobby"]),
        }
        let other = rooms_in(&other.await.unwrap().body);
        assert!(
            other.contains(&"tea".to_owned()),
            "what the removed one began is complete for others: {other:?}"
        );
    }
}

#[tokio::test]
async fn presence_alone_is_not_shared_by_a_reader_who_passed_over_entries() {
    let (hub, [_, after]) = hub_with(1_000_000).await;
    let (readers, lobby) = (RoomsOnly::new(&["lobby"]), [RoomName::lobby()]);
    let mut held: HeldPolls<()> = hub.held_polls(Waker::noop().clone());
    let mut begin = |scope: Scope| {
        let presence = Some(hub.enter(&scope, &Person::stdin(), &lobby, None));
        let admitted = Admitted { scope, epoch: hub.log().epoch(), after, wait: LONG, is_shortened: false };
        let begun =
            held.begin((), PollRequest { rooms: &RoomSelection::All, admitted, presence }, Instant::now());
        let Ok(Begin::Completed(completed)) = begun else { panic!("nobody knows who is here") };
        completed
    };
    publish(&hub, &room("secret")).await;
    let completed = begin(readers.scope());
    readers.show_everything();
    let told = hub.answers().answer(completed).1.unwrap();
    assert!(rooms_in(&told.body).is_empty() && !told.is_empty);
    let all = hub.answers().answer(begin(EVERY_ROOM.clone())).1.unwrap();
    assert_eq!(rooms_in(&all.body), ["secret"]);
}
