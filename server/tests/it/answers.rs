//! Headers that every response has, and responses to internal failures.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;

use crate::support::{Fault, FaultyLog, Server, key};

#[tokio::test]
async fn every_response_has_security_headers_and_the_build() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let published = ada.publishes("lobby", key(), "hello").await.expect(201);
    let mut answers = vec![(published, "/publish by an event loop".to_owned())];
    for path in [
        "/",
        "/classic",
        "/healthz",
        "/nothing",
        "/subscribe?wait=0",
        "/api/v1/rooms",
        "/api/v1/poll?room=lobby&wait=0",
        "/api/v1/poll?room=nowhere",
        "/api/v1/session",
    ] {
        answers.push((ada.get(path).await, path.to_owned()));
    }
    for (answer, path) in answers {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src '") && policy.contains("frame-ancestors '"), "{path}: {policy}");
        assert_eq!(answer.header("holdline-build"), holdline_server::BUILD, "{path}");
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
    }
}

#[tokio::test]
async fn created_resources_have_a_location() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let said = ada.publishes("lobby", key(), "hello").await.expect(201);
    // `Location` is relative to the request's URL, whatever prefix a proxy strips.
    let at = reqwest::Url::parse("http://a/chat/api/v1/rooms/lobby/messages").unwrap();
    let at = at.join(said.header("location")).unwrap();
    let path = at.path().strip_prefix("/chat").unwrap();
    let message: serde_json::Value = ada.get(path).await.expect(200).json();
    assert_eq!(message["text"], "hello");
    let path = "/api/v1/rooms/%E6%9D%B1%E4%BA%AC";
    let room = ada.put(path, &serde_json::json!({})).await.expect(201);
    let at =
        reqwest::Url::parse("http://a/").unwrap().join(path).unwrap().join(room.header("location")).unwrap();
    assert_eq!(at.path(), path);
    let again = ada.put(path, &serde_json::json!({"topic": "x"})).await.expect(200);
    assert_eq!(again.header("location"), "");
}

#[tokio::test]
async fn single_message_is_returned_in_its_current_state() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    ada.says("before").await;
    let said = ada.says("hello").await.seq.0;
    ada.says("after").await;
    let path = format!("/api/v1/rooms/lobby/messages/{said}");
    ada.patch(&path, &serde_json::json!({"text": "hello all"})).await.expect(200);
    let message: holdline_shared::Message = ada.get(&path).await.expect(200).json();
    assert_eq!((message.seq.0, message.text.unwrap().as_str()), (said, "hello all"));
    ada.delete(&path).await.expect(200);
    let message: holdline_shared::Message = ada.get(&path).await.expect(200).json();
    assert_eq!(message.text, None);
}

#[tokio::test]
async fn details_of_problems_name_json_and_no_rust_types() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let session = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", ada.token());
    for (method, path) in [
        ("POST", "/api/v1/rooms/lobby/messages"),
        ("PATCH", "/api/v1/rooms/lobby/messages/2"),
        ("PUT", "/api/v1/rooms/tea"),
        ("POST", "/api/v1/session"),
    ] {
        for body in ["null", "7", "\"x\"", "true", "[]", "[7]"] {
            let reply = server.connect().await.request(method, path, &session, body.as_bytes()).await;
            assert_eq!(reply.problem(), ProblemCode::InvalidBody, "{method} {path} {body}");
            assert!(reply.text().contains("an object"), "{}", reply.text());
            assert!(
                !reply.text().contains("struct") && !reply.text().contains("Unchecked"),
                "{}",
                reply.text()
            );
        }
    }
    for reply_to in ["\"x\"", "-1", "{}", "1.5"] {
        let body = format!("{{\"key\":\"x\",\"text\":\"x\",\"reply_to\":{reply_to}}}");
        let path = "/api/v1/rooms/lobby/messages";
        let reply = server.connect().await.request("POST", path, &session, body.as_bytes()).await;
        assert!(!reply.text().contains("u64") && !reply.text().contains("map"), "{}", reply.text());
    }
}

#[tokio::test]
async fn panicking_handler_is_answered_with_500() {
    let log = FaultyLog::new();
    let server = Server::on(log.clone(), HubConfig::default(), ServeConfig::default()).await;
    *log.reads.lock() = Fault::Panic;
    let mut connection = server.connect().await;
    let reply = connection.get("/api/v1/rooms/lobby/messages", "").await;
    assert_eq!((reply.status, reply.problem()), (500, ProblemCode::Internal));
    assert!(!reply.text().contains("bug"), "internal details are not sent");
    assert_eq!(connection.get("/metrics", "").await.status, 200, "the connection stays open");
}
