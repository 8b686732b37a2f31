//! Removed means removed: whoever is removed or banned while polls are held, messages published and history read, at random
//! moments, is told nothing that is newer than the removal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use holdline_shared::{Batch, EntryKind, RoomList, Seq};
use serde_json::json;

use super::{add, admin, both_ways, den, member, member_path, path};
use crate::support::{Client, within};

/// The number of removals in a run, unless `HOLDLINE_REMOVALS` says otherwise.
const REMOVALS: usize = 150;

/// The newest entry of the room that a client was told.
#[derive(Default)]
struct Told {
    newest: Seq,
    entries: usize,
}

impl Told {
    fn note(&mut self, seqs: impl IntoIterator<Item = Seq>) {
        for seq in seqs {
            self.newest = self.newest.max(seq);
            self.entries += 1;
        }
    }
}

/// Polls until it is refused, and returns what it was told of the room. A poll of all rooms is not refused, and ends when
/// `is_over` is set and something else is said.
async fn follow(
    client: Client,
    rooms: String,
    room: String,
    mut after: String,
    is_over: Arc<AtomicBool>,
) -> Told {
    let mut told = Told::default();
    loop {
        let reply = client.poll(&format!("room={rooms}&after={after}&wait=60")).await;
        if reply.status != 200 {
            return told;
        }
        let batch: Batch = reply.json();
        after = batch.cursor.to_string();
        told.note(batch.entries.iter().filter(|entry| entry.room.as_str() == room).map(|entry| entry.seq));
        if is_over.load(Ordering::Acquire) && batch.entries.iter().any(|entry| entry.room.as_str() == "lobby")
        {
            return told;
        }
    }
}

/// Reads history until it is refused.
async fn read_history(client: Client, room: String) -> Told {
    let mut told = Told::default();
    loop {
        let reply = client.get(&format!("/api/v1/rooms/{room}/messages?limit=3")).await;
        if reply.status != 200 {
            return told;
        }
        let history: holdline_shared::History = reply.json();
        told.note(history.messages.iter().map(|message| message.seq));
    }
}

#[tokio::test]
async fn removed_or_banned_person_is_told_nothing_newer_than_that() {
    let removals = std::env::var("HOLDLINE_REMOVALS").map_or(REMOVALS, |number| number.parse().unwrap());
    both_ways(async |server| {
        let ada = admin(&server).await;
        let den = den(&ada).await;
        let mut told = 0;
        let mut bo = member(&server, &ada, "Bo").await;
        for round in 0..removals {
            add(&ada, &den, &bo).await;
            let is_over = Arc::new(AtomicBool::new(false));
            let present: RoomList = bo.get("/api/v1/rooms").await.expect(200).json();
            let follow = |rooms: &str| {
                let after = present.cursor.to_string();
                tokio::spawn(follow(bo.clone(), rooms.to_owned(), den.to_string(), after, is_over.clone()))
            };
            let followers = [follow(den.as_str()), follow("*"), follow(&format!("lobby&room={den}"))];
            let reader = tokio::spawn(read_history(bo.clone(), den.to_string()));
            let writer = tokio::spawn({
                let (ada, den) = (ada.clone(), den.clone());
                async move {
                    for n in 0..8 {
                        ada.says_in(den.as_str(), &format!("{n}")).await;
                    }
                }
            });
            // The moment of the removal moves through the messages.
            for _ in 0..round % 40 {
                tokio::task::yield_now().await;
            }
            let is_ban = round % 10 == 9;
            let last = if is_ban {
                let ban = format!("/api/v1/people/{}/ban", bo.person().id);
                ada.put(&ban, &json!({ "reason": "x" })).await.expect(201);
                // Nobody reads the entry of a ban but admins.
                let audit: serde_json::Value = ada.get("/api/v1/audit").await.expect(200).json();
                Seq(audit["entries"][0]["seq"].as_u64().unwrap())
            } else {
                let removal = ada.delete(&member_path(&den, &bo)).await.expect(200);
                let removal: holdline_shared::Entry = removal.json();
                assert!(matches!(removal.kind, EntryKind::Member(_)));
                removal.seq
            };
            is_over.store(true, Ordering::Release);
            writer.await.unwrap();
            ada.says("a word in the lobby").await;
            for task in followers.into_iter().chain([reader]) {
                let heard = within("the end of a reader who was removed", task).await.unwrap();
                assert!(heard.newest < last, "round {round}: {} of {last}", heard.newest);
                told += heard.entries;
            }
            assert!(bo.get(&path(&den, "/messages")).await.status >= 400);
            if is_ban {
                bo = member(&server, &ada, &format!("Bo{}", "o".repeat(round / 10 + 1))).await;
            }
        }
        assert!(told > removals, "hardly anything was told: {told}");
    })
    .await;
}
