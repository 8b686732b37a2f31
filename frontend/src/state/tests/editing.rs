//! Edits whose message is deleted or lost: the text typed for them moves to the composer, however the page learns of
//! the loss.

use super::*;

/// The reader's unsent text: a draft, and an edit of the message `seq`.
fn typing(seq: u64, text: &str) -> Action {
    let edit = Edit { seq: Seq(seq), before: MessageText::received("m2"), text: text.to_owned() };
    Action::Wrote(lobby(), Writing { draft: "half a".to_owned(), reply_to: None, edit: Some(edit) })
}

/// A newest page of history, in which the deleted messages have no text.
fn page_without(seqs: &[u64], deleted: &[u64], cursor: u64, more: bool) -> Action {
    let mut page = page("ada", seqs, cursor, more);
    for message in page.messages.iter_mut().filter(|message| deleted.contains(&message.seq.0)) {
        message.text = None;
    }
    Action::Joined(lobby(), page)
}

/// Checks that the edit has become a part of the draft.
fn check_moved(state: &State) {
    let writing = &state.ui.of(&lobby()).writing;
    assert_eq!((writing.draft.as_str(), &writing.edit), ("half a\nm2 and more", &None));
    assert!(matches!(&state.ui.notice, Some(Notice::News(_))), "the reader is told");
}

fn check_kept(state: &State) {
    assert!(state.ui.of(&lobby()).writing.edit.is_some());
    assert_eq!(state.ui.notice, None);
}

#[test]
fn what_was_typed_for_a_message_that_is_deleted_moves_to_the_composer() {
    let deleted = heard(vec![entry(3, "bob", EntryKind::Delete { target: Seq(2) })]);
    check_moved(&in_lobby().after(typing(2, "m2 and more")).after(deleted.clone()));
    check_moved(&in_lobby().after(deleted).after(typing(2, "m2 and more")));
}

#[test]
fn page_after_a_gap_tells_that_the_edited_message_is_deleted() {
    let state = in_lobby().after(typing(2, "m2 and more")).after(Action::LostPlace);
    check_moved(&state.clone().after(page_without(&[1, 2], &[2], 5, false)));
    check_kept(&state.clone().after(page_without(&[1, 2, 4], &[4], 5, false)));
    check_kept(&state.after(page_without(&[8, 9], &[], 9, true)));
}

#[test]
fn older_page_tells_that_the_edited_message_is_gone() {
    let state = State::default().after(went("lobby")).after(typing(2, "m2 and more"));
    let state = state.after(page_without(&[8, 9], &[], 9, true));
    check_kept(&state);
    let older = |seqs: &[u64]| page("ada", seqs, 9, false);
    check_kept(&state.clone().after(Action::OlderCame(lobby(), Seq(8), older(&[2, 7]))));
    check_moved(&state.clone().after(Action::OlderCame(lobby(), Seq(8), older(&[1, 7]))));
    check_moved(&state.after(Action::Jumped(lobby(), Seq(3), older(&[1]))));
}

#[test]
fn edit_belongs_to_no_message_of_another_log() {
    let mut other = page("ada", &[1, 2], 2, false);
    other.cursor.epoch = Epoch(2);
    let state = in_lobby().after(listed_as(&[("lobby", 2)], 2)).after(typing(2, "m2 and more"));
    check_moved(&state.after(Action::Joined(lobby(), other.clone())));
    // After a reload, the page knows by what was seen that the log is another one.
    let seen = Seen { of_log: Some(at(1)), rooms: keyed([(lobby(), Seq(2))]) };
    let state = State::restore(Saved { seen, ..Saved::default() }).after(went("lobby"));
    check_moved(&state.after(typing(2, "m2 and more")).after(Action::Joined(lobby(), other)));
}

#[test]
fn snapshot_knows_nothing_of_a_message_that_is_newer() {
    let state = State::default().after(went("lobby")).after(typing(4, "m2 and more"));
    let (me, complete_to) = (person("ada"), Timestamp(1));
    let snapshot = Snapshot { room: lobby(), me, page: page("ada", &[1, 2], 2, false), complete_to };
    check_kept(&state.after(Action::Recalled(snapshot)));
}

#[test]
fn edit_in_another_room_moves_without_a_notice() {
    let state = in_lobby().after(typing(2, "m2 and more")).after(went("tea"));
    let state = state.after(heard(vec![entry(3, "bob", EntryKind::Delete { target: Seq(2) })]));
    assert_eq!(state.ui.of(&lobby()).writing.draft, "half a\nm2 and more");
    assert_eq!(state.ui.notice, None);
}

#[test]
fn edit_without_own_words_just_ends() {
    for text in ["m2", " "] {
        let state = in_lobby().after(typing(2, text)).after(page_without(&[1, 2], &[2], 5, false));
        let writing = &state.ui.of(&lobby()).writing;
        assert_eq!((writing.draft.as_str(), &writing.edit), ("half a", &None));
        assert_eq!(state.ui.notice, None);
    }
}

#[test]
fn reader_with_nothing_new_is_led_to_the_edit_of_an_earlier_page() {
    let goal = |state: State| state.ui.of(&lobby()).goal;
    let begun = |text| State::default().after(went("lobby")).after(typing(2, text));
    let page = page_without(&[8, 9], &[], 9, true);
    assert_eq!(goal(begun("m2 and more").after(page.clone())), Some(Goal::Message(Seq(2))));
    assert_eq!(goal(begun("m2").after(page.clone())), Some(Goal::Newest), "nothing was typed");
    let seen = Seen { of_log: Some(at(1)), rooms: keyed([(lobby(), Seq(8))]) };
    let state = State::restore(Saved { seen, ..Saved::default() }).after(went("lobby"));
    let state = state.after(typing(2, "m2 and more")).after(page);
    assert_eq!(goal(state), Some(Goal::New(Seq(9))));
}
