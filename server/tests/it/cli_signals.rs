//! Signals end every command gracefully, also as process 1 of a container.

use std::process::Stdio;

use tokio::signal::unix::{SignalKind, signal};

use crate::support::{Holdline, Process, free_address, within};

/// Lets programs that are started from here begin with the default action of SIGHUP, also where the tests run under `nohup`: a
/// new program forgets a handler, and would keep what is ignored.
fn handle_hangup() {
    drop(signal(SignalKind::hangup()).unwrap());
}

#[tokio::test]
async fn hangup_stops_a_server_gracefully() {
    handle_hangup();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    let mut server = Process::start(&["--log", &format!("sqlite:{}", path.display())]).await;
    server.person("Ada").await.says("one").await;
    let visitor = server.visitor();
    let held = tokio::spawn(async move { visitor.get("/api/v1/poll?room=lobby&wait=60").await.expect(200) });
    server.holds(1).await;
    server.signal("HUP").await;
    within("the held poll's answer", held).await.unwrap();
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(!path.with_extension("db-wal").exists(), "the log is one file");
}

#[tokio::test]
async fn hangup_is_ignored_under_nohup() {
    let server = Process::start_through("trap '' HUP; ", Stdio::null(), &["--log", "memory:"]).await;
    let ignored = u64::from_str_radix(&server.status("SigIgn:"), 16).unwrap();
    assert_eq!(ignored & 1, 1, "{ignored:x}");
}

#[tokio::test]
async fn limit_on_file_sizes_is_handled_as_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("sqlite:{}", folder.path().join("holdline.db").display());
    // In units of 512 or 1,024 bytes, depending on the shell.
    let mut server = Process::start_through("ulimit -f 600; ", Stdio::null(), &["--log", &log]).await;
    let ada = server.person("Ada").await;
    let text = "x".repeat(3_500);
    let refused = async {
        loop {
            let answer = ada.publishes("lobby", crate::support::key(), &text).await;
            if answer.status != 201 {
                break answer;
            }
        }
    };
    let problem: holdline_shared::Problem = within("the limit", refused).await.expect(507).json();
    assert_eq!(problem.code, holdline_shared::ProblemCode::StorageFull);
    assert!(!ada.history("lobby").await.messages.is_empty(), "history is still readable");
    server.signal("TERM").await;
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn send_ends_as_process_1_while_it_reads() {
    handle_hangup();
    let server = Process::start(&["--log", "memory:"]).await;
    for (signal, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let mut send = Holdline::start_as_process_1(server.address, &["send"]).await;
        send.handles_signals().await;
        send.signal(signal).await;
        assert_eq!(send.ended().await.code(), Some(code), "{signal}");
    }
}

#[tokio::test]
async fn send_ends_as_process_1_while_it_waits_for_a_server() {
    let mut send = Holdline::start_as_process_1(free_address(), &["send", "--timeout", "600", "hello"]).await;
    assert!(send.says().await.contains("waiting for"));
    send.signal("TERM").await;
    assert_eq!(send.ended().await.code(), Some(143));
}

#[tokio::test]
async fn tail_ends_as_process_1_and_prints_its_cursor() {
    handle_hangup();
    let server = Process::start(&["--log", "memory:"]).await;
    let mut tail = Holdline::start_as_process_1(server.address, &["tail"]).await;
    server.holds(1).await;
    tail.signal("HUP").await;
    assert!(tail.says().await.contains("--since"));
    assert_eq!(tail.ended().await.code(), Some(129));
}
