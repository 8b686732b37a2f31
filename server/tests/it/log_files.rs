//! Changes that an operator makes to a log's files: each is refused or handled, with an explanation, and no
//! two logs are mixed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use holdline_shared::Epoch;
use serde_json::Value;

use crate::support::log_command::{beside, epoch, holdline, log, refusal, serve, stop, url};
use crate::support::{Process, Reply, within};

/// Makes a log that crashed after a backup was made while it ran; returns the folder, both paths, and the
/// epoch.
async fn crashed_after_backup() -> (tempfile::TempDir, std::path::PathBuf, std::path::PathBuf, Epoch) {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("x.db"), folder.path().join("copy.bak"));
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    ada.says("before the backup").await;
    let (code, said) = log(&path, &["backup", copy.to_str().unwrap()]).await;
    assert_eq!((code, said.contains("up to entry 2")), (0, true), "{said}");
    for n in 0..20 {
        ada.says(&format!("after the backup {n}")).await;
    }
    let epoch = epoch(&server).await;
    server.crash().await;
    assert!(std::fs::metadata(beside(&path, "-wal")).unwrap().len() > 0);
    (folder, path, copy, epoch)
}

#[tokio::test]
async fn copy_over_a_crashed_log_is_refused_and_not_mixed_with_its_wal() {
    let (_folder, path, copy, _) = crashed_after_backup().await;
    std::fs::copy(&copy, &path).unwrap();
    let (database, wal) = (std::fs::read(&path).unwrap(), std::fs::read(beside(&path, "-wal")).unwrap());
    let said = refusal(&path).await;
    assert!(said.contains("x.db-wal was left by a crash") && said.contains("holdline log restore"), "{said}");
    assert!(
        std::fs::read(&path).unwrap() == database && std::fs::read(beside(&path, "-wal")).unwrap() == wal
    );
    // The remedy that the message names.
    std::fs::remove_file(beside(&path, "-wal")).unwrap();
    let server = serve(&path).await;
    assert_eq!(server.visitor().history("lobby").await.messages.len(), 1);
    stop(server).await;
    assert_eq!(log(&path, &["check"]).await.0, 0);
}

#[tokio::test]
async fn restore_cleans_up_replaces_and_begins_another_epoch() {
    let (_folder, path, copy, before) = crashed_after_backup().await;
    let (code, said) = log(&path, &["restore", copy.to_str().unwrap()]).await;
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("x.db-wal") && said.contains("ends at entry 2") && said.contains("new epoch"),
        "{said}"
    );
    let server = serve(&path).await;
    assert_ne!(epoch(&server).await, before);
    let (code, said) = log(&path, &["restore", copy.to_str().unwrap()]).await;
    assert_eq!((code, said.contains("in use")), (1, true), "{said}");
    let ada = server.person("Ada").await;
    assert_eq!(ada.says("goes on").await.seq.0, 3);
    stop(server).await;
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!(code, 0, "{said}");
}

#[tokio::test]
async fn copy_without_lock_and_wal_files_gets_another_epoch() {
    let (folder, path, copy, before) = crashed_after_backup().await;
    // A copy restored by hand into an empty folder.
    let elsewhere = folder.path().join("elsewhere.db");
    std::fs::copy(&copy, &elsewhere).unwrap();
    let server = serve(&elsewhere).await;
    assert_ne!(epoch(&server).await, before);
    stop(server).await;
    // An ordinary crash keeps the epoch and all entries.
    let server = serve(&path).await;
    assert_eq!(epoch(&server).await, before);
    assert_eq!(server.visitor().history("lobby").await.messages.len(), 21);
    server.crash().await;
}

