//! The same work for a room that is hidden from the author and for one that never was: what is answered, and after how many
//! look-ups in the log. Reactions in spellings of earlier versions.

use std::cell::Cell;
use std::sync::Arc;

use holdline_shared::{Emoji, Entry, MessageText, PersonId, PublishKey, RoomName, Visibility};

use super::*;
use crate::log::stored_entry::StoredEntry;

/// A log with a lobby and a private room, which counts what is looked up. Every room has a message 1 with everybody's reactions,
/// and nothing else.
struct CountingView {
    access: Access,
    emoji: Vec<Emoji>,
    look_ups: Cell<usize>,
}

fn den() -> RoomName {
    RoomName::received("private-den".to_owned())
}

impl CountingView {
    fn new() -> Self {
        let policy = PolicyChange::new(Visibility::Private).apply(&RoomPolicy::default());
        let kind = EntryKind::Room { topic: Topic::default(), policy: Some(Box::new(policy)) };
        let mut access = Access::default();
        access.apply(&Entry { seq: Seq(2), room: den(), at: Timestamp(1), author: Person::house(), kind });
        Self { access, emoji: Vec::new(), look_ups: Cell::default() }
    }

    fn counted<T>(&self, found: T) -> T {
        self.look_ups.set(self.look_ups.get() + 1);
        found
    }
}

impl LogView for CountingView {
    fn access(&self) -> &Access {
        &self.access
    }
    fn last_said_since(
        &self,
        _: &RoomName,
        _: &PersonId,
        _: Timestamp,
    ) -> Result<Option<Timestamp>, LogError> {
        Ok(self.counted(None))
    }
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        Ok(self.counted([den(), RoomName::lobby()].contains(room).then(Topic::default)))
    }
    fn room_count(&self) -> usize {
        2
    }
    fn by_key(&self, _: &PersonId, _: PublishKey) -> Result<Option<Arc<StoredEntry>>, LogError> {
        Ok(self.counted(None))
    }
    fn message(&self, _: &RoomName, seq: Seq) -> Result<Option<MessageStatus>, LogError> {
        let status = MessageStatus { author: Person::house().id, is_deleted: false };
        Ok(self.counted((seq == Seq(1)).then_some(status)))
    }
    fn text(&self, _: Seq) -> Result<Option<MessageText>, LogError> {
        Ok(self.counted(None))
    }
    fn edit_count(&self, _: Seq) -> Result<usize, LogError> {
        Ok(self.counted(0))
    }
    fn has_reaction(&self, _: Seq, emoji: &Emoji, _: &PersonId) -> Result<bool, LogError> {
        Ok(self.counted(self.emoji.contains(emoji)))
    }
    fn emoji(&self, _: Seq) -> Result<Vec<Emoji>, LogError> {
        Ok(self.counted(self.emoji.clone()))
    }
}

#[test]
fn hidden_and_absent_rooms_are_refused_with_the_same_words_after_the_same_look_ups() {
    let author = Person { id: "bo".parse().unwrap(), name: "Bo".parse().unwrap() };
    let text: MessageText = "x".parse().unwrap();
    let key = PublishKey::from_bytes([7; 16]);
    let change = |role| {
        let person = author.clone();
        DraftKind::Member(MemberChange { person, role, until: None, muted_until: None, reason: None })
    };
    let access = |change| DraftKind::Access(AccessDraft(change));
    let message = |reply_to| DraftKind::Message { key, text: text.clone(), reply_to, makes_room: false };
    let kinds = |room: &RoomName| {
        let (room, reason) = (room.clone(), Topic::default());
        vec![
            message(None),
            message(Some(Seq(1))),
            DraftKind::Edit { target: Seq(1), text: text.clone() },
            DraftKind::Delete { target: Seq(1) },
            DraftKind::Reaction { target: Seq(1), emoji: "👍".parse().unwrap(), on: true },
            change(Role::Member),
            change(Role::None),
            access(AccessChange::RoomDeleted { room: room.clone(), was_hidden: false }),
            access(AccessChange::Reported { room, seq: Seq(1), reason }),
        ]
    };
    let decide = |room: &RoomName, kind| {
        let room =
            if matches!(kind, DraftKind::Access(_)) { RoomName::reserved_access() } else { room.clone() };
        let view = CountingView::new();
        let decided = validate(&view, &Draft { author: author.clone(), room, kind }, Timestamp(9));
        (decided.err().map(|error| error.to_string()), view.look_ups.get())
    };
    let absent = RoomName::received("private-zzz".to_owned());
    for (hidden, never) in kinds(&den()).into_iter().zip(kinds(&absent)) {
        let case = format!("{hidden:?}");
        let decided = decide(&den(), hidden);
        assert!(decided.0.is_some(), "{case}");
        assert_eq!(decided, decide(&absent, never), "{case}");
    }
}

#[test]
fn all_spellings_of_a_reaction_are_taken_back() {
    let spellings = ["❤", "❤\u{FE0E}", "❤\u{FE0F}"].map(Emoji::received);
    let mut view = CountingView::new();
    view.emoji = [&spellings[..], &[Emoji::received("👍")]].concat();
    let author = Person { id: "bo".parse().unwrap(), name: "Bo".parse().unwrap() };
    for emoji in &spellings {
        let react = |on| {
            let kind = DraftKind::Reaction { target: Seq(1), emoji: emoji.clone(), on };
            validate(&view, &Draft { author: author.clone(), room: RoomName::lobby(), kind }, Timestamp(9))
        };
        assert!(matches!(react(true), Ok(Decision::Settled(Outcome::Unchanged))), "{emoji:?}");
        let Ok(Decision::Append(kinds)) = react(false) else { panic!("{emoji:?}") };
        let off = |emoji: &Emoji| EntryKind::Reaction { target: Seq(1), emoji: emoji.clone(), on: false };
        assert_eq!(kinds, spellings.each_ref().map(off), "{emoji:?}");
    }
}
