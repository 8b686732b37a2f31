//! Headers that every response has, and responses to internal failures.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;

use crate::support::{Fault, FaultyLog, Server, key, trusting_loopback};

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
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: the connection is not encrypted");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(answer.header("holdline-build"), holdline_server::BUILD, "{path}");
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
    }
}

#[tokio::test]
async fn encrypted_connection_is_made_strict_on_every_answer() {
    let mut config = ServeConfig::default();
    config.http = trusting_loopback();
    let (trusting, wary) = (Server::with(HubConfig::default(), config).await, Server::start().await);
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/classic"),
        ("GET", "/nothing"),
        ("GET", "/healthz"),
        ("GET", "/api/v1/rooms"),
        ("GET", "/api/v1/poll?room=lobby&wait=0"),
        ("GET", "/api/v1/poll?room=nowhere"),
        ("POST", "/api/v1/poll"),
        ("DELETE", "/api/v1/rooms"),
    ] {
        for (server, expected) in [(&trusting, "max-age=31536000"), (&wary, "")] {
            let mut connection = server.connect().await;
            let encrypted = connection.request(method, path, "X-Forwarded-Proto: https\r\n", b"").await;
            assert_eq!(encrypted.header("strict-transport-security"), expected, "{method} {path}");
            let plain = connection.request(method, path, "", b"").await;
            assert_eq!(plain.header("strict-transport-security"), "", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn pages_are_framed_by_nobody_but_those_that_the_operator_names() {
    let mut config = ServeConfig::default();
    let ancestors = &mut config.http.frame_ancestors;
    *ancestors = std::mem::take(ancestors).with_origin("https://intranet.example").unwrap();
    let (open, closed) = (Server::with(HubConfig::default(), config).await, Server::start().await);
    for (server, ancestors) in [(&open, "https://intranet.example"), (&closed, "'none'")] {
        for path in ["/", "/r/tea", "/classic"] {
            let page = server.visitor().get(path).await.expect(200);
            let policy = page.header("content-security-policy");
            assert!(policy.ends_with(&format!("; frame-ancestors {ancestors}")), "{path}: {policy}");
        }
        // An answer of the API is not a page.
        let rooms = server.visitor().get("/api/v1/rooms").await;
        assert!(rooms.header("content-security-policy").ends_with("frame-ancestors 'none'"));
    }
}

#[tokio::test]
async fn pages_do_without_other_windows_and_abilities() {
    let server = Server::start().await;
    for path in ["/", "/r/tea", "/classic"] {
        // Browsers trust this machine's own address, and ignore the header over other plain connections.
        for (host, expected) in [
            ("localhost", "same-origin"),
            ("chat.localhost:80", "same-origin"),
            ("127.0.0.1", "same-origin"),
            ("chat.example", ""),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let mut connection = server.connect().await;
            connection.write(request.as_bytes()).await;
            let page = connection.reply().await.unwrap().expect(200);
            assert_eq!(page.header("cross-origin-opener-policy"), expected, "{path} at {host}");
            assert!(page.header("permissions-policy").contains("microphone=()"), "{path}");
        }
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
