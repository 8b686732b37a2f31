//! The server's own log on a blocked or closed standard error, which does not affect the server.

use std::process::Stdio;

use holdline_shared::Entry;
use tokio::net::unix::pipe;

use crate::support::{Holdline, Process, key};

/// Publishes and stops the server, expecting no errors.
async fn serves_and_stops(mut server: Process) {
    let ada = server.person("Ada").await;
    for number in 0..50 {
        let said: Entry = ada.publishes("lobby", key(), &number.to_string()).await.expect(201).json();
        assert!(said.seq.0 > number);
    }
    server.signal("TERM").await;
    assert_eq!(server.ended().await.code(), Some(0));
}

fn log_in(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("holdline.db").display())
}

#[tokio::test]
async fn closed_pipe_does_not_stop_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    serves_and_stops(Process::start_through("RUST_LOG=debug ", writer, &["--log", &log_in(&folder)]).await)
        .await;
}

#[tokio::test]
async fn full_device_does_not_stop_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    serves_and_stops(Process::start_through("RUST_LOG=debug ", full, &["--log", &log_in(&folder)]).await)
        .await;
}

#[tokio::test]
async fn closed_standard_error_does_not_stop_the_server() {
    let folder = tempfile::tempdir().unwrap();
    serves_and_stops(
        Process::start_through("exec 2>&-; ", Stdio::null(), &["--log", &log_in(&folder)]).await,
    )
    .await;
}

#[tokio::test]
async fn unread_pipe_does_not_block_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, reader) = pipe::pipe().unwrap();
    // Fills the pipe, so that the server's first line does not fit.
    writer.writable().await.unwrap();
    let page = [b'.'; 4096];
    let written: usize = std::iter::from_fn(|| writer.try_write(&page).ok()).sum();
    assert!(written >= page.len());
    let writer = writer.into_blocking_fd().unwrap();
    let server = Process::start_through("RUST_LOG=debug ", writer, &["--log", &log_in(&folder)]).await;
    serves_and_stops(server).await;
    drop(reader);
}

#[tokio::test]
async fn last_line_is_json_in_json_format() {
    // An address reserved for documentation, which no machine has.
    let arguments = ["serve", "--log", "memory:", "--log-format", "json", "--listen", "192.0.2.1:80"];
    let (said, status) = Holdline::start_in(&[("RUST_LOG", "")], &arguments).output().await;
    assert_eq!(status.code(), Some(1));
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(last["message"].as_str().unwrap().starts_with("cannot listen on 192.0.2.1:80: "), "{last}");
    assert!(lines.iter().any(|line| line["level"] == "INFO"), "RUST_LOG= is RUST_LOG unset: {said}");
}

#[tokio::test]
async fn commands_with_a_closed_standard_error_finish() {
    let server = Process::start(&["--log", "memory:"]).await;
    // An address without a server, so that the command has an error to print at once.
    let mut send = Holdline::start(crate::support::free_address(), &["send", "--timeout", "1", "hello"]);
    send.stops_being_heard();
    assert_eq!(send.ended().await.code(), Some(1));
    let mut wrong = Holdline::start(server.address, &["send", "--no-such-flag"]);
    wrong.stops_being_heard();
    assert_eq!(wrong.ended().await.code(), Some(2));
}
