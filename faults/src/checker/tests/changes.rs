//! Tests of edits, deletions and reactions: correct ones, and each kind of violation.

use holdline_shared::{Emoji, Entry, EntryKind, Message, Person, RoomName, Seq, Timestamp};

use super::{key, message, record, rooms, text, violations};
use crate::checker::{
    ChangeAnswer, ChangeId, ChangeKind, ChangeRequest, Findings, Ledger, LedgerPosition, Receives, Violation,
    check_history,
};

fn changed(seq: u64, author: &str, kind: EntryKind) -> Entry {
    let author = Person { id: format!("{author}1").parse().unwrap(), name: author.parse().unwrap() };
    Entry { seq: Seq(seq), room: tea(), at: Timestamp(seq), author, kind }
}

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

fn edit(seq: u64, n: u8) -> Entry {
    changed(seq, "ada", EntryKind::Edit { target: Seq(2), text: Some(text(n)) })
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

/// The entry after the deletion of its message.
fn redacted(entry: Entry) -> Entry {
    Entry { kind: entry.kind.redacted(), ..entry }
}

/// Records a request for the change that leads to this entry.
fn request_change(ledger: &Ledger, entry: &Entry) -> ChangeId {
    let (target, kind) = match &entry.kind {
        EntryKind::Edit { target, text: Some(text) } => (*target, ChangeKind::Edit(text.clone())),
        EntryKind::Delete { target } => (*target, ChangeKind::Delete),
        EntryKind::Reaction { target, emoji, on } => {
            (*target, ChangeKind::React { emoji: emoji.clone(), on: *on })
        }
        other => panic!("{other:?} is no change with all it says"),
    };
    let (author, room) = (entry.author.id.clone(), entry.room.clone());
    ledger.record_change(ChangeRequest { author, room, target, kind })
}

/// Records requests for the changes that lead to these entries.
fn request_all(ledger: &Ledger, entries: &[Entry]) {
    for entry in entries {
        request_change(ledger, entry);
    }
}

/// Records a request and its answer with the entry.
fn store_change(ledger: &Ledger, entry: &Entry) {
    let id = request_change(ledger, entry);
    ledger.record_change_answer(id, ChangeAnswer::Stored(Box::new(entry.clone())));
}

/// A ledger with one message of Ada's and no readers.
fn ledger() -> Ledger {
    let ledger = Ledger::default();
    ledger.record_attempt(key(1), &text(1));
    ledger.record_acknowledgement(key(1), Seq(2));
    ledger
}

/// A message that is edited twice, gets and loses a reaction, and is deleted: its entries before and after the
/// deletion.
fn incarnation() -> (Vec<Entry>, Vec<Entry>) {
    let before = vec![
        message(2, "tea", 1),
        edit(3, 2),
        edit(4, 3),
        reaction(5, "bob", true),
        reaction(6, "bob", false),
    ];
    let mut after: Vec<Entry> = before.iter().cloned().map(redacted).collect();
    after.push(deletion(7));
    (before, after)
}

#[test]
fn texts_may_be_delivered_before_their_deletion() {
    let ledger = ledger();
    let (before, after) = incarnation();
    for entry in before[1..].iter().chain(&after[5..]) {
        store_change(&ledger, entry);
    }
    let early = ledger.add_reader("early".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, early, &before);
    record(&ledger, early, &after[5..]);
    let late = ledger.add_reader("late".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    ledger.record_entries(late, ledger.position(), &after);
    let classic = ledger.add_reader("classic".into(), rooms(&["tea"]), Seq::START, Receives::Texts);
    ledger.record_text(classic, "text 1");
    ledger.add_reader("late classic".into(), rooms(&["tea"]), Seq::START, Receives::Texts);
    assert_eq!(violations(&ledger, &after), []);
    assert_eq!(ledger.check(&after).acknowledged, 6);
}

#[test]
fn deleted_text_delivered_after_deletion_is_reported() {
    let ledger = ledger();
    let (before, after) = incarnation();
    for entry in before[1..].iter().chain(&after[5..]) {
        store_change(&ledger, entry);
    }
    let late = ledger.add_reader("late".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    ledger.record_entries(late, ledger.position(), &before);
    record(&ledger, late, &after[5..]);
    assert_eq!(violations(&ledger, &after), [(Violation::Undeleted, 3)]);
}

#[test]
fn deleted_text_delivered_with_its_deletion_is_reported() {
    let ledger = ledger();
    let (mut before, after) = incarnation();
    before.push(deletion(7));
    let reader = ledger.add_reader("reader".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    for entry in &before[1..] {
        request_change(&ledger, entry);
    }
    record(&ledger, reader, &before);
    assert_eq!(violations(&ledger, &after), [(Violation::Undeleted, 3)]);
}

#[test]
fn deleted_text_left_in_log_is_reported() {
    let ledger = ledger();
    let (mut before, _) = incarnation();
    before.push(deletion(7));
    request_all(&ledger, &before[1..]);
    assert_eq!(violations(&ledger, &before), [(Violation::Undeleted, 3)]);
}

#[test]
fn text_missing_without_deletion_is_reported() {
    let ledger = ledger();
    assert_eq!(violations(&ledger, &[redacted(message(2, "tea", 1))]), [(Violation::Phantom, 1)]);
}

#[test]
fn text_that_a_deleted_message_never_had_is_reported() {
    let ledger = ledger();
    let (_, after) = incarnation();
    request_all(&ledger, &incarnation().0[1..]);
    request_change(&ledger, &deletion(0));
    let [one, two, three] = ["one", "two", "three"]
        .map(|name| ledger.add_reader(name.into(), rooms(&["tea"]), Seq::START, Receives::Entries));
    // Either text may have been that of the first edit, but not different ones for different readers.
    record(&ledger, one, &[after[0].clone(), edit(3, 2)]);
    record(&ledger, one, &after[2..]);
    record(&ledger, two, &[after[0].clone(), edit(3, 3)]);
    record(&ledger, two, &after[2..]);
    record(&ledger, three, &[message(2, "tea", 9)]);
    record(&ledger, three, &after[1..]);
    assert_eq!(violations(&ledger, &after), [(Violation::Undelivered, 1), (Violation::Phantom, 2)]);
}

#[test]
fn undelivered_and_duplicate_changes_are_reported() {
    let ledger = ledger();
    let log = [message(2, "tea", 1), edit(3, 2), reaction(4, "bob", true), reaction(5, "bob", false)];
    request_all(&ledger, &log[1..]);
    let reader = ledger.add_reader("reader".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, reader, &log[..2]);
    record(&ledger, reader, &[log[3].clone(), log[3].clone()]);
    assert_eq!(violations(&ledger, &log), [(Violation::Undelivered, 1), (Violation::Duplicate, 1)]);
}

#[test]
fn lost_changes_are_reported() {
    let ledger = ledger();
    store_change(&ledger, &edit(3, 2));
    let id = request_change(&ledger, &reaction(0, "bob", true));
    ledger.record_change_answer(id, ChangeAnswer::Unchanged);
    let id = request_change(&ledger, &deletion(0));
    ledger.record_change_answer(id, ChangeAnswer::Unchanged);
    // Reactions that were never added and changes that were refused need not be in the log.
    let id = request_change(&ledger, &reaction(0, "eve", false));
    ledger.record_change_answer(id, ChangeAnswer::Unchanged);
    let id = request_change(&ledger, &reaction(0, "eve", true));
    ledger.record_change_answer(id, ChangeAnswer::Refused);
    assert_eq!(violations(&ledger, &[message(2, "tea", 1)]), [(Violation::Lost, 3)]);
}

#[test]
fn lost_edits_of_deleted_messages_are_counted() {
    let ledger = ledger();
    let (_, mut after) = incarnation();
    for n in [2, 3] {
        let id = request_change(&ledger, &edit(0, n));
        ledger.record_change_answer(id, ChangeAnswer::Unchanged);
    }
    request_all(&ledger, &[deletion(0), reaction(0, "bob", true), reaction(0, "bob", false)]);
    after.remove(1);
    assert_eq!(violations(&ledger, &after), [(Violation::Lost, 1)]);
}

#[test]
fn change_acknowledged_as_another_is_reported() {
    let ledger = ledger();
    let log = [message(2, "tea", 1), edit(3, 2), edit(4, 3)];
    for (wanted, told) in [(2, &log[2]), (3, &log[2]), (2, &edit(3, 9))] {
        let id = request_change(&ledger, &edit(0, wanted));
        ledger.record_change_answer(id, ChangeAnswer::Stored(Box::new(told.clone())));
    }
    assert_eq!(violations(&ledger, &log), [(Violation::Answers, 2)]);
}

#[test]
fn stored_repeats_are_reported() {
    let ledger = ledger();
    let log = [
        message(2, "tea", 1),
        edit(3, 2),
        edit(4, 2),
        reaction(5, "bob", true),
        reaction(6, "bob", true),
        reaction(7, "eve", false),
        edit(8, 1),
    ];
    request_all(&ledger, &log[1..]);
    assert_eq!(violations(&ledger, &log), [(Violation::StoredTwice, 3)]);
    let (before, mut after) = incarnation();
    request_all(&ledger, &before[1..]);
    request_change(&ledger, &deletion(0));
    after.push(deletion(8));
    after.push(reaction(9, "bob", true));
    assert_eq!(violations(&ledger, &after), [(Violation::StoredTwice, 2)]);
}

#[test]
fn unrequested_changes_are_reported() {
    let ledger = ledger();
    request_change(&ledger, &edit(0, 2));
    let by_others = changed(4, "eve", EntryKind::Edit { target: Seq(2), text: Some(text(4)) });
    let of_nothing = changed(5, "eve", EntryKind::Delete { target: Seq(3) });
    let log = [message(2, "tea", 1), edit(3, 5), by_others, of_nothing];
    // Two of them are wrong whoever asked, and nobody asked for any.
    assert_eq!(violations(&ledger, &log), [(Violation::Phantom, 5)]);
}

#[test]
fn change_by_somebody_who_asked_for_nothing_is_reported() {
    let ledger = ledger();
    request_change(&ledger, &edit(0, 2));
    let log = [message(2, "tea", 1), edit(3, 2), reaction(4, "eve", true)];
    assert_eq!(violations(&ledger, &log), [(Violation::Phantom, 1)]);
    ledger.begin_after(Seq(4));
    assert_eq!(violations(&ledger, &log), [], "it is of an earlier round");
}

#[test]
fn history_that_differs_from_the_fold_is_reported() {
    let log = [message(2, "tea", 1), edit(3, 2), reaction(4, "bob", true), message(5, "tea", 5), deletion(6)];
    let mut first = Message::from_entry(&log[0]).unwrap();
    let second = Message::from_entry(&log[3]).unwrap();
    let violations = |history: &[Message], kept: &[Entry]| {
        let mut findings = Findings::default();
        check_history(&log, kept, &tea(), history, &mut findings);
        findings.count(Violation::Fold)
    };
    // As received by a reader that starts now, and by one that saw the edit before the deletion.
    (first.text, first.edited) = (None, Some(Timestamp(3)));
    assert_eq!(violations(&[first.clone(), second.clone()], &log), 0);
    assert_eq!(
        violations(std::slice::from_ref(&second), &log[3..]),
        0,
        "expired messages are not in history"
    );
    let mut reacted = first.clone();
    for entry in &log[..3] {
        reacted.fold(entry, None);
    }
    reacted.reactions.clone_from(&{
        let mut undeleted = Message::from_entry(&log[0]).unwrap();
        undeleted.fold(&log[2], None);
        undeleted.reactions
    });
    assert_eq!(violations(&[reacted, second.clone()], &log), 1, "the reactions are deleted with the message");
    assert_eq!(violations(std::slice::from_ref(&first), &log), 1, "a message is missing");
    assert_eq!(
        violations(&[Message::from_entry(&log[0]).unwrap(), second], &log),
        1,
        "the deleted text is still there"
    );
}

#[test]
fn readers_of_texts_need_no_changes() {
    let ledger = ledger();
    let classic = ledger.add_reader("classic".into(), rooms(&["tea"]), Seq::START, Receives::Texts);
    ledger.record_text(classic, "text 1");
    ledger.record_text(classic, "text 2");
    let log = [message(2, "tea", 1), edit(3, 2)];
    request_change(&ledger, &log[1]);
    assert_eq!(ledger.readers_behind(&log), Vec::<String>::new());
    assert_eq!(violations(&ledger, &log), [(Violation::Phantom, 1)], "the text of an edit is not a message");
    assert!(ledger.position() > LedgerPosition::default());
}
