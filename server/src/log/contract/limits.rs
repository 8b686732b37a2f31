//! Limits on the cost of a message and of a page.

use std::sync::Arc;

use holdline_shared::limits::{EDITS_PER_MESSAGE, HISTORY_BYTES};

use super::{append, draft, left, refusal, room, say};
use crate::log::draft::DraftKind;
use crate::log::engine::Log;
use crate::log::error::Refusal;
use crate::scope::EVERY_ROOM;

pub(crate) async fn edits_of_a_message_are_limited(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "first")).await;
    let edit = |n: usize| {
        draft("ada", "lobby", DraftKind::Edit { target, text: format!("edit {n}").parse().unwrap() })
    };
    let pending: Vec<_> = (0..EDITS_PER_MESSAGE).map(|n| log.append(edit(n))).collect();
    assert!(futures_util::future::join_all(pending).await.iter().all(Result::is_ok));
    assert_eq!(refusal(&*log, edit(EDITS_PER_MESSAGE)).await, Refusal::TooManyEdits);
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target })).await;
}

pub(crate) async fn page_is_limited_in_bytes(log: Arc<dyn Log>) {
    // Each character takes two bytes of JSON.
    let text = "\"".repeat(4_000);
    let pending: Vec<_> = (0..100).map(|n| log.append(say("ada", "lobby", n, &text))).collect();
    futures_util::future::join_all(pending).await;
    let (mut before, mut all, mut count) = (None, Vec::new(), 0);
    loop {
        let page = log.page(EVERY_ROOM, room("lobby"), before, 200, None).await.unwrap();
        let bytes = serde_json::to_vec(&page.messages).unwrap().len();
        assert!(bytes < HISTORY_BYTES + 10_000, "{bytes}");
        assert!(!page.more || bytes >= HISTORY_BYTES, "closed early at {bytes}");
        count += 1;
        before = page.messages.first().map(|message| message.seq);
        all.splice(0..0, page.messages.into_iter().map(|message| message.seq));
        if !page.more {
            break;
        }
    }
    assert!(count > 1);
    assert_eq!(all, left(&*log).await[1..], "each of them once");
}
