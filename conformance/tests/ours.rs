//! Tests that our own server passes every case, on either engine and in either way of serving, and that a foreign
//! server passes none.

#![expect(clippy::unwrap_used, reason = "tests panic on unexpected results")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use holdline_server::hub::Hub;
use holdline_server::log::{Log, MemoryLog, SqliteLog};
use holdline_server::{Limits, ServeConfig, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The numbers of event loops: the default, or none, with which hyper serves everything.
const WAYS: [Option<usize>; 2] = [None, Some(0)];

/// Starts a server that runs until the test ends.
async fn start(log: Arc<dyn Log>, event_loops: Option<usize>) -> String {
    let hub = Hub::open(log).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut config = ServeConfig::default();
    config.event_loops = event_loops;
    // The cases publish faster than a person.
    config.http.limits = Limits::NONE;
    tokio::spawn(serve(vec![listener], hub, config, std::future::pending()));
    url
}

/// Runs all cases; returns whether they passed, and the output.
async fn run(url: &str, only: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command.args(["--url", url, "--only", only]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_log_passes_every_case() {
    for event_loops in WAYS {
        let (passed, said) = run(&start(Arc::new(MemoryLog::new()), event_loops).await, "").await;
        assert!(passed, "event loops: {event_loops:?}\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_log_passes_every_case() {
    for event_loops in WAYS {
        let folder = tempfile::tempdir().unwrap();
        let path: &Path = &folder.path().join("holdline.db");
        let log = Arc::new(SqliteLog::open(path).unwrap());
        let (passed, said) = run(&start(log, event_loops).await, "").await;
        assert!(passed, "event loops: {event_loops:?}\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_server_passes_no_case() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Answers "ok" to every request.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")
                .await;
        }
    });
    let (passed, said) = run(&url, "C0").await;
    assert!(!passed && said.contains("0 passed, 9 failed"), "{said}");
}
