//! Copies of a log, restored by command or by hand: each gets another epoch, and none is mixed with files of another log.

use holdline_shared::Epoch;

use crate::support::log_command::{beside, epoch, listing, log, refusal, serve, stop};

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
async fn restore_replaces_the_log_under_another_epoch() {
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
async fn log_with_a_foreign_wal_is_not_copied() {
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
async fn copy_of_an_open_log_is_recognised_by_its_empty_wal() {
    let (_folder, path, copy, before) = crashed_after_backup().await;
    std::fs::copy(&copy, &path).unwrap();
    std::fs::write(beside(&path, "-wal"), "").unwrap();
    std::fs::remove_file(beside(&path, "-lock")).unwrap();
    let server = serve(&path).await;
    assert_ne!(epoch(&server).await, before);
    stop(server).await;
}
