//! A log whose server is killed, whose disk is full, or whose files are damaged while it runs: everything
//! acknowledged is there afterwards, or the loss is reported.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use holdline_shared::Seq;

use crate::support::log_command::{Disk, beside, epoch, log, serve, stop, url};
use crate::support::{Client, Process, key, until, within};

/// Reads the texts of the newest messages in the lobby.
async fn texts(server: &Process) -> Vec<String> {
    let history = server.visitor().history("lobby").await;
    history.messages.iter().filter_map(|message| Some(message.text.as_ref()?.to_string())).collect()
}

/// Counts the entries of the lobby.
async fn entries(server: &Process) -> usize {
    let visitor = server.visitor();
    let (mut after, mut count) = ("start".to_owned(), 0);
    loop {
        let batch = visitor.polls(&format!("room=lobby&after={after}&wait=0")).await;
        if batch.entries.is_empty() {
            return count;
        }
        count += batch.entries.len();
        after = batch.cursor.to_string();
    }
}

/// Publishes long messages; returns the last entry.
async fn say(ada: &Client, times: usize) -> Seq {
    let text = "x".repeat(3900);
    join_all((0..times).map(|_| ada.says(&text))).await.last().unwrap().seq
}

#[tokio::test]
async fn log_opens_completely_after_a_kill_during_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let size = || std::fs::metadata(&path).unwrap().len();
    let (mut expected, mut server) = (1, serve(&path).await);
    let first = epoch(&server).await;
    for kill in 0..10 {
        let ada = server.person("Ada").await;
        let last = say(&ada, 60).await;
        let before = size();
        // The write-ahead log is emptied soon after the deletion, and the text leaves it.
        ada.delete(&format!("/api/v1/rooms/lobby/messages/{last}")).await.expect(200);
        expected += 61;
        until("a checkpoint writes the database", || size() != before).await;
        server.crash().await;
        server = serve(&path).await;
        assert_eq!(entries(&server).await, expected, "after {} kills", kill + 1);
        assert_eq!(epoch(&server).await, first);
    }
    stop(server).await;
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!(code, 0, "{said}");
}

/// Publishes long messages until the disk is full; returns the number of successes.
async fn say_until_full(ada: &Client) -> usize {
    let text = "x".repeat(3500);
    for said in 0.. {
        let reply = ada.publishes("lobby", key(), &text).await;
        if reply.status != 201 {
            assert_eq!(reply.status, 507, "{}", reply.text());
            return said;
        }
    }
    unreachable!("no disk is endless")
}

#[tokio::test]
async fn server_that_stops_on_a_full_disk_starts_again_once_there_is_room() {
    let Some(disk) = Disk::new(3) else { return };
    let path = disk.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    let said = say_until_full(&ada).await;
    let filler = disk.fill();
    stop(server).await;
    std::fs::remove_file(filler).unwrap();
    disk.remount("size=30m");
    let server = serve(&path).await;
    assert_eq!(entries(&server).await, said + 1);
    stop(server).await;
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!(code, 0, "{said}");
}

#[tokio::test]
async fn server_starts_on_a_full_disk_and_goes_on_once_there_is_room() {
    for is_killed in [true, false] {
        let Some(disk) = Disk::new(8) else { return };
        let path = disk.path().join("x.db");
        let mut server = serve(&path).await;
        let ada = server.person("Ada").await;
        let said = say_until_full(&ada).await;
        disk.fill();
        if is_killed {
            server.signal("KILL").await;
            server.ended().await;
        } else {
            stop(server).await;
            // Closing removed the write-ahead log, and with it the space for the next one's first frames.
            disk.fill();
        }
        let server = serve(&path).await;
        assert_eq!(entries(&server).await, said + 1);
        let ada = server.person("Ada").await;
        assert_eq!(ada.publishes("lobby", key(), "while it is full").await.status, 507);
        disk.remount("size=30m");
        ada.says("there is room").await;
        server_is_killed_and_keeps(server, &path, said + 2).await;
    }
}

/// Kills the server, and expects a new one to have this number of entries.
async fn server_is_killed_and_keeps(mut server: Process, path: &std::path::Path, expected: usize) {
    server.signal("KILL").await;
    server.ended().await;
    let server = serve(path).await;
    assert_eq!(entries(&server).await, expected);
    stop(server).await;
}

/// Makes a log with one message in the database, and one in the write-ahead log only.
async fn with_both() -> (tempfile::TempDir, std::path::PathBuf, Process, Client) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    server.person("Ada").await.says("in the database").await;
    stop(server).await;
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    for n in 0..20 {
        ada.says(&format!("in the write-ahead log {n}")).await;
    }
    (folder, path, server, ada)
}

