//! The moment between a commit and its publication: readers can see the entries already, but scopes do not know yet what they
//! change.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join;
use holdline_shared::{RoomName, RoomSelection, Seq};
use parking_lot::Mutex;
use tokio::time::timeout;

use super::say;
use crate::log::{Log, SqliteLog};
use crate::scope::tests::RoomsOnly;

/// The time for which a commit is kept from being published. A read that does not wait is done by then.
const MOMENT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_waits_until_its_entries_are_published() {
    let folder = tempfile::tempdir().unwrap();
    let log = Arc::new(SqliteLog::open(&folder.path().join("holdline.db")).unwrap());
    let readers = RoomsOnly::new(&["lobby"]);
    let reads = Arc::new(Mutex::new(None));
    let (runtime, reading, committed) = (tokio::runtime::Handle::current(), log.clone(), readers.clone());
    let (scope, begun, head) = (readers.scope(), reads.clone(), log.head());
    // Called after the commit. What it does to the readers stands for what the committed entry says.
    log.observe_commits(Arc::new(move |_| {
        let entries = reading.read(&scope, RoomSelection::All, head);
        let page = reading.page(&scope, RoomName::lobby(), None, 10, None);
        let mut both = runtime.spawn(async { try_join(entries, page).await.unwrap() });
        let early = runtime.block_on(async { timeout(MOMENT, &mut both).await.is_ok() });
        committed.revoke(&RoomName::lobby());
        *begun.lock() = Some((early, both));
    }));
    log.append(say("not for them")).await.unwrap();
    let (early, both) = reads.lock().take().unwrap();
    assert!(!early, "the scope does not know yet");
    let (entries, page) = both.await.unwrap();
    assert!(entries.entries.is_empty() && entries.upto > Seq(1));
    assert!(page.messages.is_empty());
}
