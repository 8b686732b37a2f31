//! Reads that panic, hang or are too many.

use std::sync::mpsc;

use holdline_shared::Seq;

use super::*;
use crate::log::{Log, SqliteLog, projection};

const NEVER: Duration = Duration::from_secs(3600);
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

fn pool(folder: &Path) -> (SqliteLog, Arc<Readers>) {
    let log = SqliteLog::open(&folder.join("holdline.db")).unwrap();
    let readers = log.readers.clone();
    (log, readers)
}

async fn reads(readers: &Arc<Readers>) -> bool {
    let read = |db: &Connection| projection::read_everything(db, Seq::START);
    Readers::run(readers.clone(), read).await.is_ok_and(|chunk| chunk.entries.len() == 1)
}

#[tokio::test]
async fn reads_that_panic_cost_no_connection() {
    let folder = tempfile::tempdir().unwrap();
    let (_log, readers) = pool(folder.path());
    for _ in 0..3 * CONNECTIONS {
        let panicked: Result<(), _> =
            Readers::run(readers.clone(), |_| panic!("as if it had a defect")).await;
        assert!(matches!(panicked, Err(LogError::Unavailable(_))));
    }
    assert!(reads(&readers).await);
}

#[tokio::test]
async fn read_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (_log, readers) = pool(folder.path());
    for _ in 0..=CONNECTIONS {
        let endless = |db: &Connection| db.query_row(ENDLESS, [], |row| row.get::<_, i64>(0));
        let ended = Readers::run_within(readers.clone(), NEVER, Duration::from_millis(20), endless).await;
        assert_eq!(ended, Err(LogError::Busy));
    }
    assert!(reads(&readers).await, "its connection is as good as new");
}

#[tokio::test]
async fn reads_do_not_wait_for_a_connection_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let (log, readers) = pool(folder.path());
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(Mutex::new(released));
    let stuck: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let released = released.clone();
            let read = move |_: &Connection| {
                let _ = released.lock().recv();
                Ok(())
            };
            tokio::spawn(Readers::run(readers.clone(), read))
        })
        .collect();
    while readers.permits.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let refused = Readers::run_within(readers.clone(), Duration::from_millis(10), NEVER, |_| Ok(())).await;
    assert_eq!(refused, Err(LogError::Busy));
    assert_eq!(log.health().await, Ok(()), "the log is well");
    drop(release);
    for stuck in stuck {
        stuck.await.unwrap().unwrap();
    }
    assert!(reads(&readers).await);
}

#[tokio::test]
async fn closed_pool_reads_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (_log, readers) = pool(folder.path());
    readers.close();
    assert_eq!(Readers::run(readers, |_| Ok(())).await, Err(LogError::Closed));
}
