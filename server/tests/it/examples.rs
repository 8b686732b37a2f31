//! The examples, each as a process: they do what their headers describe. `cargo test` builds them.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::{Client, Connection, Reply, texts, within};

/// A running example; killed on drop.
struct Example {
    child: Child,
    address: std::net::SocketAddr,
}

/// The path of an example: cargo puts examples beside the folder of this test.
fn path(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent().unwrap().parent().unwrap().join("examples").join(name)
}

impl Example {
    async fn start(name: &str, arguments: &[&str]) -> Self {
        let path = path(name);
        assert!(path.exists(), "build the examples first: cargo build --examples ({})", path.display());
        let mut command = Command::new(path);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = within("the first line", lines.next_line()).await.unwrap().expect("it runs");
        let address = line.strip_prefix("listening on http://").unwrap().parse().unwrap();
        Self { child, address }
    }

    async fn get(&self, path: &str) -> Reply {
        Connection::open(self.address).await.get(path, "").await.expect(200)
    }

    async fn post(&self, path: &str, body: &str) -> Reply {
        Connection::open(self.address).await.request("POST", path, "", body.as_bytes()).await.expect(200)
    }

    /// Waits until this many requests are held; for examples with the router.
    async fn holds(&self, count: usize, prefix: &str) {
        let figure = format!("holdline_held_polls {count}\n");
        let held = async { while !self.get(&format!("{prefix}/metrics")).await.text().contains(&figure) {} };
        within("held requests", held).await;
    }
}

const ANY_PORT: &str = "127.0.0.1:0";

#[tokio::test]
async fn after_two_seconds_answers_all_requests_after_two_seconds() {
    let example = Example::start("after_two_seconds", &[ANY_PORT]).await;
    let start = Instant::now();
    let replies = futures_util::future::join_all((0..50).map(|_| example.get("/"))).await;
    assert!(replies.iter().all(|reply| reply.text() == "Hello, World!\n"));
    assert!(start.elapsed() >= Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(
        start.elapsed() < Duration::from_secs(100),
        "the requests waited for each other: {:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn ticker_answers_all_held_requests_with_one_tick() {
    let example = Example::start("ticker", &[ANY_PORT]).await;
    for _ in 0..10 {
        // Right after a tick, so that all of them are held before the next, unless the machine is very slow.
        example.get("/subscribe?room=ticks").await;
        let mut held = Vec::new();
        for _ in 0..5 {
            let mut connection = Connection::open(example.address).await;
            connection.send("GET", "/subscribe?room=ticks", "", b"").await;
            held.push(connection);
        }
        let mut heard = Vec::new();
        for mut connection in held {
            heard.push(within("a tick", connection.reply()).await.unwrap().text().to_owned());
        }
        assert!(heard.iter().all(|tick| tick.starts_with("tick ")), "{heard:?}");
        if heard.iter().all(|tick| *tick == heard[0]) {
            return;
        }
    }
    panic!("five held requests are never answered together");
}

#[tokio::test]
async fn stdin_lines_answer_held_requests_and_are_kept() {
    let mut example = Example::start("stdin", &[ANY_PORT]).await;
    let mut input = example.child.stdin.take().unwrap();
    let mut waiting = Connection::open(example.address).await;
    waiting.send("GET", "/lines", "", b"").await;
    example.holds(1, "").await;
    input.write_all(b"one\n").await.unwrap();
    let reply = within("a line", waiting.reply()).await.unwrap();
    assert_eq!(reply.text(), "one\n");
    let next = format!("/lines/{}", reply.header("next"));
    waiting.send("GET", &next, "", b"").await;
    example.holds(1, "").await;
    input.write_all(b"two\n\n").await.unwrap();
    assert_eq!(within("a line", waiting.reply()).await.unwrap().text(), "two\n");
    assert_eq!(example.get("/lines").await.text(), "one\ntwo\n", "kept for later readers");
}

#[tokio::test]
async fn empty_after_30s_ends_empty_or_with_a_message() {
    let example = Example::start("empty_after_30s", &[ANY_PORT, "1"]).await;
    let start = Instant::now();
    assert_eq!(example.get("/").await.text(), "");
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
    let patient = Example::start("empty_after_30s", &[ANY_PORT]).await;
    let mut held = Connection::open(patient.address).await;
    held.send("GET", "/", "", b"").await;
    // The example has no metrics, so publish until the held request is answered.
    let mut answer = Box::pin(held.reply());
    let reply = loop {
        assert_eq!(patient.post("/", "hello").await.text(), "ok");
        if let Ok(reply) = tokio::time::timeout(Duration::from_millis(10), &mut answer).await {
            break reply.unwrap();
        }
    };
    assert_eq!(reply.text(), "hello");
}

#[tokio::test]
async fn mount_serves_a_shop_and_a_chat() {
    let example = Example::start("mount", &[ANY_PORT]).await;
    assert!(example.get("/").await.text().starts_with("a shop"));
    let mut held = Connection::open(example.address).await;
    held.send("GET", "/chat/subscribe", "", b"").await;
    example.holds(1, "/chat").await;
    assert_eq!(example.post("/orders", "").await.text(), "thank you for order 1\n");
    assert_eq!(within("the news", held.reply()).await.unwrap().text(), "order 1 came in");
    assert!(example.get("/chat/").await.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn tutorial_chat_serves_the_tutorials_files() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!DOCTYPE html>\n<script src=\"browser.js\"></script>")
        .unwrap();
    std::fs::write(folder.path().join("browser.js"), "function PublishForm(form, url) {}").unwrap();
    let example = Example::start("tutorial_chat", &[folder.path().to_str().unwrap(), ANY_PORT]).await;
    assert!(example.get("/").await.text().contains("browser.js"));
    assert_eq!(example.get("/browser.js").await.header("content-type"), "text/javascript; charset=utf-8");
    let mut held = Connection::open(example.address).await;
    held.send("GET", "/subscribe?random=0.7", "", b"").await;
    example.holds(1, "").await;
    assert_eq!(example.post("/publish", "hello").await.text(), "ok");
    assert_eq!(within("the message", held.reply()).await.unwrap().text(), "hello");
    let batch = Client::new(Client::http(), example.address).polls("room=lobby&after=start").await;
    assert_eq!(texts(&batch.entries), ["hello"]);
}