#[tokio::test]
async fn files_are_for_their_owner_alone() {
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
async fn exported_and_imported_log_has_the_same_entries_and_another_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("x.db"), folder.path().join("y.db"));
    std::fs::write(&path, include_bytes!("../data/v1.db")).unwrap();
    let server = serve(&path).await;
    let first = server.visitor().polls("room=*&after=start&wait=0").await;
    let tea = server.visitor().history("tea").await;
    let lines = folder.path().join("lines.jsonl");
    let (code, said) = log(&path, &["export", lines.to_str().unwrap()]).await;
    assert_eq!((code, said.contains("16 entries")), (0, true), "{said}");
    stop(server).await;
    let (code, said) = log(&copy, &["import", lines.to_str().unwrap()]).await;
    assert_eq!(code, 0, "{said}");
    let (code, said) = log(&copy, &["check"]).await;
    assert_eq!(code, 0, "{said}");
    let server = serve(&copy).await;
    let second = server.visitor().polls("room=*&after=start&wait=0").await;
    assert_eq!(second.entries, first.entries);
    assert_ne!(second.cursor.epoch, first.cursor.epoch);
    assert_eq!(server.visitor().history("tea").await.messages, tea.messages);
    stop(server).await;
    assert_eq!(log(&copy, &["import", lines.to_str().unwrap()]).await.0, 1, "not over a log");
    // A damaged line is named, and no log is left behind.
    let text = std::fs::read_to_string(&lines).unwrap().replacen("\"kind\":\"message\"", "\"kind\":", 1);
    let damaged = text.lines().position(|line| line.contains("\"kind\":,")).unwrap() + 1;
    std::fs::write(&lines, text).unwrap();
    let third = folder.path().join("z.db");
    let (code, said) = log(&third, &["import", lines.to_str().unwrap()]).await;
    assert_eq!((code, said.contains(&format!("line {damaged}:"))), (1, true), "{said}");
    assert!(!third.exists());
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
async fn rotating_the_secret_ends_sessions_and_keeps_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let (address, ada) = (server.address, server.person("Ada").await);
    ada.says("hello").await;
    let before = epoch(&server).await;
    let (code, said) = log(&path, &["rotate-secret"]).await;
    assert_eq!((code, said.contains("in use")), (1, true), "{said}");
    stop(server).await;
    let (code, said) = log(&path, &["rotate-secret"]).await;
    assert_eq!(code, 0, "{said}");
    let server = Process::start_on(address, &["--log", &url(&path)]).await;
    assert_eq!(epoch(&server).await, before);
    let reply: Reply = ada.get("/api/v1/session").await;
    assert_eq!(reply.status, 401);
    stop(server).await;
}

#[tokio::test]
async fn removed_wal_is_noticed_and_what_was_acknowledged_is_kept() {
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
async fn export_goes_to_standard_output_and_begins_with_its_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    stop(serve(&path).await).await;
    let output = holdline(&["log", "export", "--log", &url(&path)]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((first["format"].as_str(), first["version"].as_u64()), (Some("holdline-log"), Some(1)));
    assert_eq!(text.lines().count(), 2);
}

/// The name, mode and size of each file in a folder.
fn listing(folder: &Path) -> Vec<(std::ffi::OsString, u32, u64)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let metadata = file.metadata().unwrap();
            (file.file_name(), metadata.permissions().mode(), metadata.len())
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn nothing_is_copied_that_is_mixed_with_a_foreign_wal() {
    let (folder, path, copy, _) = crashed_after_backup().await;
    std::fs::copy(&copy, &path).unwrap();
    let before = listing(folder.path());
    let (new, text) = (folder.path().join("new.bak"), path.to_str().unwrap().to_owned());
    for (on, command) in [
        (&path, ["backup", new.to_str().unwrap()]),
        (&new, ["restore", &text]),
        (&path, ["export", new.to_str().unwrap()]),
    ] {
        let (code, said) = log(on, &command).await;
        assert_eq!((code, said.contains("does not belong to")), (1, true), "{command:?}: {said}");
        let _ = std::fs::remove_file(beside(&new, "-lock"));
        assert_eq!(listing(folder.path()), before, "{command:?}");
    }
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
async fn copy_of_a_log_that_was_open_is_known_by_an_empty_wal_too() {
    let (_folder, path, copy, before) = crashed_after_backup().await;
    std::fs::copy(&copy, &path).unwrap();
    std::fs::write(beside(&path, "-wal"), "").unwrap();
    std::fs::remove_file(beside(&path, "-lock")).unwrap();
    let server = serve(&path).await;
    assert_ne!(epoch(&server).await, before);
    stop(server).await;
}

#[tokio::test]
async fn log_is_sound_after_retention_took_messages_with_reactions() {
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
