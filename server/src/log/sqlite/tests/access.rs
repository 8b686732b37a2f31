//! Rights in files: a check, an export and an import carry it, and an erased name leaves no trace.

use std::path::Path;

use super::*;
use crate::log::contract::{NAME, change_much, leave_traces_and_erase};
use crate::log::maintenance;

/// Makes a closed log with every kind of change, and returns who may do what in it.
async fn changed(path: &Path) -> Arc<crate::access::Access> {
    let log = SqliteLog::open(path).unwrap();
    change_much(&log).await;
    log.append(say("one")).await.unwrap();
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    log.append(say("two")).await.unwrap();
    let access = log.access().snapshot();
    log.close().await;
    access
}

#[tokio::test]
async fn erased_name_is_not_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    leave_traces_and_erase(&log).await;
    log.close().await;
    let bytes = std::fs::read(&path).unwrap();
    let is_in = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(is_in("kept, edited") && !is_in(NAME) && !is_in("Europe/Zurich"));
    assert_eq!(maintenance::check(&path).unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn check_export_and_import_carry_changes_of_access() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("holdline.db"), dir.path().join("copy.db"));
    let access = changed(&path).await;
    assert_eq!(maintenance::check(&path).unwrap().faults, Vec::<String>::new());
    let mut lines = Vec::new();
    maintenance::export(&path, &mut lines).unwrap();
    maintenance::import(&mut &lines[..], &copy).unwrap();
    assert_eq!(maintenance::check(&copy).unwrap().faults, Vec::<String>::new());
    let log = SqliteLog::open(&copy).unwrap();
    assert_eq!(log.access().snapshot().rights(), access.rights());
    let names = |rooms: Vec<LoggedRoom>| rooms.iter().map(|room| room.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(log.rooms().await.unwrap()), ["lobby", "den", "tea"]);
}

#[tokio::test]
async fn check_names_a_change_of_access_that_would_be_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    changed(&path).await;
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute("DELETE FROM access_entries WHERE seq = 2", []).unwrap();
    drop(database);
    let faults = maintenance::check(&path).unwrap().faults;
    assert_eq!(faults, ["change of access 2: is missing"]);
}

#[tokio::test]
async fn damaged_change_of_access_is_named_once_and_costs_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    changed(&path).await;
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute("UPDATE entries SET json = '{' WHERE seq = 2", []).unwrap();
    drop(database);
    let faults = maintenance::check(&path).unwrap().faults;
    assert_eq!((faults.len(), &*faults[0]), (2, "entry 2: damaged"), "{faults:?}");
    assert!(faults[1].contains("(joined ada)"), "{faults:?}");
    let log = SqliteLog::open(&path).unwrap();
    let access = log.access().snapshot();
    let mut ids: Vec<&str> = access.accounts().map(|account| account.person.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["bob", "cid", "fay"], "ada's is damaged, dan is erased");
}
