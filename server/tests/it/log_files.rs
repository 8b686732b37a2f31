//! Changes that an operator makes to a log's files: each is refused or handled, with an explanation, and no
//! two logs are mixed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::log_command::{beside, epoch, listing, log, serve, stop, url};
use crate::support::{Process, within};

#[tokio::test]
async fn files_are_private_to_their_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made").join("x.db");
    let server = serve(&path).await;
    server.person("Ada").await.says("hello").await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for end in ["", "-wal", "-shm", "-lock"] {
        assert_eq!(mode(&beside(&path, end)), 0o600, "{end}");
    }
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    stop(server).await;
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    stop(serve(&path).await).await;
    assert_eq!(mode(&path), 0o600, "tightened");
}

#[tokio::test]
async fn check_names_what_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    std::fs::write(&path, include_bytes!("../data/v1.db")).unwrap();
    stop(serve(&path).await).await;
    assert_eq!(log(&path, &["check"]).await.0, 0);
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "UPDATE entries SET json = replace(json, '\"text\":\"an ans', '\"text\":an ans') WHERE seq = 4;
             UPDATE messages SET is_deleted = 1 WHERE seq = 3;
             UPDATE rooms SET entries = entries + 1 WHERE name = 'tea';",
        )
        .unwrap();
    drop(database);
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!(code, 1);
    for fault in ["entry 4: damaged", "message 3: is not what", "room tea: is not what"] {
        assert!(said.contains(fault), "{fault} in {said}");
    }
}

#[tokio::test]
async fn rotated_secret_ends_sessions_after_the_grace_time_and_keeps_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let (address, ada) = (server.address, server.person("Ada").await);
    ada.says("hello").await;
    let before = epoch(&server).await;
    let (code, said) = log(&path, &["rotate-secret"]).await;
    assert_eq!((code, said.contains("in use")), (1, true), "{said}");
    stop(server).await;
    for (grace, status) in [(&["rotate-secret"][..], 200), (&["rotate-secret", "--grace", "0"], 401)] {
        let (code, said) = log(&path, grace).await;
        assert_eq!(code, 0, "{said}");
        let server = Process::start_on(address, &["--log", &url(&path)]).await;
        assert_eq!(epoch(&server).await, before);
        assert_eq!(ada.get("/api/v1/session").await.status, status, "{grace:?}");
        stop(server).await;
    }
    let missing = folder.path().join("missing.db");
    let (code, said) = log(&missing, &["rotate-secret"]).await;
    assert_eq!((code, said.contains("there is no log"), missing.exists()), (1, true, false), "{said}");
}

#[tokio::test]
async fn removed_wal_is_detected_and_acknowledged_entries_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let mut server = serve(&path).await;
    let ada = server.person("Ada").await;
    ada.says("acknowledged").await;
    std::fs::remove_file(beside(&path, "-wal")).unwrap();
    let refused = ada.publishes("lobby", crate::support::key(), "refused").await;
    assert_eq!(refused.status, 503);
    // Whether it ends by itself or is killed.
    server.signal("KILL").await;
    server.ended().await;
    let server = serve(&path).await;
    let history = server.visitor().history("lobby").await;
    let said: Vec<_> = history.messages.iter().map(|m| m.text.as_ref().unwrap().as_str()).collect();
    assert_eq!(said, ["acknowledged"]);
    stop(server).await;
}

#[tokio::test]
async fn deleted_texts_are_nowhere_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    for n in 0..300 {
        let padding = "x".repeat(n * 7 % 900);
        let entry = ada.says(&format!("secret-{n:03} {padding}")).await;
        let message = format!("/api/v1/rooms/lobby/messages/{}", entry.seq.0);
        if n % 3 == 0 {
            let text = format!("secret-edited-{n:03} {padding}{padding}");
            ada.patch(&message, &serde_json::json!({ "text": text })).await.expect(200);
        }
        if n % 2 == 0 {
            ada.delete(&message).await.expect(200);
        }
    }
    let is_anywhere = |needle: &str| {
        ["", "-wal"].iter().any(|end| {
            let bytes = std::fs::read(beside(&path, end)).unwrap_or_default();
            bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
        })
    };
    // The write-ahead log is emptied some seconds after the last deletion.
    crate::support::until("the write-ahead log is emptied", || {
        std::fs::metadata(beside(&path, "-wal")).is_ok_and(|wal| wal.len() < 64 * 1024)
    })
    .await;
    for n in (0..300).step_by(2) {
        assert!(!is_anywhere(&format!("secret-{n:03}")), "{n}");
        assert!(!is_anywhere(&format!("secret-edited-{n:03}")), "{n}, edited");
    }
    assert!(is_anywhere("secret-001"), "what was not deleted is there");
    stop(server).await;
}

