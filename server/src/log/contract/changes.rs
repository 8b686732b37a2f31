//! Edits and deletions: only by the author, and without a trace of deleted texts.

use std::sync::Arc;

use holdline_shared::RoomSelection;

use super::{append, draft, make, refusal, room, say};
use crate::log::draft::DraftKind;
use crate::log::engine::Log;
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;

pub(crate) async fn only_the_author_changes_a_message(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "helo")).await;
    let edit =
        |who: &str, text: &str| draft(who, "lobby", DraftKind::Edit { target, text: text.parse().unwrap() });
    let delete = |who: &str| draft(who, "lobby", DraftKind::Delete { target });
    assert_eq!(refusal(&*log, edit("bob", "hacked")).await, Refusal::NotAuthor);
    assert_eq!(refusal(&*log, delete("bob")).await, Refusal::NotAuthor);
    append(&*log, edit("ada", "hello")).await;
    assert!(matches!(log.append(edit("ada", "hello")).await, Ok(Outcome::Unchanged)));
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text.as_ref().unwrap().as_str(), "hello");
    assert!(page.messages[0].edited.is_some());
    append(&*log, delete("ada")).await;
    assert!(matches!(log.append(delete("ada")).await, Ok(Outcome::Unchanged)));
    assert_eq!(refusal(&*log, edit("ada", "back")).await, Refusal::MessageDeleted);
    append(&*log, make("tea", None)).await;
    let elsewhere = draft("ada", "tea", DraftKind::Delete { target });
    assert_eq!(refusal(&*log, elsewhere).await, Refusal::UnknownMessage);
}

pub(crate) async fn deleted_texts_are_removed(log: Arc<dyn Log>) {
    let start = log.head();
    let target = append(&*log, say("ada", "lobby", 1, "my secret")).await;
    append(
        &*log,
        draft("ada", "lobby", DraftKind::Edit { target, text: "my other secret".parse().unwrap() }),
    )
    .await;
    append(&*log, say("ada", "lobby", 2, "no secret")).await;
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target })).await;
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, start).await.unwrap();
    let all: String = chunk.entries.iter().map(|e| String::from_utf8_lossy(&e.json).into_owned()).collect();
    assert!(
        !all.contains("my secret") && !all.contains("my other secret") && all.contains("no secret"),
        "{all}"
    );
    assert_eq!(chunk.entries.len(), 4, "its places in the order stay");
    assert!(chunk.entries.iter().all(|e| e.entry().is_some()), "and stay readable");
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text, None);
    let Ok(Outcome::Repeated(again)) = log.append(say("ada", "lobby", 1, "my secret")).await else {
        panic!()
    };
    assert_eq!((again.seq, again.message_text()), (target, None), "a late repeat does not bring it back");
}
