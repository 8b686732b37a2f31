//! Logs that forget, end, or are cut short: what a reader is owed then.

use holdline_shared::{Entry, RoomName, Seq};

use super::{key, log, rooms, said, saw, words};
use crate::checker::{Gap, Hears, Ledger, Verdict, Wrong};

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

fn five() -> Vec<Entry> {
    (1..=5).map(|n| said(u64::from(n), "tea", n)).collect()
}

fn wrongs(verdict: &Verdict) -> Vec<(Wrong, usize)> {
    let counts = Wrong::ALL.into_iter().map(|wrong| (wrong, verdict.count(wrong)));
    counts.filter(|(_, count)| *count > 0).collect()
}

#[test]
fn gap_is_right_when_something_was_gone() {
    let ledger = Ledger::default();
    let whole = five();
    let reader = ledger.reader("napping".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, reader, &whole[..1]);
    ledger.gap(reader, Gap { after: Seq(1), resumed: Seq(4), oldest: vec![(tea(), Seq(4))] });
    saw(&ledger, reader, &whole[4..]);
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &whole[3..])), []);
}

#[test]
fn gap_is_wrong_when_nothing_was_gone_yet() {
    let ledger = Ledger::default();
    let whole = five();
    let reader = ledger.reader("napping".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, reader, &whole[..3]);
    // Of what it had not seen, everything was still there; and so it is when another room has forgotten something.
    ledger.gap(reader, Gap { after: Seq(3), resumed: Seq(5), oldest: vec![(tea(), Seq(4))] });
    ledger
        .gap(reader, Gap { after: Seq(5), resumed: Seq(5), oldest: vec![("milk".parse().unwrap(), Seq(9))] });
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &whole[4..])), [(Wrong::Repair, 2)]);
}

#[test]
fn gap_that_was_not_told_is_found() {
    let ledger = Ledger::default();
    let whole = five();
    let reader = ledger.reader("napping".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, reader, &whole[..1]);
    saw(&ledger, reader, &whole[3..]);
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &whole[3..])), [(Wrong::Undelivered, 2)]);
}

#[test]
fn who_begins_at_the_start_is_owed_what_the_log_has() {
    let ledger = Ledger::default();
    let whole = five();
    let late = ledger.reader("late".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, late, &whole[2..]);
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &whole[2..])), []);
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &whole[1..])), [(Wrong::Undelivered, 1)]);
}

#[test]
fn log_that_invents_while_it_forgets_is_found() {
    let ledger = Ledger::default();
    let whole = five();
    let mut kept = whole[3..].to_vec();
    kept.push(said(6, "tea", 6));
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &kept)), [(Wrong::Phantom, 1)]);
}

#[test]
fn acknowledged_and_forgotten_is_not_lost() {
    let ledger = Ledger::default();
    ledger.tried(key(1), &words(1));
    ledger.acknowledged(key(1), Seq(1));
    let whole = five();
    assert_eq!(wrongs(&ledger.check_forgetful(&whole, &whole[3..])), []);
}

#[test]
fn interrupted_readers_are_owed_no_more_than_they_came_to() {
    let ledger = Ledger::default();
    let log = log();
    let reader = ledger.reader("cut off".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    ledger.reader("not begun".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, reader, &log[..1]);
    assert_eq!(wrongs(&ledger.check_interrupted(&log)), []);
    let hasty = ledger.reader("hasty".into(), rooms(&["tea"]), Seq::START, Hears::Entries);
    saw(&ledger, hasty, &log[2..]);
    assert_eq!(wrongs(&ledger.check_interrupted(&log)), [(Wrong::Undelivered, 1)]);
}

#[test]
fn verdicts_of_parts_are_added_up() {
    let mut sum = Verdict::default();
    for text in ["one", "two"] {
        let ledger = Ledger::default();
        ledger.complain(Wrong::Mixed, text);
        sum.take(ledger.check(&log()));
    }
    assert_eq!((sum.stored, sum.count(Wrong::Mixed)), (6, 2));
    assert_eq!(sum.examples().map(|(_, text)| text).collect::<Vec<_>>(), ["one", "two"]);
}
