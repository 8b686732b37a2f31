//! Following: the follower is told of each entry once, in order, before the publisher.

use std::sync::Arc;

use holdline_shared::Seq;
use holdline_shared::limits::BATCH_ENTRIES;
use parking_lot::Mutex;

use super::{append, left, refusal, say};
use crate::log::engine::{Log, LogEvent};
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;

/// Follows the log after `after`, and collects the positions that the follower is told.
async fn followed(log: &dyn Log, after: Seq) -> Arc<Mutex<Vec<Seq>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let collected = told.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| {
        let LogEvent::Appended(group) = event else { panic!("{event:?}") };
        collected.lock().extend(group.iter().map(|entry| entry.seq));
    });
    log.follow(after, follower).await.unwrap();
    told
}

pub(crate) async fn follower_is_told_of_each_entry_once_in_order(log: Arc<dyn Log>) {
    let told = followed(&*log, log.head()).await;
    let pending: Vec<_> = (0..300).map(|n| log.append(say("ada", "lobby", n, "x"))).collect();
    let last = futures_util::future::join_all(pending).await;
    let appended: Vec<_> = last
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Outcome::Appended(entry)) => entry.seq,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(*told.lock(), appended, "told before the answer");
    assert!(matches!(log.append(say("ada", "lobby", 5, "x")).await, Ok(Outcome::Repeated(_))));
    assert_eq!(refusal(&*log, say("ada", "nowhere", 999, "x")).await, Refusal::UnknownRoom);
    assert_eq!(told.lock().len(), 300, "only of what was appended");
}

pub(crate) async fn follower_is_told_of_missed_entries(log: Arc<dyn Log>) {
    let snapshot = log.head();
    // More entries than one read returns.
    let pending: Vec<_> =
        (0..BATCH_ENTRIES as u128 + 50).map(|n| log.append(say("ada", "lobby", n, "x"))).collect();
    futures_util::future::join_all(pending).await;
    let missed = left(&*log).await.split_off(1);
    assert!(missed[0] > snapshot);
    let told = followed(&*log, snapshot).await;
    assert_eq!(*told.lock(), missed, "told before following begins");
    let next = append(&*log, say("bob", "lobby", 0, "y")).await;
    assert_eq!(told.lock().last(), Some(&next));
    assert_eq!(told.lock().len(), missed.len() + 1);
}
