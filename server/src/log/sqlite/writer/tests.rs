//! Retention and expiry write only when there is something to remove.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{Person, RoomName};

use super::Writer;
use crate::log::draft::{Draft, DraftKind};
use crate::log::projection::identity;
use crate::log::sqlite::jobs::{Job, Shared};
use crate::log::sqlite::location;
use crate::log::sqlite::opening::{self, Opened};

fn writer(folder: &Path) -> Writer {
    let path = location::resolve(&folder.join("holdline.db")).unwrap();
    let Opened { connection, upkeep, lock } = opening::open(&path).unwrap();
    let epoch = identity(&connection).unwrap().epoch;
    Writer::new(connection, upkeep, &path, Arc::<Shared>::default(), Arc::new(lock), epoch).unwrap()
}

fn say() -> Draft {
    Draft::say(Person::stdin(), RoomName::lobby(), "x".parse().unwrap())
}

/// Does a job of retention, and returns whether it has to be done again.
fn work(writer: &mut Writer, job: impl FnOnce(super::Reply<bool>) -> Job) -> bool {
    let (reply, mut answer) = tokio::sync::oneshot::channel();
    writer.do_other(job(reply));
    answer.try_recv().unwrap().unwrap()
}

#[test]
fn retention_without_anything_to_remove_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let room = Draft { kind: DraftKind::room(), room: "tea".parse().unwrap(), ..say() };
    writer.commit([room, say(), say()]).unwrap();
    let prune = |writer: &mut Writer, keep: &str| {
        let retention = keep.parse().unwrap();
        work(writer, |reply| Job::Prune { retention, reply })
    };
    let expire = |writer: &mut Writer, idle| {
        let (rooms, is_in_use) = (vec!["tea".parse().unwrap()], Arc::new(|_: &RoomName| false));
        work(writer, |reply| Job::Expire { rooms, idle, is_in_use, reply })
    };
    let changes = writer.connection.total_changes();
    assert!(!prune(&mut writer, "1d,3/room") && !expire(&mut writer, Duration::from_secs(60)));
    assert!(!writer.upkeep.is_due(true), "the write-ahead log is not emptied for nothing");
    assert_eq!(writer.connection.total_changes(), changes);
    assert!(!prune(&mut writer, "1/room"));
    assert!(writer.upkeep.is_due(true) && writer.connection.total_changes() > changes);
}
