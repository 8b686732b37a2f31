//! A room's entries count once, whatever the order in which they arrive.

use holdline_shared::{EntryKind, Epoch};

use super::*;
use crate::state::samples::{at, entry, page, reacted, said};

fn texts(room: &Room) -> Vec<String> {
    let text = |line: &Rc<Line>| line.message.text.clone().map_or_else(|| "-".to_owned(), String::from);
    let mut texts: Vec<_> = room.lines.newest_first().map(text).collect();
    texts.reverse();
    texts
}

fn joined(seqs: &[u64], cursor: u64, more: bool) -> Room {
    let mut room = Room::new(RoomName::lobby(), Seq::START);
    room.phase = Phase::Joining;
    room.join(page("bob", seqs, cursor, more), Seq(cursor), None);
    room
}

#[test]
fn what_comes_before_history_waits_and_counts_once() {
    let mut room = Room::new(RoomName::lobby(), Seq::START);
    room.phase = Phase::Joining;
    for seq in [4, 5, 6] {
        room.hear(said(seq, "bob", &format!("m{seq}")), None);
    }
    assert!(texts(&room).is_empty());
    room.join(page("bob", &[3, 4, 5], 5, false), Seq(5), None);
    assert_eq!(texts(&room), ["m3", "m4", "m5", "m6"]);
    room.hear(said(6, "bob", "m6"), None);
    assert_eq!(texts(&room).len(), 4);
    assert_eq!(room.unread, [Seq(6)], "what was there at the first visit is not unread");
}

#[test]
fn edits_and_reactions_are_folded_in_once() {
    let mut room = joined(&[1], 1, false);
    room.hear(reacted(2, "ada", 1, "👍", true), None);
    room.hear(reacted(3, "ada", 1, "👍", false), None);
    // A page read later has the message in its later state; an earlier entry then arrives again.
    room.extend(Seq(1), page("bob", &[1], 3, false));
    room.hear(reacted(2, "ada", 1, "👍", true), None);
    assert!(room.lines.first().unwrap().message.reactions.is_empty());
    let target = Seq(1);
    room.hear(entry(4, "bob", EntryKind::Edit { target, text: Some("new".parse().unwrap()) }), None);
    assert_eq!(texts(&room), ["new"]);
    room.hear(entry(5, "bob", EntryKind::Delete { target }), None);
    assert_eq!(texts(&room), ["-"]);
}

#[test]
fn a_gap_is_marked_and_filled_page_by_page() {
    let mut room = joined(&[1, 2], 2, false);
    room.join(page("bob", &[8, 9], 9, true), Seq::START, None);
    assert_eq!(room.gaps, [Gap { before: Seq(8), is_new_log: false }]);
    room.extend(Seq(8), page("bob", &[6, 7], 9, true));
    assert_eq!(room.gaps, [Gap { before: Seq(6), is_new_log: false }]);
    room.extend(Seq(6), page("bob", &[2, 3], 9, true));
    assert!(room.gaps.is_empty());
    assert_eq!(texts(&room), ["m1", "m2", "m3", "m6", "m7", "m8", "m9"]);
    assert!(!room.more, "the beginning was known before");
}

#[test]
fn no_gap_where_nothing_is_missing() {
    let mut room = joined(&[1, 2], 2, true);
    room.join(page("bob", &[2, 3], 3, true), Seq::START, None);
    assert!(room.gaps.is_empty());
    room.join(page("bob", &[7], 7, false), Seq::START, None);
    assert!(room.gaps.is_empty(), "no older ones exist than those on the page");
}

#[test]
fn message_in_a_gap_is_lacking_and_what_is_around_it_comes_between() {
    let mut room = joined(&[1, 2], 2, true);
    room.join(page("bob", &[20, 21], 21, true), Seq::START, None);
    assert_eq!(
        [0, 1, 3, 10, 19, 20, 22].map(|seq| room.may_lack(Seq(seq))),
        [true, false, true, true, true, false, false]
    );
    room.jump(Seq(11), page("bob", &[9, 10], 21, true));
    assert_eq!(texts(&room), ["m1", "m2", "m9", "m10", "m20", "m21"]);
    let gaps: Vec<_> = room.gaps.iter().map(|gap| gap.before.0).collect();
    assert_eq!(gaps, [20, 9], "on both sides");
    assert!(room.more, "what is above all of them is not known yet");
    room.jump(Seq(5), page("bob", &[1, 2, 4], 21, false));
    assert!(!room.may_lack(Seq(3)), "nothing stands above the page but what was here");
}

#[test]
fn another_log_replaces_the_screen_and_says_so() {
    let mut room = joined(&[1, 2], 2, true);
    let mut other = page("bob", &[1], 1, false);
    other.cursor.epoch = Epoch(2);
    room.join(other, Seq::START, None);
    assert_eq!(texts(&room), ["m1"]);
    assert_eq!(room.gaps, [Gap { before: Seq(1), is_new_log: true }]);
    room.extend(Seq(1), page("bob", &[0], 1, true));
    assert_eq!(texts(&room), ["m1"], "an answer from the old log comes too late");
    assert_eq!(room.read_at.map(|cursor| cursor.epoch), Some(Epoch(2)));
    assert_ne!(room.read_at, Some(at(1)));
}

