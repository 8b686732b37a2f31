//! Tests of retention, interruptions and restored logs: the entries that a reader must receive then.

use holdline_shared::{Entry, RoomName, Seq};

use super::{key, log, message, publish_all, record, rooms, text};
use crate::checker::{Findings, Gap, Ledger, Receives, Violation};

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

fn five() -> Vec<Entry> {
    (1..=5).map(|n| message(u64::from(n), "tea", n)).collect()
}

fn violations(findings: &Findings) -> Vec<(Violation, usize)> {
    let counts = Violation::ALL.into_iter().map(|violation| (violation, findings.count(violation)));
    counts.filter(|(_, count)| *count > 0).collect()
}

#[test]
fn gap_over_expired_entries_is_accepted() {
    let ledger = Ledger::default();
    let whole = five();
    publish_all(&ledger, &whole);
    let reader = ledger.add_reader("absent".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, reader, &whole[..1]);
    ledger.record_gap(reader, Gap { after: Seq(1), resumed: Seq(4), oldest: vec![(tea(), Seq(4))] });
    record(&ledger, reader, &whole[4..]);
    assert_eq!(violations(&ledger.check_with_retention(&whole, &whole[3..])), []);
}

#[test]
fn gap_without_expired_entries_is_reported() {
    let ledger = Ledger::default();
    let whole = five();
    publish_all(&ledger, &whole);
    let reader = ledger.add_reader("absent".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, reader, &whole[..3]);
    // All entries that the reader had not received were still there; expired entries of another room do not matter.
    ledger.record_gap(reader, Gap { after: Seq(3), resumed: Seq(5), oldest: vec![(tea(), Seq(4))] });
    ledger.record_gap(
        reader,
        Gap { after: Seq(5), resumed: Seq(5), oldest: vec![("milk".parse().unwrap(), Seq(9))] },
    );
    assert_eq!(violations(&ledger.check_with_retention(&whole, &whole[4..])), [(Violation::Repair, 2)]);
}

#[test]
fn gap_that_was_not_announced_is_reported() {
    let ledger = Ledger::default();
    let whole = five();
    publish_all(&ledger, &whole);
    let reader = ledger.add_reader("absent".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, reader, &whole[..1]);
    record(&ledger, reader, &whole[3..]);
    assert_eq!(violations(&ledger.check_with_retention(&whole, &whole[3..])), [(Violation::Undelivered, 2)]);
}

#[test]
fn reader_from_the_start_needs_what_the_log_still_has() {
    let ledger = Ledger::default();
    let whole = five();
    publish_all(&ledger, &whole);
    let late = ledger.add_reader("late".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, late, &whole[2..]);
    assert_eq!(violations(&ledger.check_with_retention(&whole, &whole[2..])), []);
    assert_eq!(violations(&ledger.check_with_retention(&whole, &whole[1..])), [(Violation::Undelivered, 1)]);
}

#[test]
fn invented_entry_in_a_log_with_retention_is_reported() {
    let ledger = Ledger::default();
    let whole = five();
    publish_all(&ledger, &whole);
    let mut kept = whole[3..].to_vec();
    kept.push(message(6, "tea", 6));
    assert_eq!(violations(&ledger.check_with_retention(&whole, &kept)), [(Violation::Phantom, 1)]);
}

#[test]
fn expired_publish_is_not_lost() {
    let ledger = Ledger::default();
    ledger.record_attempt(key(1), &text(1));
    ledger.record_acknowledgement(key(1), Seq(1));
    let whole = five();
    publish_all(&ledger, &whole);
    assert_eq!(violations(&ledger.check_with_retention(&whole, &whole[3..])), []);
}

#[test]
fn interrupted_readers_need_only_a_prefix() {
    let ledger = Ledger::default();
    let log = log();
    publish_all(&ledger, &log);
    let reader = ledger.add_reader("cut off".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    ledger.add_reader("not begun".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, reader, &log[..1]);
    assert_eq!(violations(&ledger.check_interrupted(&log)), []);
    let hasty = ledger.add_reader("hasty".into(), rooms(&["tea"]), Seq::START, Receives::Entries);
    record(&ledger, hasty, &log[2..]);
    assert_eq!(violations(&ledger.check_interrupted(&log)), [(Violation::Undelivered, 1)]);
}

#[test]
fn findings_of_parts_are_added_up() {
    let mut sum = Findings::default();
    for text in ["one", "two"] {
        let ledger = Ledger::default();
        publish_all(&ledger, &log());
        ledger.report(Violation::Mixed, text);
        sum.take(ledger.check(&log()));
    }
    assert_eq!((sum.stored, sum.count(Violation::Mixed)), (6, 2));
    assert_eq!(sum.examples().map(|(_, text)| text).collect::<Vec<_>>(), ["one", "two"]);
}
