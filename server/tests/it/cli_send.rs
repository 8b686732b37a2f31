//! `holdline send`: every message once, in order, whatever the server does meanwhile.

use std::net::{SocketAddr, TcpListener};

use crate::support::{Holdline, Process};

/// All that was said in a room, oldest first.
async fn said(server: &Process, room: &str) -> Vec<String> {
    let history = server.visitor().get(&format!("/api/v1/rooms/{room}/messages?limit=200")).await;
    let history: holdline_shared::History = history.expect(200).json();
    history.messages.into_iter().filter_map(|message| message.text).map(String::from).collect()
}

#[tokio::test]
async fn arguments_are_one_message() {
    let server = Process::start(&["--log", "memory:"]).await;
    Holdline::done(server.address, &["send", "two", "words"]).await;
    Holdline::done(server.address, &["send", "-r", "Tea", "--", "-x- marks"]).await;
    assert_eq!(said(&server, "lobby").await, ["two words"]);
    assert_eq!(said(&server, "tea").await, ["-x- marks"], "the room was made");
}

#[tokio::test]
async fn each_line_of_input_is_a_message_and_empty_ones_are_none() {
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
async fn what_is_refused_is_said_and_the_rest_is_sent() {
    let server = Process::start(&["--log", "memory:"]).await;
    let mut send = Holdline::start(server.address, &["send"]);
    send.types("good\n\u{1B}[31mred\nbetter\n").await;
    let said_why = "holdline: line 2 was not sent: a message cannot hold the control character U+001B";
    assert_eq!(send.says().await, said_why);
    assert_eq!(send.ended().await.code(), Some(1));
    assert_eq!(said(&server, "lobby").await, ["good", "better"]);

    let mut send = Holdline::start(server.address, &["send", &"x".repeat(4_001)]);
    assert!(send.says().await.starts_with("holdline: a message is too long; at most 4000 characters"));
    assert_eq!(send.ended().await.code(), Some(1));
}

#[tokio::test]
async fn an_address_where_nothing_is_is_said_at_once() {
    let server = Process::start(&["--log", "memory:"]).await;
    let elsewhere = format!("http://{}/elsewhere", server.address);
    let mut send = Holdline::start(server.address, &["send", "--server", &elsewhere, "hello"]);
    assert!(send.says().await.contains("/elsewhere/api/v1/session"));
    assert_eq!(send.ended().await.code(), Some(1));
}

#[tokio::test]
async fn waits_for_a_server_that_is_not_there_yet() {
    let address = free_address();
    let mut send = Holdline::start(address, &["send", "early"]);
    assert!(send.says().await.starts_with(&format!("holdline: waiting for http://{address}: ")));
    let server = Process::start_on(address, &["--log", "memory:"]).await;
    assert!(send.ended().await.success());
    assert_eq!(said(&server, "lobby").await, ["early"]);
}

#[tokio::test]
async fn gives_up_when_told_to() {
    let mut send = Holdline::start(free_address(), &["send", "--timeout", "1", "hello"]);
    assert!(send.says().await.contains("waiting"));
    assert!(send.says().await.contains("giving up"));
    assert_eq!(send.ended().await.code(), Some(1));
}

#[tokio::test]
async fn a_crash_in_the_middle_costs_nothing_and_doubles_nothing() {
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

/// Where nobody listens at the moment.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
