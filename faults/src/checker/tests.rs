//! Each kind of wrong, shown to the checker.

mod changes;
mod gaps;

use holdline_shared::{Entry, MessageText, PublishKey, RoomName, RoomSelection, Seq};

use super::{Hears, Ledger, Line, ReaderId, Wrong};

fn key(n: u8) -> PublishKey {
    PublishKey::from_random([n; 16])
}

fn said(seq: u64, room: &str, n: u8) -> Entry {
    let key = key(n);
    let json = format!(
        r#"{{"seq":{seq},"room":"{room}","at":{seq},"author":{{"id":"ada1","name":"Ada"}},"kind":"message","key":"{key}","text":"text {n}"}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// The text of [`said`].
fn words(n: u8) -> MessageText {
    format!("text {n}").parse().unwrap()
}

/// A reader asked before anything happened.
fn saw(ledger: &Ledger, reader: ReaderId, entries: &[Entry]) {
    ledger.saw(reader, Line::default(), entries);
}

fn rooms(names: &[&str]) -> RoomSelection {
    RoomSelection::Named(names.iter().map(|name| RoomName::parse(name).unwrap()).collect())
}

/// Three messages, two of them in the room `tea`, all acknowledged.
fn log() -> Vec<Entry> {
    vec![said(2, "tea", 1), said(3, "milk", 2), said(5, "tea", 3)]
}

/// A reader of `tea` and one of everything.
fn ledger() -> (Ledger, ReaderId, ReaderId) {
    let ledger = Ledger::default();
    for (n, seq) in [(1, 2), (2, 3), (3, 5)] {
        ledger.tried(key(n), &words(n));
        ledger.acknowledged(key(n), Seq(seq));
    }
    let tea = ledger.reader("tea".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    let all = ledger.reader("all".into(), RoomSelection::All, Seq(2), Hears::Entries);
    (ledger, tea, all)
}

/// What is wrong, and how often.
fn wrongs(ledger: &Ledger, log: &[Entry]) -> Vec<(Wrong, usize)> {
    let verdict = ledger.check(log);
    Wrong::ALL
        .into_iter()
        .map(|wrong| (wrong, verdict.count(wrong)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn what_is_right_is_found_right() {
    let (ledger, tea, all) = ledger();
    let log = log();
    saw(&ledger, tea, &[log[0].clone()]);
    saw(&ledger, tea, &[log[2].clone()]);
    saw(&ledger, all, &log[1..]);
    assert_eq!(wrongs(&ledger, &log), []);
    let verdict = ledger.check(&log);
    assert_eq!((verdict.acknowledged, verdict.stored, verdict.deliveries), (3, 3, 4));
    assert!(verdict.is_clean());
}

#[test]
fn an_undelivered_entry_is_found() {
    let (ledger, tea, all) = ledger();
    let log = log();
    assert_eq!(ledger.behind(&log), ["tea", "all"]);
    saw(&ledger, tea, &[log[0].clone()]);
    saw(&ledger, all, &log[1..]);
    assert_eq!(ledger.behind(&log), ["tea"]);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Undelivered, 1)]);
}

#[test]
fn doubles_and_disorder_are_found() {
    let (ledger, tea, all) = ledger();
    let log = log();
    saw(&ledger, tea, &[log[2].clone(), log[0].clone()]);
    saw(&ledger, all, &[log[1].clone(), log[1].clone(), log[2].clone()]);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Twice, 1), (Wrong::Disorder, 1)]);
}

#[test]
fn what_was_never_durable_is_found() {
    let (ledger, tea, all) = ledger();
    let log = log();
    saw(&ledger, tea, &[log[0].clone(), said(4, "tea", 9), log[2].clone()]);
    // The same place, but something else: it was changed after it was shown.
    saw(&ledger, all, &[said(3, "milk", 8), log[2].clone()]);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Undelivered, 1), (Wrong::Phantom, 2)]);
}

#[test]
fn what_belongs_to_another_room_is_found() {
    let (ledger, tea, all) = ledger();
    let log = log();
    saw(&ledger, tea, &log);
    saw(&ledger, all, &log);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Phantom, 2)]);
}

#[test]
fn a_lost_publish_is_found() {
    let (ledger, tea, all) = ledger();
    let log = &log()[..2];
    saw(&ledger, tea, &log[..1]);
    saw(&ledger, all, &log[1..]);
    assert_eq!(wrongs(&ledger, log), [(Wrong::Lost, 1)]);
}

#[test]
fn a_publish_stored_twice_and_answers_that_differ_are_found() {
    let (ledger, tea, all) = ledger();
    let mut log = log();
    log.push(said(7, "milk", 2));
    ledger.acknowledged(key(2), Seq(7));
    saw(&ledger, tea, &[log[0].clone(), log[2].clone()]);
    saw(&ledger, all, &log[1..]);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::StoredTwice, 1), (Wrong::Answers, 1)]);
}

#[test]
fn an_answer_with_a_wrong_place_is_found() {
    let (ledger, tea, all) = ledger();
    let log = log();
    ledger.tried(key(4), &words(4));
    ledger.acknowledged(key(1), Seq(3));
    saw(&ledger, tea, &[log[0].clone(), log[2].clone()]);
    saw(&ledger, all, &log[1..]);
    assert_eq!(
        wrongs(&ledger, &log),
        [(Wrong::Answers, 2)],
        "it is not there, and the first answer said otherwise"
    );
}

#[test]
fn a_log_that_goes_back_is_found() {
    let ledger = Ledger::default();
    let mut log = log();
    log[2].at.0 = 1;
    log.swap(0, 1);
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Disorder, 1), (Wrong::TimeBack, 2)]);
}

#[test]
fn times_go_back_with_a_clock_that_jumps_and_not_for_a_minute() {
    let ledger = Ledger::default();
    let mut log = log();
    for (entry, at) in log.iter_mut().zip([500_000, 1_000, 900]) {
        entry.at.0 = at;
    }
    for n in 1..=3 {
        ledger.tried(key(n), &words(n));
    }
    assert_eq!(wrongs(&ledger, &log), [(Wrong::TimeBack, 2)]);
    ledger.set_clock_jumps();
    assert_eq!(wrongs(&ledger, &log), [(Wrong::TimeBack, 1)]);
}

#[test]
fn texts_alone_are_checked_too() {
    let ledger = Ledger::default();
    let log = log();
    let classic = ledger.reader("classic".into(), rooms(&["tea"]), Seq::START, Hears::Texts);
    ledger.saw_text(classic, "text 3");
    ledger.saw_text(classic, "text 3");
    ledger.saw_text(classic, "never said");
    assert_eq!(wrongs(&ledger, &log), [(Wrong::Undelivered, 1), (Wrong::Twice, 1), (Wrong::Phantom, 1)]);
}

#[test]
fn a_complaint_is_a_wrong() {
    let ledger = Ledger::default();
    ledger.complain(Wrong::Late, "seen after 5 s");
    assert_eq!(wrongs(&ledger, &[]), [(Wrong::Late, 1)]);
    assert_eq!(ledger.check(&[]).examples().next(), Some((Wrong::Late, "seen after 5 s")));
}
