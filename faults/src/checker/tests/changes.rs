//! Edits, deletions and reactions: what is right about them, and each way in which it can be wrong.

use holdline_shared::{Emoji, Entry, EntryKind, Message, Person, RoomName, Seq, Timestamp};

use super::{key, rooms, said, saw, words, wrongs};
use crate::checker::{
    ChangeAnswer, ChangeId, ChangeKind, ChangeRequest, Hears, Ledger, Line, Verdict, Wrong, check_history,
};

fn changed(seq: u64, author: &str, kind: EntryKind) -> Entry {
    let author = Person { id: format!("{author}1").parse().unwrap(), name: author.parse().unwrap() };
    Entry { seq: Seq(seq), room: tea(), at: Timestamp(seq), author, kind }
}

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

fn edit(seq: u64, n: u8) -> Entry {
    changed(seq, "ada", EntryKind::Edit { target: Seq(2), text: Some(words(n)) })
}

fn reaction(seq: u64, author: &str, on: bool) -> Entry {
    changed(seq, author, EntryKind::Reaction { target: Seq(2), emoji: thumb(), on })
}

fn deletion(seq: u64) -> Entry {
    changed(seq, "ada", EntryKind::Delete { target: Seq(2) })
}

fn thumb() -> Emoji {
    "👍".parse().unwrap()
}

/// The same entry once its message was deleted.
fn without_text(mut entry: Entry) -> Entry {
    if let EntryKind::Message { text, .. } | EntryKind::Edit { text, .. } = &mut entry.kind {
        *text = None;
    }
    entry
}

/// Asks for the change that leads to this entry.
fn asked(ledger: &Ledger, entry: &Entry) -> ChangeId {
    let (target, kind) = match &entry.kind {
        EntryKind::Edit { target, text: Some(text) } => (*target, ChangeKind::Edit(text.clone())),
        EntryKind::Delete { target } => (*target, ChangeKind::Delete),
        EntryKind::Reaction { target, emoji, on } => {
            (*target, ChangeKind::React { emoji: emoji.clone(), on: *on })
        }
        other => panic!("{other:?} is no change with all it says"),
    };
    let (author, room) = (entry.author.id.clone(), entry.room.clone());
    ledger.asked(ChangeRequest { author, room, target, kind })
}

/// Asked, and answered with the entry.
fn stored(ledger: &Ledger, entry: &Entry) {
    let id = asked(ledger, entry);
    ledger.changed(id, ChangeAnswer::Stored(Box::new(entry.clone())));
}

/// A message of Ada's, and nobody who reads it.
fn ledger() -> Ledger {
    let ledger = Ledger::default();
    ledger.tried(key(1), &words(1));
    ledger.acknowledged(key(1), Seq(2));
    ledger
}

/// A message that is edited twice, gets a reaction and loses it, and is deleted; as the log has it in the end.
fn life() -> (Vec<Entry>, Vec<Entry>) {
    let before =
        vec![said(2, "tea", 1), edit(3, 2), edit(4, 3), reaction(5, "bob", true), reaction(6, "bob", false)];
    let mut after: Vec<Entry> = before.iter().cloned().map(without_text).collect();
    after.push(deletion(7));
    (before, after)
}

