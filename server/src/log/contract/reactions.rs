//! Reactions: exact counts, the first few people, and whether the reader is one of them.

use std::sync::Arc;

use holdline_shared::limits::{EMOJI_PER_MESSAGE, REACTORS_LISTED};
use holdline_shared::{Emoji, PersonId, Reaction, Seq};

use super::{append, draft, refusal, room, say};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::Log;
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;

fn react(who: &str, target: Seq, emoji: &str, on: bool) -> Draft {
    draft(who, "lobby", DraftKind::Reaction { target, emoji: emoji.parse().unwrap(), on })
}

async fn reactions(log: &dyn Log, reader: Option<&str>) -> Vec<Reaction> {
    let reader = reader.map(|reader| reader.parse::<PersonId>().unwrap());
    log.page(EVERY_ROOM, room("lobby"), None, 5, reader).await.unwrap().messages.remove(0).reactions
}

fn ids(reaction: &Reaction) -> Vec<&str> {
    reaction.by.iter().map(|person| person.id.as_str()).collect()
}

pub(crate) async fn reaction_is_added_once(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    let react = |who: &str, emoji: &str, on| {
        draft(who, "lobby", DraftKind::Reaction { target, emoji: emoji.parse().unwrap(), on })
    };
    append(&*log, react("bob", "👍", true)).await;
    assert!(matches!(log.append(react("bob", "👍", true)).await, Ok(Outcome::Unchanged)));
    append(&*log, react("ada", "👍", true)).await;
    append(&*log, react("ada", "🎉", true)).await;
    append(&*log, react("bob", "👍", false)).await;
    assert!(matches!(log.append(react("bob", "👍", false)).await, Ok(Outcome::Unchanged)));
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    let reactions: Vec<_> = page.messages[0].reactions.iter().map(|r| (r.emoji.as_str(), r.count)).collect();
    assert_eq!(reactions, [("👍", 1), ("🎉", 1)]);
}

pub(crate) async fn spellings_of_an_emoji_are_one_reaction(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    let react = |who: &str, emoji: &str, on| {
        draft(who, "lobby", DraftKind::Reaction { target, emoji: Emoji::received(emoji), on })
    };
    let (text, canonical) = ("❤", "❤\u{FE0F}");
    append(&*log, react("bob", text, true)).await;
    assert!(matches!(log.append(react("bob", canonical, true)).await, Ok(Outcome::Unchanged)));
    append(&*log, react("ada", canonical, true)).await;
    let shown = reactions(&*log, Some("ada")).await;
    let counts: Vec<_> = shown.iter().map(|r| (r.emoji.as_str(), r.count, r.mine)).collect();
    assert_eq!(counts, [(text, 2, true)], "a spelling of an earlier version stays");
    append(&*log, react("bob", canonical, false)).await;
    append(&*log, react("ada", text, false)).await;
    assert!(reactions(&*log, None).await.is_empty());
    append(&*log, react("ada", canonical, true)).await;
    assert_eq!(reactions(&*log, None).await[0].emoji.as_str(), canonical);
}

pub(crate) async fn reactions_are_counted_and_the_first_are_listed(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    for n in 0..25 {
        append(&*log, react(&format!("p{n}"), target, "👍", true)).await;
    }
    append(&*log, react("p3", target, "🎉", true)).await;
    let shown = reactions(&*log, None).await;
    assert_eq!((shown[0].count, ids(&shown[0]).len(), ids(&shown[0])[9]), (25, REACTORS_LISTED, "p9"));
    assert_eq!((shown[1].emoji.as_str(), shown[1].count, ids(&shown[1])), ("🎉", 1, vec!["p3"]));
    append(&*log, react("p0", target, "👍", false)).await;
    append(&*log, react("p0", target, "👍", true)).await;
    let shown = reactions(&*log, None).await;
    assert_eq!(
        (shown[0].count, ids(&shown[0])[0], ids(&shown[0])[9]),
        (25, "p1", "p10"),
        "p0 is the last now"
    );
    for n in 0..25 {
        append(&*log, react(&format!("p{n}"), target, "👍", false)).await;
    }
    append(&*log, react("p7", target, "👍", true)).await;
    let shown = reactions(&*log, None).await;
    let order: Vec<_> = shown.iter().map(|reaction| (reaction.emoji.as_str(), reaction.count)).collect();
    assert_eq!(order, [("🎉", 1), ("👍", 1)], "an emoji that was gone comes last when it comes again");
}

pub(crate) async fn reader_sees_own_reactions(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    for n in 0..15 {
        append(&*log, react(&format!("p{n}"), target, "👍", true)).await;
    }
    for (reader, mine) in [(None, false), (Some("p2"), true), (Some("p14"), true), (Some("ada"), false)] {
        assert_eq!(reactions(&*log, reader).await[0].mine, mine, "{reader:?}");
    }
    append(&*log, react("p14", target, "👍", false)).await;
    assert!(!reactions(&*log, Some("p14")).await[0].mine);
}

pub(crate) async fn deletion_removes_reactions(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    append(&*log, react("bob", target, "👍", true)).await;
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target })).await;
    assert!(reactions(&*log, Some("bob")).await.is_empty());
    let back = log.append(react("bob", target, "👍", false)).await;
    assert!(matches!(back, Ok(Outcome::Unchanged)), "there is none any more: {back:?}");
    assert_eq!(refusal(&*log, react("bob", target, "👍", true)).await, Refusal::MessageDeleted);
}

pub(crate) async fn emoji_of_a_message_are_limited(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    let emoji: Vec<String> =
        (0x1F600_u32..).take(EMOJI_PER_MESSAGE + 1).map(|c| char::from_u32(c).unwrap().into()).collect();
    for emoji in &emoji[..EMOJI_PER_MESSAGE] {
        append(&*log, react("ada", target, emoji, true)).await;
    }
    let last = &emoji[EMOJI_PER_MESSAGE];
    assert_eq!(refusal(&*log, react("ada", target, last, true)).await, Refusal::TooManyEmoji);
    append(&*log, react("bob", target, &emoji[0], true)).await;
    append(&*log, react("ada", target, &emoji[1], false)).await;
    append(&*log, react("ada", target, last, true)).await;
    let shown = reactions(&*log, None).await;
    assert_eq!((shown.len(), shown[EMOJI_PER_MESSAGE - 1].emoji.as_str()), (EMOJI_PER_MESSAGE, &**last));
}
