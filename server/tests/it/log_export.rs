//! `holdline log export` and `import`: the same entries, another epoch.

use serde_json::Value;

use crate::support::log_command::{holdline, log, serve, stop, url};

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
