//! `holdline send`: publishes every message once and in order, whatever the server does meanwhile.

use crate::support::{Holdline, Process, free_address};

/// Reads all texts of a room, oldest first.
async fn said(server: &Process, room: &str) -> Vec<String> {
    let history = server.visitor().get(&format!("/api/v1/rooms/{room}/messages?limit=200")).await;
    let history: holdline_shared::History = history.expect(200).json();
    history.messages.into_iter().filter_map(|message| message.text).map(String::from).collect()
}

#[tokio::test]
async fn arguments_are_sent_as_one_message() {
    let server = Process::start(&["--log", "memory:"]).await;
    Holdline::done(server.address, &["send", "two", "words"]).await;
    Holdline::done(server.address, &["send", "-r", "Tea", "--", "-x- marks"]).await;
    assert_eq!(said(&server, "lobby").await, ["two words"]);
    assert_eq!(said(&server, "tea").await, ["-x- marks"], "the room was created");
}

#[tokio::test]
async fn each_line_of_input_is_a_message_and_empty_lines_are_skipped() {
    let server = Process::start(&["--log", "memory:"]).await;
    let mut send = Holdline::start(server.address, &["send"]);
    let numbers: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    send.types(&format!("{}\n\n  \nwithout an end", numbers.join("\n"))).await;
    assert!(send.ended().await.success());
    let mut expected = numbers;
    expected.push("without an end".to_owned());
    assert_eq!(said(&server, "lobby").await, expected);
}

#[tokio::test]
async fn coloured_and_long_lines_are_sent_as_by_the_servers_stdin() {
    const INPUT: &str = "good\n\u{1B}[31mred\u{1B}[0m\n10%\r20%\r\n\u{B}\nbell\u{7}\u{C}\u{85}\n";
    let mut server = Process::start(&["--log", "memory:", "--stdin", "builds"]).await;
    let input = format!("{INPUT}{}\n", "x".repeat(9_000));
    let mut send = Holdline::start(server.address, &["send"]);
    send.types(&input).await;
    let (complaints, status) = send.output().await;
    assert!(status.success(), "{complaints}");
    let messages = said(&server, "lobby").await;
    assert_eq!(messages[..4], ["good", "red", "20%", "bell"]);
    assert_eq!(messages[4..].iter().map(String::len).collect::<Vec<_>>(), [4_000, 4_000, 1_000]);

    let mut tail = Holdline::start_in(
        &[("HOLDLINE_SERVER", &server.address.to_string())],
        &["tail", "-r", "builds", "--since", "start", "--json"],
    );
    tokio::io::AsyncWriteExt::write_all(&mut server.input(), input.as_bytes()).await.unwrap();
    let mut piped = Vec::new();
    while piped.len() < messages.len() {
        let entry: holdline_shared::Entry = serde_json::from_str(&tail.line().await).unwrap();
        if let holdline_shared::EntryKind::Message { text, .. } = entry.kind {
            piped.push(String::from(text.unwrap()));
        }
    }
    assert_eq!(piped, messages, "both commands do the same");
    // An argument is treated alike, but one that is too long is refused, because its author can shorten it.
    Holdline::done(server.address, &["send", "\u{1B}[1mbold\u{1B}[0m\nand plain"]).await;
    assert_eq!(said(&server, "lobby").await.last().unwrap(), "bold\nand plain");
    let mut send = Holdline::start(server.address, &["send", &"x".repeat(4_001)]);
    assert!(send.says().await.starts_with("holdline: a message is too long; at most 4000 characters"));
    assert_eq!(send.ended().await.code(), Some(1));
}

#[tokio::test]
async fn address_without_a_server_is_reported_at_once() {
    let server = Process::start(&["--log", "memory:"]).await;
    let elsewhere = format!("http://{}/elsewhere", server.address);
    let mut send = Holdline::start(server.address, &["send", "--server", &elsewhere, "hello"]);
    assert!(send.says().await.contains("/elsewhere/api/v1/session"));
    assert_eq!(send.ended().await.code(), Some(1));
}

#[tokio::test]
async fn send_waits_for_a_server_that_is_not_there_yet() {
    let address = free_address();
    let mut send = Holdline::start(address, &["send", "early"]);
    assert!(send.says().await.starts_with(&format!("holdline: waiting for http://{address}: ")));
    let server = Process::start_on(address, &["--log", "memory:"]).await;
    assert!(send.ended().await.success());
    assert_eq!(said(&server, "lobby").await, ["early"]);
}

#[tokio::test]
async fn send_gives_up_after_its_timeout() {
    let mut send = Holdline::start(free_address(), &["send", "--timeout", "1", "hello"]);
    assert!(send.says().await.contains("waiting"));
    assert!(send.says().await.contains("giving up"));
    assert_eq!(send.ended().await.code(), Some(1));
}

#[tokio::test]
async fn crash_of_the_server_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("sqlite:{}", folder.path().join("holdline.db").display());
    let server = Process::start(&["--log", &log]).await;
    let address = server.address;
    let mut tail = Holdline::start(address, &["tail", "-n", "0"]);
    server.holds(1).await;
    let mut send = Holdline::start(address, &["send"]);
    let numbers: Vec<_> = (0..300).map(|n| n.to_string()).collect();
    send.types(&numbers.join("\n")).await;
    // In the middle: once something has come through.
    let mut printed = tail.texts(10).await;
    server.crash().await;
    let server = Process::start_on(address, &["--log", &log]).await;
    assert!(send.ended().await.success());
    printed.extend(tail.texts(290).await);
    assert_eq!(printed, numbers);
    server.crash().await;
}
