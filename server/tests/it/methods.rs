//! The methods of each route, and the `Allow` header.

use std::collections::BTreeSet;

use crate::support::{Reply, Server};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The routes, each with its methods.
const ROUTES: [(&str, &str); 22] = [
    ("/api/v1/poll", "GET, POST, OPTIONS"),
    ("/api/v1/events", "GET, OPTIONS"),
    ("/api/v1/rooms", "GET, HEAD, POST, OPTIONS"),
    ("/api/v1/rooms/lobby", "PUT, DELETE, OPTIONS"),
    ("/api/v1/rooms/lobby/members", "GET, HEAD, OPTIONS"),
    ("/api/v1/rooms/lobby/members/x", "PUT, DELETE, OPTIONS"),
    ("/api/v1/rooms/lobby/messages", "GET, HEAD, POST, OPTIONS"),
    ("/api/v1/rooms/lobby/messages/2", "GET, HEAD, PATCH, DELETE, OPTIONS"),
    ("/api/v1/rooms/lobby/messages/2/reactions/x", "PUT, DELETE, OPTIONS"),
    ("/api/v1/rooms/lobby/messages/2/report", "POST, OPTIONS"),
    ("/api/v1/direct", "POST, OPTIONS"),
    ("/api/v1/bans", "GET, HEAD, POST, OPTIONS"),
    ("/api/v1/bans/x", "DELETE, OPTIONS"),
    ("/api/v1/people/x/ban", "PUT, DELETE, OPTIONS"),
    ("/api/v1/audit", "GET, HEAD, OPTIONS"),
    ("/api/v1/session", "GET, HEAD, POST, DELETE, OPTIONS"),
    ("/subscribe", "GET, OPTIONS"),
    ("/publish", "POST, OPTIONS"),
    ("/classic", "GET, HEAD, OPTIONS"),
    ("/healthz", "GET, HEAD, OPTIONS"),
    ("/metrics", "GET, HEAD, OPTIONS"),
    ("/", "GET, HEAD, OPTIONS"),
];

#[tokio::test]
async fn allow_header_matches_the_methods_of_every_route() {
    let server = Server::start().await;
    for (path, expected) in ROUTES {
        let options = server.connect().await.request("OPTIONS", path, "", b"").await;
        assert_eq!((options.status, options.header("allow")), (204, expected), "{path}");
        let allowed: BTreeSet<_> = expected.split(", ").collect();
        let visitor = server.visitor();
        for method in METHODS {
            // Nothing is held: the other routes that hold lack their room here.
            let path = if path == "/subscribe" { "/subscribe?wait=0" } else { path };
            let request = visitor.request(method.parse().unwrap(), path);
            let reply = Reply::from(request.send().await.unwrap()).await;
            assert_eq!(reply.status == 405, !allowed.contains(method), "{method} {path}: {}", reply.status);
            if reply.status == 405 {
                assert_eq!(reply.header("allow"), expected, "{method} {path}");
            }
        }
        let strange = server.connect().await.request("BREW", path, "", b"").await;
        assert_eq!((strange.status, strange.header("allow")), (405, expected), "BREW {path}");
    }
}

#[tokio::test]
async fn options_is_answered_for_the_server_and_for_http_1_0() {
    let server = Server::start().await;
    for (request, allow) in [
        ("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("OPTIONS / HTTP/1.0\r\n", "GET, HEAD, OPTIONS"),
    ] {
        let mut connection = server.connect().await;
        connection.write(format!("{request}\r\n").as_bytes()).await;
        let reply = connection.reply().await.unwrap();
        assert_eq!((reply.status, reply.header("allow")), (204, allow), "{request}");
    }
    // Preflight requests of other sites get no permission.
    let preflight = "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n";
    let reply = server.connect().await.request("OPTIONS", "/publish", preflight, b"").await;
    assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{reply:?}");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let said = ada.says("hello").await.seq.0;
    let message = format!("/api/v1/rooms/lobby/messages/{said}");
    for path in ["/", "/api/v1/rooms", "/api/v1/session", "/healthz", "/classic", &message] {
        let whole = ada.get(path).await.expect(200);
        let head = ada.request(reqwest::Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        assert_eq!(head.headers()["content-type"], whole.header("content-type"), "{path}");
        assert_eq!(head.bytes().await.unwrap(), "", "{path}");
    }
}
