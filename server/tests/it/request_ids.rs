//! The ids of requests, in both ways of serving, and the log of requests that contains them.

use std::io::Read as _;
use std::sync::Arc;

use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::MemoryLog;
use holdline_server::{ServeConfig, choose_door};
use holdline_shared::{Cursor, Door};

use crate::both_ways::Way;
use crate::support::{Connection, Process, Reply, trusting_loopback, until, within};

fn id(reply: &Reply) -> Option<&str> {
    reply.headers.get("x-request-id").map(|value| value.to_str().unwrap())
}

/// Starts both ways of serving over one hub without a cache; they trust proxies on this machine if
/// `trusting`.
async fn both(trusting: bool) -> (Arc<Hub>, [Way; 2]) {
    let mut hub = HubConfig::default();
    hub.recent_bytes = 0;
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), hub).await.unwrap();
    let mut config = ServeConfig::default();
    if trusting {
        config.http = trusting_loopback();
    }
    let ways = [Way::loops(hub.clone(), config.clone()).await, Way::plain(hub.clone(), config).await];
    (hub, ways)
}

#[tokio::test]
async fn id_of_a_trusted_proxy_is_that_of_the_answer() {
    let (hub, ways) = both(true).await;
    let start = Cursor { epoch: hub.log().epoch(), seq: hub.head() };
    for text in ["one", "two"] {
        let author = holdline_shared::Person::stdin();
        let draft = holdline_server::log::Draft::say(author, "lobby".parse().unwrap(), text.parse().unwrap());
        hub.publish(draft).await.unwrap();
    }
    while hub.log().prune("1/room".parse().unwrap()).await.unwrap() {}
    for way in &ways {
        let mut connection = Connection::open(way.address).await;
        let header = "X-Request-Id: 4bf92f-35\r\n";
        for (path, status) in [
            ("/api/v1/poll?room=nowhere", 404),
            ("/api/v1/poll?room=lobby&here=lobby", 401),
            // The log is read before it is refused.
            (&format!("/api/v1/poll?room=lobby&after={start}"), 410),
            ("/api/v1/rooms", 200),
            ("/api/v1/nothing", 404),
        ] {
            let reply = connection.get(path, header).await;
            assert_eq!((reply.status, id(&reply)), (status, Some("4bf92f-35")), "{}: {path}", way.name);
        }
        let held = connection.get("/api/v1/poll?room=lobby&wait=0", header).await;
        assert_eq!((held.status, id(&held)), (200, None), "{}: held answers are shared", way.name);
    }
}

#[tokio::test]
async fn id_of_a_trusted_proxy_is_that_of_a_refusal_after_a_hold() {
    let (hub, ways) = both(true).await;
    let query = format!("room=lobby&wait=60&after={}", Cursor { epoch: hub.log().epoch(), seq: hub.head() });
    let mut connections = Vec::new();
    for way in &ways {
        let mut connection = Connection::open(way.address).await;
        connection.send("GET", &format!("/api/v1/poll?{query}"), "X-Request-Id: 4bf92f-35\r\n", b"").await;
        connections.push((way.name, connection));
    }
    until("both are held", || hub.held() == 2).await;
    choose_door(hub.log(), Door::Invite, None).await.unwrap();
    for (way, mut connection) in connections {
        let reply = within("the refusal", connection.reply()).await.unwrap();
        assert_eq!((reply.status, id(&reply)), (401, Some("4bf92f-35")), "{way}");
    }
}

#[tokio::test]
async fn answers_without_an_id_are_those_that_may_be_held_and_files() {
    let (_hub, ways) = both(false).await;
    for way in &ways {
        let mut connection = Connection::open(way.address).await;
        for (method, path, has_id) in [
            ("GET", "/api/v1/poll?room=lobby&wait=0", false),
            ("GET", "/subscribe?wait=0", false),
            ("GET", "/", false),
            ("GET", "/classic", false),
            ("GET", "/api/openapi.json", false),
            ("OPTIONS", "/api/v1/rooms", false),
            ("GET", "/api/v1/poll?room=nowhere", true),
            ("GET", "/api/v1/rooms", true),
            ("GET", "/api/v1/rooms/lobby/messages", true),
            ("DELETE", "/api/v1/session", true),
            ("GET", "/healthz", true),
            ("GET", "/metrics", true),
            ("POST", "/api/v1/poll", true),
            ("PUT", "/classic", true),
            ("GET", "/api/v1/nothing", true),
            ("GET", "/subscribe?wait=x", true),
        ] {
            let reply = connection.request(method, path, "", b"").await;
            assert_eq!(id(&reply).is_some(), has_id, "{}: {method} {path}: {}", way.name, reply.status);
        }
    }
}

#[tokio::test]
async fn other_requests_get_ids_of_their_own() {
    let (_hub, ways) = both(false).await;
    let mut ids = Vec::new();
    for way in &ways {
        let mut connection = Connection::open(way.address).await;
        for path in ["/api/v1/poll?room=nowhere", "/api/v1/poll?room=nowhere", "/api/v1/rooms"] {
            let reply = connection.get(path, "X-Request-Id: forged\r\n").await;
            let id = id(&reply).unwrap_or_default().to_owned();
            assert_eq!(id.len(), 16, "{}: {id}", way.name);
            ids.push(id);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6, "each request has another");
}

#[tokio::test]
async fn log_of_requests_has_their_ids() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut server = Process::start_through("RUST_LOG=debug ", writer, &["--log", "memory:"]).await;
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        reader.read_to_string(&mut log).unwrap();
        log
    });
    let ada = server.visitor();
    let mut ids = Vec::new();
    for path in ["/api/v1/poll?room=nowhere", "/api/v1/rooms/nowhere/messages"] {
        let reply = ada.get(path).await.expect(404);
        ids.push(reply.header("x-request-id").to_owned());
    }
    ada.polls("room=lobby&wait=0").await;
    server.signal("TERM").await;
    assert_eq!(server.ended().await.code(), Some(0));
    let log = log.join().unwrap();
    for id in ids {
        let line = log.lines().find(|line| line.contains(&id) && line.contains("status=404"));
        assert!(line.is_some(), "{id} is not in the log:\n{log}");
    }
    assert!(log.lines().any(|line| line.contains("status=200") && line.contains("answered")), "{log}");
}
