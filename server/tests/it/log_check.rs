//! `holdline log check`, `export` and `import` on logs that are damaged, missing or inaccessible: each fault
//! is named, everything readable is saved, and no partial result is left behind.

use std::path::{Path, PathBuf};

use crate::support::log_command::{Disk, beside, holdline, log, refusal, serve, stop, url};

/// Makes a closed log of this version with the entries of a version 1 log.
async fn closed() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    std::fs::write(&path, include_bytes!("../data/v1.db")).unwrap();
    stop(serve(&path).await).await;
    (folder, path)
}

#[tokio::test]
async fn check_names_each_fault_and_goes_on() {
    let cases: [(&str, &[&str]); 8] = [
        ("DELETE FROM meta WHERE name = 'epoch'", &["epoch: is missing"]),
        ("UPDATE meta SET value = x'00' WHERE name = 'secret'", &["secret: has 1 bytes"]),
        ("UPDATE entries SET at = at + 1 WHERE seq = 3", &["entry 3: its date is not"]),
        ("UPDATE entries SET at = -5 WHERE seq = 3", &["entry 3: its date is not"]),
        (
            "PRAGMA foreign_keys = OFF; UPDATE entries SET room = 99 WHERE seq = 3",
            &["entry 3: belongs to a room", "entry 3: damaged"],
        ),
        ("PRAGMA foreign_keys = OFF; DELETE FROM rooms WHERE name = 'lobby'", &["room lobby: is missing"]),
        ("UPDATE rooms SET name = CAST(x'746561ff' AS TEXT) WHERE name = 'tea'", &["its name is no text"]),
        // Both faults.
        (
            "DELETE FROM meta WHERE name = 'epoch'; UPDATE messages SET is_deleted = 1 WHERE seq = 3",
            &["epoch: is missing", "message 3: is not what"],
        ),
    ];
    let (_folder, path) = closed().await;
    let whole = std::fs::read(&path).unwrap();
    for (sql, faults) in cases {
        std::fs::write(&path, &whole).unwrap();
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let (code, said) = log(&path, &["check"]).await;
        assert_eq!(code, 1, "{sql}: {said}");
        for fault in faults {
            assert!(said.contains(fault), "{sql}: {fault} in {said}");
        }
        assert!(!said.contains("constraint"), "{sql}: {said}");
    }
}

#[tokio::test]
async fn healthy_log_of_version_1_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let bytes = include_bytes!("../data/v1.db");
    std::fs::write(&path, bytes).unwrap();
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!((code, said.contains("is sound"), said.contains("version 1")), (0, true, true), "{said}");
    assert!(std::fs::read(&path).unwrap() == bytes);
}

#[tokio::test]
async fn damaged_page_is_named_and_export_goes_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, lines) = (folder.path().join("x.db"), folder.path().join("lines"));
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    for n in 0..60 {
        ada.says(&format!("message {n:02} {}", "x".repeat(700))).await;
    }
    stop(server).await;
    let mut bytes = std::fs::read(&path).unwrap();
    let text = b"message 30 ";
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let (code, said) = log(&path, &["check"]).await;
    let page = format!("page {}", at / 4096 + 1);
    assert!(code == 1 && said.contains(&page) && said.contains("holdline log export"), "{page} in {said}");
    let (code, said) = log(&path, &["export", lines.to_str().unwrap()]).await;
    assert_eq!((code, said.contains("is damaged and was left out")), (1, true), "{said}");
    let saved = std::fs::read_to_string(&lines).unwrap();
    assert!(saved.contains("message 10 ") && saved.contains("message 59 ") && !saved.contains("message 30 "));
    assert!(saved.lines().count() > 50, "{}", saved.lines().count());
}

#[tokio::test]
async fn failed_export_leaves_no_file_and_touches_no_existing_one() {
    let folder = tempfile::tempdir().unwrap();
    let (path, lines) = (folder.path().join("x.db"), folder.path().join("lines"));
    assert_eq!(log(&path, &["export", lines.to_str().unwrap()]).await.0, 1, "there is no log");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    stop(serve(&path).await).await;
    std::fs::write(&lines, "precious").unwrap();
    let (code, said) = log(&path, &["export", lines.to_str().unwrap()]).await;
    assert_eq!((code, said.contains("is there already")), (1, true), "{said}");
    assert_eq!(std::fs::read_to_string(&lines).unwrap(), "precious");
    // A pipe without a reader.
    let mut shell = tokio::process::Command::new("sh");
    shell.arg("-c").arg("exec \"$@\" >&-").arg("sh").arg(env!("CARGO_BIN_EXE_holdline"));
    let output = shell.args(["log", "export", "--log", &url(&path)]).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.contains("closed")), (Some(1), true), "{said}");
}

#[tokio::test]
async fn copy_on_a_read_only_disk_is_read() {
    let Some(disk) = Disk::new(5) else { return };
    let (_folder, path) = closed().await;
    let copy = disk.path().join("copy.db");
    std::fs::copy(&path, &copy).unwrap();
    disk.remount("ro");
    let (code, said) = log(&copy, &["check"]).await;
    assert_eq!(code, 0, "{said}");
    let (code, said) = log(&path, &["restore", copy.to_str().unwrap()]).await;
    assert_eq!(code, 0, "{said}");
    disk.remount("rw");
    let server = serve(&copy).await;
    server.person("Ada").await.says("in the write-ahead log").await;
    server.crash().await;
    disk.remount("ro");
    std::fs::metadata(beside(&copy, "-wal")).unwrap();
    let (code, said) = log(&copy, &["check"]).await;
    assert!(code == 0 || said.contains("copy both to such a folder"), "{said}");
}

#[tokio::test]
async fn missing_database_is_not_replaced_by_a_new_log_over_its_wal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    server.person("Ada").await.says("in the write-ahead log").await;
    server.crash().await;
    let away = folder.path().join("away.db");
    std::fs::rename(&path, &away).unwrap();
    let said = refusal(&path).await;
    assert!(said.contains("is not there, but") && said.contains("x.db-wal"), "{said}");
    assert!(!path.exists());
    // The remedy that the message names.
    std::fs::rename(&away, &path).unwrap();
    let server = serve(&path).await;
    assert_eq!(server.visitor().history("lobby").await.messages.len(), 1);
    stop(server).await;
}

#[tokio::test]
async fn failed_import_leaves_nothing_behind() {
    let (folder, path) = closed().await;
    let lines = folder.path().join("lines");
    assert_eq!(log(&path, &["export", lines.to_str().unwrap()]).await.0, 0);
    let text = std::fs::read_to_string(&lines).unwrap();
    for strange in ["two words\\n", "", "\\u001b[31m"] {
        std::fs::write(&lines, text.replace("\"tea\"", &format!("\"{strange}\""))).unwrap();
        let new: PathBuf = folder.path().join("a/new/folder/y.db");
        let (code, said) = log(&new, &["import", lines.to_str().unwrap()]).await;
        assert_eq!((code, said.contains("cannot be the name of a room")), (1, true), "{strange:?}: {said}");
        assert!(!exists(&new), "{strange:?}");
    }
    let output = holdline(&["log", "check", "--log", &url(&path)]).await;
    assert!(output.status.success());
}

/// Whether the outermost folder that an import made for this path exists.
fn exists(path: &Path) -> bool {
    path.ancestors().nth(3).is_some_and(Path::exists)
}
