//! Successful and refused publishes.

use super::{Conversation, Pair, poll};
use crate::support::key;

const PATH: &str = "/api/v1/rooms/lobby/messages";

fn publish(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn repeated_publish_gets_the_same_answer() {
    let pair = Pair::start().await;
    let json = format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", pair.token);
    let said = format!("{{\"key\":\"{}\",\"text\":\"said once\"}}", key());
    Conversation::ending([publish(PATH, &json, &said)]).send_to(pair.plain.address).await;
    let head = pair.hub.head();
    let charset = json.replace("json\r\n", "json; charset=utf-8\r\n");
    let cross = format!("{json}Sec-Fetch-Site: cross-site\r\n");
    let cookie = json.replace("Authorization: Bearer ", "Cookie: holdline_session=");
    let nothing = String::new();
    let long = said.replace("said once", &"x".repeat(5_000));
    let bodies = [
        said.as_str(),
        &said.replace("once", "twice"),
        &said.replace('{', " {"),
        &format!("[{said}]"),
        &said.replace("key", "kei"),
        &said.replace("\"text\"", "\"key\":\"x\",\"text\""),
        &said.replace("said once", ""),
        &said.replace("said once", "\u{e9}\\u0000"),
        &long,
        "{}",
        "",
    ];
    for headers in [&json, &charset, &cross, &cookie, &json.replace("Bearer ", "Bearer x"), &nothing] {
        for body in bodies {
            for path in [
                PATH,
                "/api/v1/rooms/l%6Fbby/messages",
                "/api/v1/rooms/nowhere/messages",
                "/api/v1/rooms//messages",
            ] {
                let post = publish(path, headers, body);
                let conversation = Conversation::ending([
                    poll("room=tea&wait=0"),
                    post.clone(),
                    poll("room=lobby&wait=0"),
                    post,
                ]);
                pair.compare("a publish", &conversation).await;
                pair.compare("a publish at once", &conversation.at_once()).await;
            }
        }
    }
    assert_eq!(pair.hub.head(), head, "it was said already");
}

#[tokio::test]
async fn new_message_gets_the_same_answer_except_for_its_number() {
    let pair = Pair::start().await;
    let json = format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", pair.token);
    let mut answers = Vec::new();
    // Advances to numbers of two digits.
    for _ in 0..5 {
        pair.says("tea", "on").await;
    }
    for way in [&pair.loops, &pair.plain] {
        let body = format!("{{\"key\":\"{}\",\"text\":\"new\"}}", key());
        let said = Conversation::ending([publish(PATH, &json, &body)]).send_to(way.address).await;
        let (head, rest) = said.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 201 Created\r\n") && rest.contains("\"new\""), "{said}");
        let (before, location) = head.split_once("\r\nlocation: messages/").unwrap();
        answers.push((format!("{before}{}", &location[2..]), rest.len()));
    }
    assert_eq!(answers[0], answers[1]);
}
