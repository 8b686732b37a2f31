//! `holdline tail`: prints every message once and in order, for people and programs, and continues from a cursor.

use holdline_shared::Entry;

use crate::support::{Holdline, Process, answering, within};

#[tokio::test]
async fn sent_message_is_printed() {
    let server = Process::start(&["--log", "memory:"]).await;
    Holdline::done(server.address, &["send", "before"]).await;
    let mut tail = Holdline::start(server.address, &["tail"]);
    server.holds(1).await;
    Holdline::done(server.address, &["send", "two", "words"]).await;
    let line = tail.line().await;
    assert_eq!(line.split_once(' ').unwrap().1, "Ada: two words", "only new messages");
    assert_eq!(line.find(':'), Some(2), "a time and no date: {line}");
}

#[tokio::test]
async fn everything_is_printed_once_over_crashes() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("sqlite:{}", folder.path().join("holdline.db").display());
    let mut server = Process::start(&["--log", &log]).await;
    let address = server.address;
    let mut tail = Holdline::start(address, &["tail"]);
    server.holds(1).await;
    for round in 0..3 {
        Holdline::done(address, &["send", &format!("before crash {round}")]).await;
        server.crash().await;
        server = Process::start_on(address, &["--log", &log]).await;
        Holdline::done(address, &["send", &format!("after crash {round}")]).await;
        let expected = [format!("before crash {round}"), format!("after crash {round}")];
        assert_eq!(tail.texts(2).await, expected);
    }
    server.crash().await;
}

#[tokio::test]
async fn last_messages_of_each_room_are_printed_first() {
    let server = Process::start(&["--log", "memory:"]).await;
    for (room, text) in [("lobby", "1"), ("tea", "2"), ("lobby", "3"), ("tea", "4"), ("lobby", "5")] {
        Holdline::done(server.address, &["send", "-r", room, text]).await;
    }
    let mut two = Holdline::start(server.address, &["tail", "-r", "tea", "-r", "lobby", "--last", "2"]);
    let mut all = Holdline::start(server.address, &["tail", "-r", "*", "--last", "1"]);
    assert_eq!(two.texts(4).await, ["2", "3", "4", "5"]);
    assert_eq!(all.texts(2).await, ["4", "5"]);
    Holdline::done(server.address, &["send", "-r", "tea", "6"]).await;
    Holdline::done(server.address, &["send", "-r", "new", "7"]).await;
    for tail in [&mut two, &mut all] {
        assert!(tail.line().await.ends_with(" tea Ada: 6"));
    }
    assert!(all.line().await.ends_with(" new Ada opened the room"));
    assert!(all.line().await.ends_with(" new Ada: 7"));
}

#[tokio::test]
async fn history_is_read_over_several_pages() {
    let server = Process::start(&["--log", "memory:"]).await;
    let mut send = Holdline::start(server.address, &["send"]);
    let numbers: Vec<_> = (0..450).map(|n| n.to_string()).collect();
    send.types(&numbers.join("\n")).await;
    assert!(send.ended().await.success());
    let mut tail = Holdline::start(server.address, &["tail", "--last", "430"]);
    assert_eq!(tail.texts(430).await, numbers[20..]);
}

#[tokio::test]
async fn lines_of_a_message_are_indented() {
    let server = Process::start(&["--log", "memory:"]).await;
    Holdline::done(server.address, &["send", "one\n12:34 Bob: two"]).await;
    let mut tail = Holdline::start(server.address, &["tail", "--last", "1"]);
    assert_eq!(tail.texts(1).await, ["one"]);
    assert_eq!(tail.line().await, "      12:34 Bob: two");
}

#[tokio::test]
async fn json_lines_are_the_entries() {
    let server = Process::start(&["--log", "memory:"]).await;
    let ada = server.person("Ada").await;
    let said = ada.says("one\ntwo").await;
    let edited: Entry = ada
        .patch(&format!("/api/v1/rooms/lobby/messages/{}", said.seq), &serde_json::json!({ "text": "1" }))
        .await
        .expect(200)
        .json();
    let mut tail = Holdline::start(server.address, &["tail", "--json", "--since", "start"]);
    let made: Entry = serde_json::from_str(&tail.line().await).unwrap();
    assert!(matches!(made.kind, holdline_shared::EntryKind::Room { .. }));
    for expected in [said, edited] {
        assert_eq!(serde_json::from_str::<Entry>(&tail.line().await).unwrap(), expected);
    }
    // A message of history has the form of an entry.
    let mut tail = Holdline::start(server.address, &["tail", "--json", "--last", "1"]);
    let message: serde_json::Value = serde_json::from_str(&tail.line().await).unwrap();
    assert_eq!(message["kind"], "message");
    assert_eq!(message["text"], "1");
}

