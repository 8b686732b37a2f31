//! Tests that the checker reports each kind of violation.

mod changes;
mod gaps;

use holdline_shared::{Entry, EntryKind, MessageText, PublishKey, RoomName, RoomSelection, Seq};

use super::{Ledger, LedgerPosition, ReaderId, Receives, Violation};

fn key(n: u8) -> PublishKey {
    PublishKey::from_random([n; 16])
}

fn message(seq: u64, room: &str, n: u8) -> Entry {
    let key = key(n);
    let json = format!(
        r#"{{"seq":{seq},"room":"{room}","at":{seq},"author":{{"id":"ada1","name":"Ada"}},"kind":"message","key":"{key}","text":"text {n}"}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// The text of [`message`].
fn text(n: u8) -> MessageText {
    format!("text {n}").parse().unwrap()
}

/// Records that these messages were published.
fn publish_all(ledger: &Ledger, log: &[Entry]) {
    for entry in log {
        if let EntryKind::Message { key, text: Some(text), .. } = &entry.kind {
            ledger.record_attempt(*key, text);
        }
    }
}

/// Records entries for a reader whose request was sent before anything happened.
fn record(ledger: &Ledger, reader: ReaderId, entries: &[Entry]) {
    ledger.record_entries(reader, LedgerPosition::default(), entries);
}

fn rooms(names: &[&str]) -> RoomSelection {
    RoomSelection::Named(names.iter().map(|name| RoomName::parse(name).unwrap()).collect())
}

/// A log of three messages, two of them in the room `tea`, all acknowledged.
fn log() -> Vec<Entry> {
    vec![message(2, "tea", 1), message(3, "milk", 2), message(5, "tea", 3)]
}

/// A ledger with a reader of `tea` and a reader of everything.
fn ledger() -> (Ledger, ReaderId, ReaderId) {
    let ledger = Ledger::default();
    for (n, seq) in [(1, 2), (2, 3), (3, 5)] {
        ledger.record_attempt(key(n), &text(n));
        ledger.record_acknowledgement(key(n), Seq(seq));
    }
    let tea = ledger.add_reader("tea".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    let all = ledger.add_reader("all".into(), RoomSelection::All, Seq(2), Receives::Entries);
    (ledger, tea, all)
}

/// The violations and their counts.
fn violations(ledger: &Ledger, log: &[Entry]) -> Vec<(Violation, usize)> {
    let findings = ledger.check(log);
    Violation::ALL
        .into_iter()
        .map(|violation| (violation, findings.count(violation)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn correct_log_has_no_violations() {
    let (ledger, tea, all) = ledger();
    let log = log();
    record(&ledger, tea, &[log[0].clone()]);
    record(&ledger, tea, &[log[2].clone()]);
    record(&ledger, all, &log[1..]);
    assert_eq!(violations(&ledger, &log), []);
    let findings = ledger.check(&log);
    assert_eq!((findings.acknowledged, findings.stored, findings.deliveries), (3, 3, 4));
    assert!(findings.is_clean());
}

#[test]
fn undelivered_entry_is_reported() {
    let (ledger, tea, all) = ledger();
    let log = log();
    assert_eq!(ledger.readers_behind(&log), ["tea", "all"]);
    record(&ledger, tea, &[log[0].clone()]);
    record(&ledger, all, &log[1..]);
    assert_eq!(ledger.readers_behind(&log), ["tea"]);
    assert_eq!(violations(&ledger, &log), [(Violation::Undelivered, 1)]);
}

#[test]
fn duplicates_and_disorder_are_reported() {
    let (ledger, tea, all) = ledger();
    let log = log();
    record(&ledger, tea, &[log[2].clone(), log[0].clone()]);
    record(&ledger, all, &[log[1].clone(), log[1].clone(), log[2].clone()]);
    assert_eq!(violations(&ledger, &log), [(Violation::Duplicate, 1), (Violation::Disorder, 1)]);
}

#[test]
fn delivery_that_was_never_durable_is_reported() {
    let (ledger, tea, all) = ledger();
    let log = log();
    record(&ledger, tea, &[log[0].clone(), message(4, "tea", 9), log[2].clone()]);
    // The same position with another content: the entry was changed after it was delivered.
    record(&ledger, all, &[message(3, "milk", 8), log[2].clone()]);
    assert_eq!(violations(&ledger, &log), [(Violation::Undelivered, 1), (Violation::Phantom, 2)]);
}

#[test]
fn delivery_of_another_room_is_reported() {
    let (ledger, tea, all) = ledger();
    let log = log();
    record(&ledger, tea, &log);
    record(&ledger, all, &log);
    assert_eq!(violations(&ledger, &log), [(Violation::Phantom, 2)]);
}

#[test]
fn lost_publish_is_reported() {
    let (ledger, tea, all) = ledger();
    let log = &log()[..2];
    record(&ledger, tea, &log[..1]);
    record(&ledger, all, &log[1..]);
    assert_eq!(violations(&ledger, log), [(Violation::Lost, 1)]);
}

#[test]
fn publish_stored_twice_with_different_answers_is_reported() {
    let (ledger, tea, all) = ledger();
    let mut log = log();
    log.push(message(7, "milk", 2));
    ledger.record_acknowledgement(key(2), Seq(7));
    record(&ledger, tea, &[log[0].clone(), log[2].clone()]);
    record(&ledger, all, &log[1..]);
    assert_eq!(violations(&ledger, &log), [(Violation::StoredTwice, 1), (Violation::Answers, 1)]);
}

#[test]
fn answer_with_wrong_position_is_reported() {
    let (ledger, tea, all) = ledger();
    let log = log();
    ledger.record_attempt(key(4), &text(4));
    ledger.record_acknowledgement(key(1), Seq(3));
    record(&ledger, tea, &[log[0].clone(), log[2].clone()]);
    record(&ledger, all, &log[1..]);
    assert_eq!(
        violations(&ledger, &log),
        [(Violation::Answers, 2)],
        "the position is wrong and differs from that of the first response"
    );
}

#[test]
fn publish_stored_with_another_text_is_reported() {
    let (ledger, tea, all) = ledger();
    let mut log = log();
    log[1].kind = EntryKind::Message { key: key(2), text: Some(text(9)), reply_to: None };
    record(&ledger, tea, &[log[0].clone(), log[2].clone()]);
    record(&ledger, all, &log[1..]);
    assert_eq!(violations(&ledger, &log), [(Violation::Answers, 1)]);
}

#[test]
fn message_that_nobody_published_is_reported() {
    let (ledger, tea, all) = ledger();
    let mut log = log();
    log.push(message(6, "tea", 4));
    record(&ledger, tea, &[log[0].clone(), log[2].clone(), log[3].clone()]);
    record(&ledger, all, &log[1..]);
    assert_eq!(violations(&ledger, &log), [(Violation::Phantom, 1)]);
    ledger.begin_after(Seq(5));
    assert_eq!(violations(&ledger, &log), [(Violation::Phantom, 1)]);
    ledger.begin_after(Seq(6));
    assert_eq!(violations(&ledger, &log), [], "it is of an earlier round");
}

#[test]
fn log_with_descending_positions_is_reported() {
    let ledger = Ledger::default();
    let mut log = log();
    publish_all(&ledger, &log);
    log[2].at.0 = 1;
    log.swap(0, 1);
    assert_eq!(violations(&ledger, &log), [(Violation::Disorder, 1), (Violation::TimeBack, 2)]);
}

#[test]
fn times_may_go_back_by_more_than_a_minute_with_a_jumping_clock() {
    let ledger = Ledger::default();
    let mut log = log();
    for (entry, at) in log.iter_mut().zip([500_000, 1_000, 900]) {
        entry.at.0 = at;
    }
    for n in 1..=3 {
        ledger.record_attempt(key(n), &text(n));
    }
    assert_eq!(violations(&ledger, &log), [(Violation::TimeBack, 2)]);
    ledger.set_clock_jumping();
    assert_eq!(violations(&ledger, &log), [(Violation::TimeBack, 1)]);
}

#[test]
fn deliveries_of_texts_are_checked() {
    let ledger = Ledger::default();
    let log = log();
    publish_all(&ledger, &log);
    let classic = ledger.add_reader("classic".into(), rooms(&["tea"]), Seq::START, Receives::Texts);
    ledger.record_text(classic, "text 3");
    ledger.record_text(classic, "text 3");
    ledger.record_text(classic, "never said");
    assert_eq!(
        violations(&ledger, &log),
        [(Violation::Undelivered, 1), (Violation::Duplicate, 1), (Violation::Phantom, 1)]
    );
}

#[test]
fn reported_violation_is_counted() {
    let ledger = Ledger::default();
    ledger.report(Violation::Late, "seen after 5 s");
    assert_eq!(violations(&ledger, &[]), [(Violation::Late, 1)]);
    assert_eq!(ledger.check(&[]).examples().next(), Some((Violation::Late, "seen after 5 s")));
}
