//! Erasing a person: the name leaves every entry, and what was kept of them is read anew.

use std::sync::Arc;

use holdline_shared::{Nickname, Person, RoomSelection, Seq};
use parking_lot::Mutex;

use super::{append, draft, join, make, person, private, room, rules, say};
use crate::access::{AccessChange, Denied};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::{Log, LogEvent};
use crate::log::error::{LogError, Refusal};
use crate::scope::EVERY_ROOM;

/// The person's name, and what they say of themselves.
pub(in crate::log) const NAME: &str = "Very Recognisable";

/// Fills the log with a person's traces, erases the person, and returns their id.
pub(in crate::log) async fn leave_traces_and_erase(log: &dyn Log) -> Person {
    let eve = Person { id: person("eve").id, name: Nickname::received(NAME) };
    let by_eve = |room_name: &str, kind| Draft { author: eve.clone(), room: room(room_name), kind };
    let change = |change| Draft::access(eve.clone(), change);
    append(log, join("ada")).await;
    append(
        log,
        change(AccessChange::Joined {
            person: eve.clone(),
            is_bot: false,
            passphrase: Some(NAME.to_owned()),
        }),
    )
    .await;
    let (about, time_zone) = (NAME.parse().unwrap(), "Europe/Zurich".to_owned());
    append(log, change(AccessChange::Profile { person: eve.clone(), about, time_zone })).await;
    let session = crate::access::Secret::make().hash();
    let device = NAME.parse().unwrap();
    append(log, change(AccessChange::SessionBegun { person: eve.id.clone(), session, device })).await;
    append(log, make("tea", None)).await;
    append(log, rules("ada", "den", private())).await;
    let added = holdline_shared::MemberChange {
        person: eve.clone(),
        role: holdline_shared::Role::Member,
        until: None,
        muted_until: None,
        reason: None,
    };
    append(log, draft("ada", "den", DraftKind::Member(added))).await;
    let said = append(log, Draft { author: eve.clone(), ..say("eve", "tea", 1, "kept") }).await;
    let bobs = append(log, say("bob", "tea", 2, "another's")).await;
    append(log, by_eve("tea", DraftKind::Edit { target: said, text: "kept, edited".parse().unwrap() })).await;
    let emoji = "👍".parse().unwrap();
    append(log, by_eve("tea", DraftKind::Reaction { target: bobs, emoji, on: true })).await;
    append(log, change(AccessChange::Erased { person: eve.id.clone(), keep_messages: true })).await;
    eve
}

pub(crate) async fn erased_name_is_in_no_entry(log: Arc<dyn Log>) {
    let rewritten = Arc::new(Mutex::new(0));
    let counted = rewritten.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| {
        *counted.lock() += usize::from(matches!(event, LogEvent::Rewritten));
    });
    log.follow(log.head(), follower).await.unwrap();
    let eve = leave_traces_and_erase(&*log).await;
    assert_eq!(*rewritten.lock(), 1);
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    let all: String = chunk.entries.iter().map(|e| String::from_utf8_lossy(&e.json).into_owned()).collect();
    assert!(!all.contains(NAME) && all.contains("kept") && all.contains("kept, edited"), "{all}");
    assert!(chunk.entries.iter().all(|entry| entry.entry().is_some()));
    let page = log.page(EVERY_ROOM, room("tea"), None, 5, None).await.unwrap();
    let names: Vec<_> = page.messages.iter().map(|message| message.author.name.as_str()).collect();
    assert_eq!(names, ["deleted person", "bob"]);
    assert_eq!(page.messages[1].reactions[0].by[0].name.as_str(), "deleted person");
    assert!(log.access().load().is_erased(&eve.id));
    let says = log.append(Draft { author: eve, ..say("eve", "tea", 3, "x") }).await;
    assert!(matches!(says, Err(LogError::Refused(Refusal::Denied(Denied::Banned)))), "{says:?}");
}