#[tokio::test]
async fn stop_is_in_time_while_another_program_has_the_write_lock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = ada.publishes("lobby", crate::support::key(), "stuck").await;
    assert_eq!(refused.status, 503);
    stop(server).await;
    drop(other);
    assert_eq!(log(&path, &["check"]).await.0, 0);
}

#[tokio::test]
async fn commands_that_read_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    stop(serve(&path).await).await;
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let before = listing(folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let to = |name: &str| elsewhere.path().join(name).to_str().unwrap().to_owned();
    for command in [vec!["check"], vec!["export", &to("lines")], vec!["backup", &to("copy")]] {
        let (code, said) = log(&path, &command).await;
        assert_eq!(code, 0, "{said}");
        assert_eq!(listing(folder.path()), before, "{command:?}");
    }
    let (code, said) = log(&elsewhere.path().join("new.db"), &["restore", path.to_str().unwrap()]).await;
    assert_eq!((code, listing(folder.path())), (0, before), "{said}");
}

#[tokio::test]
async fn log_is_sound_after_retention_removed_messages_with_reactions() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("x.db"), folder.path().join("y.db"));
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    let first = ada.says("reacted to").await.seq;
    for n in 0..3 {
        ada.says(&format!("{n}")).await;
    }
    let reaction = format!("/api/v1/rooms/lobby/messages/{first}/reactions/%F0%9F%91%8D");
    let reply = ada.put(&reaction, &serde_json::json!({})).await;
    assert!(reply.status < 300, "{}", reply.text());
    ada.says("last").await;
    stop(server).await;
    let server = Process::start(&["--log", &url(&path), "--keep", "3/room", "--keep-every", "1"]).await;
    let visitor = server.visitor();
    let forgetting =
        async { while visitor.history("lobby").await.messages.iter().any(|message| message.seq == first) {} };
    within("retention", forgetting).await;
    stop(server).await;
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!(code, 0, "{said}");
    let lines = folder.path().join("lines");
    assert_eq!(log(&path, &["export", lines.to_str().unwrap()]).await.0, 0);
    let (code, said) = log(&copy, &["import", lines.to_str().unwrap()]).await;
    assert_eq!(code, 0, "{said}");
    let (code, said) = log(&copy, &["check"]).await;
    assert_eq!(code, 0, "{said}");
    let imported = rusqlite::Connection::open(&copy).unwrap();
    let ghosts: i64 =
        imported.query_row("SELECT count(*) FROM reaction_counts", [], |row| row.get(0)).unwrap();
    assert_eq!(ghosts, 0);
}

#[tokio::test]
async fn files_that_root_makes_belong_to_the_owner_of_the_log() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = tempfile::tempdir().unwrap();
    let server_of = (54_321, 54_322);
    if std::os::unix::fs::chown(folder.path(), Some(server_of.0), Some(server_of.1)).is_err() {
        // Only root can change a file's owner.
        return;
    }
    let (path, copy) = (folder.path().join("x.db"), folder.path().join("copy.bak"));
    let (imported, lines) = (folder.path().join("imported.db"), folder.path().join("lines"));
    stop(serve(&path).await).await;
    for (on, command) in [
        (&path, vec!["backup", copy.to_str().unwrap()]),
        (&path, vec!["restore", copy.to_str().unwrap()]),
        (&path, vec!["rotate-secret"]),
        (&path, vec!["export", lines.to_str().unwrap()]),
        (&imported, vec!["import", lines.to_str().unwrap()]),
    ] {
        let (code, said) = log(on, &command).await;
        assert_eq!(code, 0, "{command:?}: {said}");
        for file in ["x.db", "x.db-lock", "imported.db", "imported.db-lock"] {
            if let Ok(file) = std::fs::metadata(folder.path().join(file)) {
                assert_eq!((file.uid(), file.gid()), server_of, "{command:?}");
            }
        }
    }
}