#[test]
fn unread_are_those_of_others_after_what_was_seen() {
    let me = "ada".parse().unwrap();
    let mut room = Room::new(RoomName::lobby(), Seq(1));
    room.hear(said(3, "bob", "hi"), Some(&me));
    room.hear(said(4, "ada", "from my other tab"), Some(&me));
    assert_eq!(room.unread, [Seq(3)]);
    room.phase = Phase::Joining;
    room.join(page("bob", &[1, 3], 4, false), Seq(1), Some(&me));
    room.hear(said(5, "bob", "again"), Some(&me));
    assert_eq!(room.unread, [Seq(3), Seq(5)]);
    room.hear(entry(6, "bob", EntryKind::Delete { target: Seq(3) }), Some(&me));
    assert_eq!(room.unread, [Seq(5)], "nobody has to read what was deleted");
    room.read(Seq(5));
    assert!(!room.has_news());
}

#[test]
fn unread_messages_above_the_page_are_known_to_be_there_until_all_is_read() {
    let mut room = Room::new(RoomName::lobby(), Seq(2));
    room.join(page("bob", &[2, 7, 8], 8, true), Seq(2), None);
    assert!(!room.has_unread_above, "2 was seen, so nothing unread stands above it");
    room.join(page("bob", &[7, 8], 8, true), Seq(2), None);
    assert!(!room.has_unread_above, "2 is still there");
    let mut room = Room::new(RoomName::lobby(), Seq(2));
    room.join(page("bob", &[7, 8], 8, true), Seq(2), None);
    assert!(room.has_unread_above);
    room.read(Seq(6));
    assert!(room.has_unread_above);
    room.read(Seq(7));
    assert!(!room.has_unread_above);
}

#[test]
fn older_pages_stand_above_and_reach_the_beginning() {
    let mut room = joined(&[5, 6], 6, true);
    room.extend(Seq(5), page("bob", &[3, 4], 7, true));
    assert!(room.more);
    room.extend(Seq(3), page("bob", &[1], 7, false));
    assert!(!room.more);
    assert_eq!(texts(&room), ["m1", "m3", "m4", "m5", "m6"]);
    room.hear(said(7, "bob", "m7"), None);
    assert_eq!(texts(&room).len(), 6);
}

fn listed(newest: Seq, newest_before: Option<Seq>, upto: Seq) -> Listed {
    Listed { newest, newest_before, upto }
}

#[test]
fn idle_room_counts_from_the_first_list_and_says_that_more_is_unread() {
    let mut room = Room::new(RoomName::lobby(), Seq(3));
    room.see_listed(Seq(3), listed(Seq(3), None, Seq(3)));
    assert!(!room.has_news());
    room.hear(entry(4, "bob", EntryKind::Room { topic: "tea".parse().unwrap(), policy: None }), None);
    room.see_listed(Seq(3), listed(Seq(5), Some(Seq(4)), Seq(5)));
    assert!(!room.has_news(), "a topic is no news, and the next poll brings 5");
    room.see_listed(Seq(3), listed(Seq(5), Some(Seq(5)), Seq(5)));
    assert!(room.has_uncounted, "no poll has brought 5");
    room.hear(said(6, "bob", "hi"), None);
    room.read(Seq(5));
    assert_eq!(room.unread, [Seq(6)]);
    room.read(Seq(6));
    assert!(!room.has_news());
}

#[test]
fn message_that_is_gone_from_the_list_is_no_news() {
    let new = || Room::new(RoomName::lobby(), Seq(3));
    let mut uncounted = new();
    uncounted.see_listed(Seq(3), listed(Seq(5), None, Seq(5)));
    assert!(uncounted.has_uncounted);
    uncounted.hear(entry(6, "bob", EntryKind::Delete { target: Seq(5) }), None);
    uncounted.see_listed(Seq(3), listed(Seq(3), Some(Seq(5)), Seq(6)));
    assert!(!uncounted.has_news(), "the list has nothing that was not seen");
    let mut unpolled = new();
    unpolled.see_listed(Seq(3), listed(Seq(5), Some(Seq(3)), Seq(5)));
    unpolled.see_listed(Seq(3), listed(Seq(3), Some(Seq(5)), Seq(6)));
    assert!(!unpolled.has_news(), "it came and went between two lists");
    let mut away = new();
    for seq in [4, 5] {
        away.hear(said(seq, "bob", "hi"), None);
    }
    away.see_listed(Seq(3), listed(Seq(4), Some(Seq(5)), Seq(6)));
    assert_eq!(away.unread, [Seq(4)], "the deletion was not heard");
    away.hear(said(8, "bob", "hi"), None);
    away.see_listed(Seq(3), listed(Seq::START, Some(Seq(4)), Seq(7)));
    assert_eq!(away.unread, [Seq(8)], "newer than the list");
}

#[test]
fn messages_far_above_are_put_in_with_a_gap_below() {
    let mut room = joined(&[90, 91], 91, true);
    room.jump(Seq(11), page("bob", &[9, 10], 91, true));
    assert_eq!(texts(&room), ["m9", "m10", "m90", "m91"]);
    assert_eq!(room.gaps, [Gap { before: Seq(90), is_new_log: false }]);
    assert!(room.more);
    room.extend(Seq(90), page("bob", &[10, 11, 12], 91, true));
    assert!(room.gaps.is_empty());
}

#[test]
fn page_of_a_server_that_is_behind_doubles_nothing() {
    let mut room = joined(&[1, 2], 2, false);
    room.hear(said(3, "bob", "m3"), None);
    room.join(page("bob", &[1, 2], 2, false), Seq(3), None);
    room.hear(said(3, "bob", "m3"), None);
    assert_eq!(texts(&room), ["m1", "m2", "m3"]);
}
