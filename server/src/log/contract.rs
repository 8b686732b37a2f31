//! The contract of engines, as tests. An engine's own tests call `suite!` with a function that opens the
//! engine in a folder, and `durable_suite!` too if the engine outlives the process. Positions grow and may
//! skip: no test counts them.

mod access;
mod access_entries;
mod appending;
mod changes;
mod erasing;
mod folding;
mod following;
mod limits;
mod reactions;
mod reading;
mod retention;
mod rooms;

use holdline_shared::{Person, PublishKey, RoomName, RoomSelection, Seq};

use super::draft::{Draft, DraftKind};
use super::engine::{Chunk, Log};
use super::error::{LogError, Refusal};
use super::outcome::Outcome;
use crate::scope::EVERY_ROOM;

pub(crate) use self::access::*;
pub(crate) use self::access_entries::*;
pub(crate) use self::appending::*;
pub(crate) use self::changes::*;
pub(crate) use self::erasing::*;
pub(crate) use self::folding::*;
pub(crate) use self::following::*;
pub(crate) use self::limits::*;
pub(crate) use self::reactions::*;
pub(crate) use self::reading::*;
pub(crate) use self::retention::*;
pub(crate) use self::rooms::*;

fn person(id: &str) -> Person {
    Person { id: id.parse().unwrap(), name: id.parse().unwrap() }
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn key(n: u128) -> PublishKey {
    PublishKey::from_bytes(n.to_le_bytes())
}

fn draft(author: &str, room_name: &str, kind: DraftKind) -> Draft {
    Draft { author: person(author), room: room(room_name), kind }
}

fn say(author: &str, room_name: &str, n: u128, text: &str) -> Draft {
    let kind =
        DraftKind::Message { key: key(n), text: text.parse().unwrap(), reply_to: None, makes_room: false };
    draft(author, room_name, kind)
}

fn make(room_name: &str, topic: Option<&str>) -> Draft {
    draft("ada", room_name, DraftKind::Room { topic: topic.map(|t| t.parse().unwrap()), policy: None })
}

async fn append(log: &dyn Log, draft: Draft) -> Seq {
    match log.append(draft).await {
        Ok(Outcome::Appended(entry) | Outcome::Made(entry)) => entry.seq,
        other => panic!("not appended: {other:?}"),
    }
}

async fn refusal(log: &dyn Log, draft: Draft) -> Refusal {
    match log.append(draft).await {
        Err(LogError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn named(names: &[&str]) -> RoomSelection {
    RoomSelection::Named(names.iter().map(|name| room(name)).collect())
}

fn seqs(chunk: &Chunk) -> Vec<Seq> {
    chunk.entries.iter().map(|entry| entry.seq).collect()
}

/// The positions of all entries in the log, oldest first.
async fn left(log: &dyn Log) -> Vec<Seq> {
    let (mut all, mut after) = (Vec::new(), Seq::START);
    loop {
        let chunk = log.read(EVERY_ROOM, RoomSelection::All, after).await.unwrap();
        if chunk.entries.is_empty() {
            return all;
        }
        all.extend(seqs(&chunk));
        after = chunk.upto;
    }
}

fn texts(chunk: &Chunk) -> Vec<String> {
    chunk.entries.iter().filter_map(|e| e.message_text().map(|t| t.as_str().to_owned())).collect()
}

macro_rules! suite {
    (|$dir:ident| $open:expr) => {
        $crate::log::contract::suite!(@each |$dir| $open;
            new_log_has_a_lobby
            appended_entries_are_read_in_order
            stored_json_is_the_entry
            key_is_published_once
            drafts_are_appended_in_order_of_the_calls
            follower_is_told_of_each_entry_once_in_order
            follower_is_told_of_missed_entries
            batch_is_limited
            history_is_paged_backwards
            reads_stay_within_their_scope
            read_passes_over_hidden_entries
            reserved_room_is_neither_read_nor_counted
            head_is_never_behind_a_read
            only_the_author_changes_a_message
            deleted_texts_are_removed
            reaction_is_added_once
            spellings_of_an_emoji_are_one_reaction
            rooms_are_created_and_changed
            newest_message_of_a_room_is_one_that_is_left
            rooms_are_created_and_filled_concurrently
            reply_needs_a_message_of_the_room
            retention_keeps_a_number_of_entries_or_an_age
            retention_removes_a_message_before_its_changes
            retention_continues_across_chunks
            retention_cuts_each_room_separately
            deletion_removes_texts_of_entries_that_stay
            cuts_are_told
            cuts_of_a_room_that_expires_in_portions_are_told
            reactions_are_counted_and_the_first_are_listed
            reader_sees_own_reactions
            deletion_removes_reactions
            emoji_of_a_message_are_limited
            edits_of_a_message_are_limited
            page_is_limited_in_bytes
            empty_rooms_expire
            rooms_in_use_or_with_messages_stay
            recreated_room_reports_forgotten_entries
            creation_of_a_room_differs_from_a_change
            history_is_the_fold_of_the_entries
            private_room_is_written_by_its_members
            changes_of_access_are_read_by_nobody
            rules_of_a_room_are_changed_in_part
            slow_mode_spaces_messages
            admins_of_a_room_delete_any_message
            whoever_was_banned_or_removed_is_told_nothing
            access_is_the_fold_of_what_was_told
            retention_keeps_changes_of_access
            deleted_room_is_gone_and_told_in_its_place
            name_of_a_deleted_private_room_stays_taken
            erased_name_is_in_no_entry
        );
    };
    (@each |$dir:ident| $open:expr; $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                let $dir = folder.path();
                let _ = $dir;
                $crate::log::contract::$case(std::sync::Arc::new($open)).await;
            }
        )*
    };
}

macro_rules! durable_suite {
    (|$dir:ident| $open:expr) => {
        #[tokio::test]
        async fn log_survives_a_restart() {
            let folder = tempfile::tempdir().unwrap();
            let $dir = folder.path();
            $crate::log::contract::log_survives_a_restart(|| $open).await;
        }

        #[tokio::test]
        async fn access_survives_a_restart() {
            let folder = tempfile::tempdir().unwrap();
            let $dir = folder.path();
            $crate::log::contract::access_survives_a_restart(|| $open).await;
        }
    };
}

pub(crate) use {durable_suite, suite};