#[test]
fn texts_may_be_seen_before_deletion_and_not_after_it() {
    let ledger = ledger();
    let (before, after) = life();
    for entry in before[1..].iter().chain(&after[5..]) {
        stored(&ledger, entry);
    }
    let early = ledger.reader("early".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, early, &before);
    saw(&ledger, early, &after[5..]);
    let late = ledger.reader("late".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    ledger.saw(late, ledger.line(), &after);
    let classic = ledger.reader("classic".into(), rooms(&["tea"]), Seq::START, Hears::Texts);
    ledger.saw_text(classic, "text 1");
    ledger.reader("late classic".into(), rooms(&["tea"]), Seq::START, Hears::Texts);
    assert_eq!(wrongs(&ledger, &after), []);
    assert_eq!(ledger.check(&after).acknowledged, 6);
}

#[test]
fn deleted_text_seen_by_who_asked_after_deletion_is_found() {
    let ledger = ledger();
    let (before, after) = life();
    for entry in before[1..].iter().chain(&after[5..]) {
        stored(&ledger, entry);
    }
    let late = ledger.reader("late".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    ledger.saw(late, ledger.line(), &before);
    saw(&ledger, late, &after[5..]);
    assert_eq!(wrongs(&ledger, &after), [(Wrong::Undeleted, 3)]);
}

#[test]
fn deleted_text_read_together_with_its_deletion_is_found() {
    let ledger = ledger();
    let (mut before, after) = life();
    before.push(deletion(7));
    let reader = ledger.reader("reader".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    for entry in &before[1..] {
        asked(&ledger, entry);
    }
    saw(&ledger, reader, &before);
    assert_eq!(wrongs(&ledger, &after), [(Wrong::Undeleted, 3)]);
}

#[test]
fn deleted_text_left_in_log_is_found() {
    let ledger = ledger();
    let (mut before, _) = life();
    before.push(deletion(7));
    assert_eq!(wrongs(&ledger, &before), [(Wrong::Undeleted, 3)]);
}

#[test]
fn text_that_is_gone_without_deletion_is_found() {
    let ledger = ledger();
    assert_eq!(wrongs(&ledger, &[without_text(said(2, "tea", 1))]), [(Wrong::Phantom, 1)]);
}

#[test]
fn text_that_a_deleted_message_never_had_is_found() {
    let ledger = ledger();
    let (_, after) = life();
    for change in [edit(0, 2), edit(0, 3), deletion(0)] {
        asked(&ledger, &change);
    }
    let [one, two, three] = ["one", "two", "three"]
        .map(|name| ledger.reader(name.into(), rooms(&["tea"]), Seq::START, Hears::Entries));
    // Either text may have been the first edit's, but not one for one reader and another for the other.
    saw(&ledger, one, &[after[0].clone(), edit(3, 2)]);
    saw(&ledger, one, &after[2..]);
    saw(&ledger, two, &[after[0].clone(), edit(3, 3)]);
    saw(&ledger, two, &after[2..]);
    saw(&ledger, three, &[said(2, "tea", 9)]);
    saw(&ledger, three, &after[1..]);
    assert_eq!(wrongs(&ledger, &after), [(Wrong::Undelivered, 1), (Wrong::Phantom, 2)]);
}

#[test]
fn undelivered_and_doubled_changes_are_found() {
    let ledger = ledger();
    let log = [said(2, "tea", 1), edit(3, 2), reaction(4, "bob", true), reaction(5, "bob", false)];
    let reader = ledger.reader("reader".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, reader, &log[..2]);
    saw(&ledger, reader, &[log[3].clone(), log[3].clone()]);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Undelivered, 1), (Wrong::Twice, 1)]);
}

#[test]
fn lost_changes_are_found() {
    let ledger = ledger();
    stored(&ledger, &edit(3, 2));
    let id = asked(&ledger, &reaction(0, "bob", true));
    ledger.changed(id, ChangeAnswer::Unchanged);
    let id = asked(&ledger, &deletion(0));
    ledger.changed(id, ChangeAnswer::Unchanged);
    // What was never put, and what was refused, need not be there.
    let id = asked(&ledger, &reaction(0, "eve", false));
    ledger.changed(id, ChangeAnswer::Unchanged);
    let id = asked(&ledger, &reaction(0, "eve", true));
    ledger.changed(id, ChangeAnswer::Refused);
    assert_eq!(wrongs(&ledger, &[said(2, "tea", 1)]), [(Wrong::Lost, 3)]);
}