#[tokio::test]
async fn emptied_or_overwritten_wal_is_detected_and_the_database_stays_intact() {
    let empty: fn(&Path) = |wal| std::fs::File::options().write(true).open(wal).unwrap().set_len(0).unwrap();
    let overwrite: fn(&Path) = |wal| {
        let garbage = vec![7; usize::try_from(std::fs::metadata(wal).unwrap().len()).unwrap()];
        std::io::Write::write_all(&mut std::fs::File::options().write(true).open(wal).unwrap(), &garbage)
            .unwrap();
    };
    let cut: fn(&Path) = |wal| std::fs::File::options().write(true).open(wal).unwrap().set_len(9000).unwrap();
    for (name, damage) in [("emptied", empty), ("overwritten", overwrite), ("cut short", cut)] {
        for signal in [None, Some("TERM")] {
            let (_folder, path, mut server, ada) = with_both().await;
            let before = epoch(&server).await;
            damage(&beside(&path, "-wal"));
            match signal {
                None => {
                    assert_eq!(ada.publishes("lobby", key(), "refused").await.status, 503, "{name}");
                }
                Some(signal) => server.signal(signal).await,
            }
            // The process ends by itself.
            let status = server.ended().await;
            assert!(signal.is_some() || !status.success(), "{name}");
            let server = serve(&path).await;
            let said = texts(&server).await;
            assert_eq!(
                (said[0].as_str(), said.iter().any(|text| text == "refused")),
                ("in the database", false)
            );
            assert_ne!(
                epoch(&server).await,
                before,
                "{name}: what was acknowledged is lost, and clients are told"
            );
            assert_eq!(server.person("Ada").await.publishes("lobby", key(), "goes on").await.status, 201);
            stop(server).await;
            let (code, said) = log(&path, &["check"]).await;
            assert_eq!(code, 0, "{name}: {said}");
        }
    }
}

#[tokio::test]
async fn emptied_index_of_the_wal_is_repaired() {
    let (_folder, path, mut server, ada) = with_both().await;
    let index = std::fs::File::options().write(true).open(beside(&path, "-shm")).unwrap();
    index.set_len(0).unwrap();
    // The request is refused, or a signal ends the process at a page that does not exist any more.
    let request = ada.request(reqwest::Method::POST, "/publish").body("refused").send().await;
    assert!(request.map_or(true, |reply| reply.status() != 200));
    assert!(!server.ended().await.success());
    let server = serve(&path).await;
    let said = texts(&server).await;
    assert_eq!((said.len(), said[20].as_str()), (21, "in the write-ahead log 19"));
    stop(server).await;
}

/// Polls `/readyz` until it answers with this status.
async fn becomes(server: &Process, expected: u16) {
    let visitor = server.visitor();
    let asking = async { while visitor.get("/readyz").await.status != expected {} };
    within(&format!("readiness {expected}"), asking).await;
}

/// Checks `/readyz` for long enough that the log is checked several times.
async fn readiness(server: &Process, expected: u16) {
    let end = Instant::now() + Duration::from_secs(4);
    while Instant::now() < end {
        let reply = server.visitor().get("/readyz").await;
        assert_eq!(reply.status, expected, "{}", reply.text());
    }
}

#[tokio::test]
async fn server_is_not_ready_while_its_disk_is_full() {
    let Some(disk) = Disk::new(3) else { return };
    let path = disk.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    let filler = disk.path().join("filler");
    std::fs::write(&filler, vec![0; 64 * 1024]).unwrap();
    say_until_full(&ada).await;
    // A small row fits, a message does not.
    let file = std::fs::File::options().write(true).open(filler).unwrap();
    file.set_len(56 * 1024).unwrap();
    becomes(&server, 503).await;
    // A small row may still fit.
    readiness(&server, 503).await;
    disk.remount("size=30m");
    becomes(&server, 200).await;
    ada.says("goes on").await;
    readiness(&server, 200).await;
    stop(server).await;
}

#[tokio::test]
async fn server_is_not_ready_while_messages_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    for _ in 0..3 {
        say(&ada, 100).await;
    }
    stop(server).await;
    // Damages a page of the table of entries.
    let database = rusqlite::Connection::open(&path).unwrap();
    let sql = "SELECT pageno FROM dbstat WHERE name = 'entries' AND pagetype = 'leaf' ORDER BY pageno DESC LIMIT 1 OFFSET 3";
    let page: u64 = database.query_row(sql, [], |row| row.get(0)).unwrap_or(40);
    drop(database);
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    let at = usize::try_from(page).unwrap() * 4096;
    damaged[at - 4096..at].fill(0xff);
    std::fs::write(&path, &damaged).unwrap();
    let server = serve(&path).await;
    let visitor = server.visitor();
    let mut fails = false;
    for room in ["room=lobby&after=start&wait=0"; 3] {
        fails |= visitor.poll(room).await.status == 503;
    }
    fails |= visitor.get("/api/v1/rooms/lobby/messages").await.status == 503;
    assert!(fails, "page {page} is damaged");
    becomes(&server, 503).await;
    readiness(&server, 503).await;
    drop(server);
}

#[tokio::test]
async fn retention_makes_room_on_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder.path().join("x.db"));
    let flags = ["--log", &url, "--keep", "5/room", "--keep-every", "10"];
    // For the log, a limit on file sizes is a full disk.
    let server = Process::start_through("ulimit -f 600; ", std::process::Stdio::null(), &flags).await;
    let ada = server.person("Ada").await;
    let text = "x".repeat(3_500);
    let burst = async || {
        let said = (0..20).map(|_| ada.publishes("lobby", key(), &text));
        join_all(said).await.into_iter().any(|answer| answer.status == 507)
    };
    within("a full disk", async { while !burst().await {} }).await;
    let again = async { while ada.publishes("lobby", key(), &text).await.status != 201 {} };
    within("room again", again).await;
}