#[tokio::test]
async fn closed_output_is_not_an_error() {
    let server = Process::start(&["--log", "memory:"]).await;
    Holdline::done(server.address, &["send", "hello"]).await;
    let mut tail = Holdline::start(server.address, &["tail", "--last", "1"]);
    assert_eq!(tail.texts(1).await, ["hello"]);
    tail.stops_being_read();
    assert!(tail.ended().await.success());
}

#[tokio::test]
async fn cursor_is_printed_at_an_interruption() {
    let server = Process::start(&["--log", "memory:"]).await;
    let mut tail = Holdline::start(server.address, &["tail"]);
    server.holds(1).await;
    Holdline::done(server.address, &["send", "one"]).await;
    assert_eq!(tail.texts(1).await, ["one"]);
    tail.signal("INT").await;
    let said = tail.says().await;
    assert_eq!(tail.ended().await.code(), Some(130));
    let cursor = said.split_whitespace().find(|word| word.contains('-') && !word.starts_with("--")).unwrap();
    Holdline::done(server.address, &["send", "two"]).await;
    let mut tail = Holdline::start(server.address, &["tail", "--since", cursor]);
    assert_eq!(tail.texts(1).await, ["two"]);
}

#[tokio::test]
async fn state_file_resumes_at_its_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("cursor");
    let state = state.to_str().unwrap();
    let server = Process::start(&["--log", "memory:"]).await;
    Holdline::done(server.address, &["send", "0"]).await;
    for round in 0..3 {
        Holdline::done(server.address, &["send", &format!("{round} between")]).await;
        let mut tail = Holdline::start(server.address, &["tail", "--state", state, "--last", "1"]);
        assert_eq!(tail.texts(1).await, [format!("{round} between")]);
        tail.signal("TERM").await;
        assert_eq!(within("the end", tail.ended()).await.code(), Some(143));
    }
}

#[tokio::test]
async fn replaced_log_is_reported_and_printed_completely() {
    let server = Process::start(&["--log", "memory:"]).await;
    let address = server.address;
    let mut tail = Holdline::start(address, &["tail", "-r", "tea", "-r", "lobby"]);
    server.holds(1).await;
    Holdline::done(address, &["send", "old"]).await;
    assert_eq!(tail.texts(1).await, ["old"]);
    server.crash().await;
    let server = Process::start_on(address, &["--log", "memory:"]).await;
    Holdline::done(address, &["send", "new"]).await;
    assert_eq!(tail.texts(1).await, ["new"]);
    // Notices about a long outage may come first.
    while !tail.says().await.contains("the server's log was replaced or restored") {}
    server.holds(1).await;
    Holdline::done(address, &["send", "newer"]).await;
    assert_eq!(tail.texts(1).await, ["newer"]);
}

#[tokio::test]
async fn gap_is_reported_and_the_rest_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("sqlite:{}", folder.path().join("holdline.db").display());
    let server = Process::start(&["--log", &log]).await;
    let address = server.address;
    let ada = server.person("Ada").await;
    let seen = ada.says("seen").await;
    let cursor = ada.cursor().await;
    assert_eq!(cursor.seq, seen.seq);
    for text in ["lost", "kept", "kept too"] {
        ada.says(text).await;
    }
    server.crash().await;
    let server = Process::start_on(address, &["--log", &log, "--keep", "2/room"]).await;
    let visitor = server.visitor();
    within("the old messages' end", async {
        while visitor.history("lobby").await.messages.len() > 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut tail = Holdline::start(address, &["tail", "--since", &cursor.to_string()]);
    assert!(tail.says().await.contains("the server no longer keeps all that happened"));
    assert_eq!(tail.texts(2).await, ["kept", "kept too"]);
    Holdline::done(address, &["send", "new"]).await;
    assert_eq!(tail.texts(1).await, ["new"]);
}

#[tokio::test]
async fn json_of_a_newer_server_keeps_all_its_fields() {
    const BATCH: &str = concat!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 175\r\nconnection: close\r\n\r\n",
        r#"{"entries":[{"seq":8,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"},"kind":"parade",
"floats":["red\u001b",{"a":2}],"n":7}],"cursor":"00000000000000ff-8","wait":25}"#,
    );
    let (head, body) = BATCH.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
    let newer = answering(BATCH);
    let mut tail = Holdline::start(newer, &["tail", "--json", "--since", "00000000000000ff-7"]);
    let line: serde_json::Value = serde_json::from_str(&tail.line().await).unwrap();
    let batch: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(line, batch["entries"][0]);
}