#[test]
fn lost_edits_of_deleted_messages_are_counted() {
    let ledger = ledger();
    let (_, mut after) = life();
    for n in [2, 3] {
        let id = asked(&ledger, &edit(0, n));
        ledger.changed(id, ChangeAnswer::Unchanged);
    }
    asked(&ledger, &deletion(0));
    after.remove(1);
    assert_eq!(wrongs(&ledger, &after), [(Wrong::Lost, 1)]);
}

#[test]
fn change_acknowledged_as_another_is_found() {
    let ledger = ledger();
    let log = [said(2, "tea", 1), edit(3, 2), edit(4, 3)];
    for (wanted, told) in [(2, &log[2]), (3, &log[2]), (2, &edit(3, 9))] {
        let id = asked(&ledger, &edit(0, wanted));
        ledger.changed(id, ChangeAnswer::Stored(Box::new(told.clone())));
    }
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Answers, 2)]);
}

#[test]
fn repeats_that_were_stored_are_found() {
    let ledger = ledger();
    let log = [
        said(2, "tea", 1),
        edit(3, 2),
        edit(4, 2),
        reaction(5, "bob", true),
        reaction(6, "bob", true),
        reaction(7, "eve", false),
        edit(8, 1),
    ];
    assert_eq!(wrongs(&ledger, &log), [(Wrong::StoredTwice, 3)]);
    let (_, mut after) = life();
    after.push(deletion(8));
    after.push(reaction(9, "bob", true));
    assert_eq!(wrongs(&ledger, &after), [(Wrong::StoredTwice, 2)]);
}

#[test]
fn changes_that_nobody_asked_for_are_found() {
    let ledger = ledger();
    asked(&ledger, &edit(0, 2));
    let by_others = changed(4, "eve", EntryKind::Edit { target: Seq(2), text: Some(words(4)) });
    let of_nothing = changed(5, "eve", EntryKind::Delete { target: Seq(3) });
    let log = [said(2, "tea", 1), edit(3, 5), by_others, of_nothing];
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Phantom, 3)]);
}

#[test]
fn history_is_the_fold_of_the_entries() {
    let log = [said(2, "tea", 1), edit(3, 2), reaction(4, "bob", true), said(5, "tea", 5), deletion(6)];
    let mut first = Message::from_entry(&log[0]).unwrap();
    let second = Message::from_entry(&log[3]).unwrap();
    let wrongs = |history: &[Message], kept: &[Entry]| {
        let mut verdict = Verdict::default();
        check_history(&log, kept, &tea(), history, &mut verdict);
        verdict.count(Wrong::Fold)
    };
    // As a reader sees it who comes now, and as one does who saw the edit before the deletion.
    (first.text, first.edited) = (None, Some(Timestamp(3)));
    assert_eq!(wrongs(&[first.clone(), second.clone()], &log), 0);
    assert_eq!(wrongs(std::slice::from_ref(&second), &log[3..]), 0, "what was forgotten is not in history");
    let mut reacted = first.clone();
    for entry in &log[..3] {
        reacted.fold(entry, None);
    }
    reacted.reactions.clone_from(&{
        let mut undeleted = Message::from_entry(&log[0]).unwrap();
        undeleted.fold(&log[2], None);
        undeleted.reactions
    });
    assert_eq!(wrongs(&[reacted, second.clone()], &log), 1, "its reactions went with it");
    assert_eq!(wrongs(std::slice::from_ref(&first), &log), 1, "one is missing");
    assert_eq!(
        wrongs(&[Message::from_entry(&log[0]).unwrap(), second], &log),
        1,
        "still says what was deleted"
    );
}

#[test]
fn changes_are_due_to_nobody_who_reads_texts() {
    let ledger = ledger();
    let classic = ledger.reader("classic".into(), rooms(&["tea"]), Seq::START, Hears::Texts);
    ledger.saw_text(classic, "text 1");
    ledger.saw_text(classic, "text 2");
    let log = [said(2, "tea", 1), edit(3, 2)];
    assert_eq!(ledger.behind(&log), Vec::<String>::new());
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Phantom, 1)], "the text of an edit is no message");
    assert!(ledger.line() > Line::default());
}
