//! Limits of persons and visitors, in both ways of serving.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::ConnectInfo;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::MemoryLog;
use holdline_server::{HttpConfig, Limits, ServeConfig, router_with};
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::both_ways::Way;
use crate::support::{Client, Connection, Process, Reply, Server, key, trusting_loopback, until, within};

/// A server, and the hub that it serves.
struct Limited {
    hub: Arc<Hub>,
    way: Way,
}

/// The limits of these settings and no others, with a trusted proxy on this machine.
fn config(settings: &[&str]) -> HttpConfig {
    let mut http = trusting_loopback();
    http.limits = Limits::NONE;
    for setting in settings {
        http.limits.set(setting).unwrap();
    }
    http
}

/// Starts a server in each way, with a hub of its own.
async fn both_ways(settings: &[&str]) -> [Limited; 2] {
    let mut serve = ServeConfig::default();
    serve.http = config(settings);
    let hubs = [Arc::new(MemoryLog::new()), Arc::new(MemoryLog::new())]
        .map(|log| Hub::open_with(log, HubConfig::default()));
    let [first, second] = hubs;
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    let (loops, plain) =
        (Way::loops(first.clone(), serve.clone()).await, Way::plain(second.clone(), serve).await);
    [Limited { hub: first, way: loops }, Limited { hub: second, way: plain }]
}

impl Limited {
    async fn person(&self, nickname: &str) -> Client {
        let mut client = self.way.visitor();
        client.enters(nickname).await;
        client
    }

    /// Sends a poll and waits until it is held. One that is refused is sent again: the end of an earlier hold takes a
    /// moment to be noticed.
    async fn hold(&self, path: &str, headers: &str) -> Connection {
        let goal = self.hub.held() + 1;
        loop {
            let mut connection = Connection::open(self.way.address).await;
            connection.send("GET", path, headers, b"").await;
            let is_held = {
                let held = until("the request is held", || self.hub.held() >= goal);
                tokio::select! {
                    () = held => true,
                    reply = connection.reply() => {
                        let status = reply.unwrap().status;
                        assert!([200, 429].contains(&status), "{status}");
                        // The head of a stream is sent at once.
                        status == 200
                    }
                }
            };
            if is_held {
                until("the request is held", || self.hub.held() >= goal).await;
                return connection;
            }
        }
    }

    async fn get(&self, path: &str, headers: &str) -> Reply {
        Connection::open(self.way.address).await.get(path, headers).await
    }
}

fn session(client: &Client) -> String {
    format!("Authorization: Bearer {}\r\n", client.token())
}

fn forwarded_for(client: &str) -> String {
    format!("X-Forwarded-For: {client}\r\n")
}

/// Expects the refusal of a limit.
fn expect_refusal(reply: &Reply, limit: &str, retry_after: &str) {
    assert_eq!(reply.problem(), ProblemCode::RateLimited, "{limit}: {}", reply.text());
    assert!(reply.text().contains(&format!("(limit {limit})")), "{}", reply.text());
    assert_eq!(reply.header("retry-after"), retry_after, "{limit}");
}

#[tokio::test]
async fn messages_and_changes_of_a_person_are_limited() {
    for server in both_ways(&["publish=4+1/h"]).await {
        let (ada, ben) = (server.person("Ada").await, server.person("Ben").await);
        let said = ada.says("one").await;
        let message = format!("/api/v1/rooms/lobby/messages/{}", said.seq.0);
        ada.patch(&message, &json!({"text": "two"})).await.expect(200);
        ada.put("/api/v1/rooms/lobby", &json!({"topic": "three"})).await.expect(200);
        ada.post("/api/v1/session", &json!({"nickname": "Four"})).await.expect(200);
        for (method, path, body) in [
            (Method::POST, "/api/v1/rooms/lobby/messages", json!({"key": key().to_string(), "text": "five"})),
            (Method::PATCH, &*message, json!({"text": "five"})),
            (Method::DELETE, &*message, json!({})),
            (Method::PUT, "/api/v1/rooms/lobby", json!({"topic": "five"})),
            (Method::POST, "/api/v1/session", json!({"nickname": "Five"})),
        ] {
            let sent = ada.request(method, path).json(&body).send().await.unwrap();
            expect_refusal(&Reply::from(sent).await, "publish=4+1/h", "3600");
        }
        let classic = ada.request(Method::POST, "/publish").body("five").send().await.unwrap();
        let classic = Reply::from(classic).await.expect(429);
        assert_eq!(classic.header("content-type"), "text/plain;charset=utf-8");
        assert_eq!(classic.header("retry-after"), "3600");
        // Others, reactions and programs of this machine go on.
        ben.says("six").await;
        ada.put(&format!("{message}/reactions/%F0%9F%91%8D"), &json!({})).await.expect(200);
        for _ in 0..6 {
            server.way.visitor().shouts("seven").await;
        }
        assert_eq!(ada.figure("holdline_refused_by_limit_total{limit=\"publish\"}").await, 6);
        assert_eq!(ada.figure("holdline_problems_total{code=\"rate_limited\"}").await, 6);
    }
}

#[tokio::test]
async fn lists_and_polls_without_a_wait_are_limited() {
    for server in both_ways(&["reads=6+1/h"]).await {
        let (ada, ben) = (server.person("Ada").await, server.person("Ben").await);
        let of_ben = format!("/api/v1/people/{}", ben.person().id);
        for (path, status) in [
            ("/api/v1/rooms", 200),
            ("/api/v1/rooms/lobby/members", 200),
            ("/api/v1/people", 200),
            (&*of_ben, 404),
            ("/api/v1/poll?room=lobby&wait=0&here=lobby", 200),
            ("/subscribe?wait=0", 200),
        ] {
            assert_eq!(ada.get(path).await.status, status, "{path}");
        }
        for path in ["/api/v1/rooms", "/api/v1/people", &of_ben, "/api/v1/poll?room=lobby&wait=0"] {
            expect_refusal(&ada.get(path).await, "reads=6+1/h", "3600");
        }
        ada.get("/subscribe?wait=0").await.expect(429);
        // Others, polls that are held, and history go on.
        ben.get("/api/v1/rooms").await.expect(200);
        ada.get("/api/v1/rooms/lobby/messages").await.expect(200);
        ada.says("hello").await;
        ada.get("/api/v1/poll?room=lobby&after=start&wait=20").await.expect(200);
    }
}

#[tokio::test]
async fn ipv6_network_is_one_visitor_behind_a_proxy() {
    for server in both_ways(&["visitor-sessions=2+1/h", "visitor-held-polls=1"]).await {
        let begin = async |client: &'static str| {
            let mut connection = Connection::open(server.way.address).await;
            connection.request("POST", "/api/v1/session", &forwarded_for(client), b"").await
        };
        begin("2001:db8:0:1::1").await.expect(201);
        begin("[2001:db8:0:1:ffff::1]:443").await.expect(201);
        expect_refusal(&begin("2001:db8:0:1:2:3:4:5").await, "visitor-sessions=2+1/h", "3600");
        begin("2001:db8:0:2::1").await.expect(201);
        let poll = "/api/v1/poll?room=lobby";
        let held = server.hold(poll, &forwarded_for("2001:db8:0:1::1")).await;
        let refused = server.get(poll, &forwarded_for("2001:db8:0:1::2")).await;
        expect_refusal(&refused, "visitor-held-polls=1", "5");
        drop(server.hold(poll, &forwarded_for("2001:db8:0:2::1")).await);
        drop(held);
    }
}

/// A free port at this machine's address in the network, if it has one. Nothing is sent.
fn own_address() -> Option<SocketAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then(|| SocketAddr::new(address, 0))
}

#[tokio::test]
async fn connections_of_one_visitor_are_limited() {
    // A visitor of this machine comes from an address of its own: from loopback nobody is a visitor.
    let Some(own) = own_address() else { return };
    let limit = ["--log", "memory:", "--door", "open", "--limit", "visitor-connections=2"];
    let server = Process::start_on(own, &limit).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut connection = Connection::open(server.address).await;
        connection.get("/healthz", "").await.expect(200);
        open.push(connection);
    }
    let refused = Connection::open(server.address).await.get("/healthz", "").await;
    expect_refusal(&refused, "visitor-connections", "5");
    drop(open.pop());
    let comes_in = async {
        while Connection::open(server.address).await.get("/healthz", "").await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    within("a free connection", comes_in).await;
    server.crash().await;
}

#[tokio::test]
async fn callers_without_a_session_count_by_visitor() {
    for server in both_ways(&["publish=2+1/h", "history=2+1/h"]).await {
        let publish = |client: &'static str| {
            let (address, headers) = (server.way.address, forwarded_for(client));
            async move {
                Connection::open(address).await.request("POST", "/publish", &headers, b"hi").await.status
            }
        };
        let said = [publish("192.0.2.1").await, publish("192.0.2.1").await, publish("192.0.2.1").await];
        assert_eq!((said, publish("192.0.2.2").await), ([200, 200, 429], 200));
        let path = "/api/v1/rooms/lobby/messages";
        for status in [200, 200, 429] {
            assert_eq!(server.get(path, &forwarded_for("192.0.2.1")).await.status, status);
        }
    }
}

#[tokio::test]
async fn reactions_and_pages_of_history_of_a_person_are_limited() {
    for server in both_ways(&["reactions=2+1/min", "history=2+2/s"]).await {
        let (ada, ben) = (server.person("Ada").await, server.person("Ben").await);
        let said = ada.says("one").await;
        let message = format!("/api/v1/rooms/lobby/messages/{}", said.seq.0);
        let reaction = format!("{message}/reactions/%F0%9F%91%8D");
        ada.put(&reaction, &json!({})).await.expect(200);
        ada.delete(&reaction).await.expect(200);
        expect_refusal(&ada.put(&reaction, &json!({})).await, "reactions=2+1/min", "60");
        expect_refusal(&ada.delete(&reaction).await, "reactions=2+1/min", "60");
        ben.put(&reaction, &json!({})).await.expect(200);
        // A page takes half a second to be allowed again, so a quick reader is refused in the end.
        let refused = async {
            loop {
                ada.get("/api/v1/rooms/lobby/messages").await;
                let reply = ada.get(&message).await;
                if reply.status != 200 {
                    return reply;
                }
            }
        };
        expect_refusal(&within("a refusal", refused).await, "history=2+2/s", "1");
        ben.get(&message).await.expect(200);
    }
}

#[tokio::test]
async fn rooms_per_person_are_limited_on_every_route() {
    for server in both_ways(&["rooms=3+3/h"]).await {
        let (ada, ben) = (server.person("Ada").await, server.person("Ben").await);
        ada.makes_room("r1").await;
        ada.makes_room("r2").await;
        let classic = |room: u32| {
            let (path, session, address) =
                (format!("/publish?room=r{room}"), session(&ada), server.way.address);
            async move { Connection::open(address).await.request("POST", &path, &session, b"hello").await }
        };
        assert_eq!(classic(3).await.status, 200);
        let refused = classic(4).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "1200"), "{}", refused.text());
        expect_refusal(&ada.put("/api/v1/rooms/r4", &json!({})).await, "rooms=3+3/h", "1200");
        // Existing rooms do not count.
        ada.put("/api/v1/rooms/r1", &json!({"topic": "still mine"})).await.expect(200);
        assert_eq!(classic(1).await.status, 200);
        ben.makes_room("r4").await;
        assert_eq!(server.hub.room_count(), 5);
    }
}

#[tokio::test]
async fn rooms_per_visitor_behind_a_trusted_proxy_are_limited() {
    for server in both_ways(&["rooms=2+2/h", "visitor-rooms=2+2/h"]).await {
        let mut made = Vec::new();
        let put = async |person: &Client, client: Option<&str>, room: &str| {
            let header =
                client.map(|client| forwarded_for(&format!("6.6.6.6, {client}"))).unwrap_or_default();
            let (path, headers) = (format!("/api/v1/rooms/{room}"), header + &session(person));
            Connection::open(server.way.address).await.request("PUT", &path, &headers, b"").await.status
        };
        // Two addresses of the same /64 network and more of it, another network, and programs of this machine.
        for client in [
            Some("2001:db8::1"),
            Some("2001:db8::2"),
            Some("2001:db8::3"),
            Some("2001:db8:0:1::1"),
            None,
            None,
            None,
        ] {
            let person = server.person("Somebody").await;
            let room = format!("r{}", made.len());
            made.push(put(&person, client, &room).await);
        }
        assert_eq!(made, [201, 201, 429, 201, 201, 201, 201]);
        let person = server.person("Somebody").await;
        assert_eq!(put(&person, Some("2001:db8::4"), "a").await, 429);
        for (room, status) in [("b", 201), ("c", 201), ("d", 429)] {
            // What was refused for the visitor did not count for the person.
            assert_eq!(put(&person, None, room).await, status);
        }
    }
}

#[tokio::test]
async fn sessions_of_a_visitor_are_limited_whatever_they_claim() {
    for server in both_ways(&["visitor-sessions=2+1/h"]).await {
        let begin = |headers: String| {
            let address = server.way.address;
            async move { Connection::open(address).await.request("POST", "/api/v1/session", &headers, b"").await }
        };
        for (number, status) in [(1, 201), (2, 201), (3, 429), (4, 429)] {
            // What stands left of the proxy's own entry is the client's invention.
            let reply = begin(forwarded_for(&format!("192.0.2.{number}, 203.0.113.7"))).await;
            assert_eq!(reply.status, status, "{}", reply.text());
            if status == 429 {
                expect_refusal(&reply, "visitor-sessions=2+1/h", "3600");
            }
        }
        assert_eq!(begin(forwarded_for("203.0.113.8")).await.status, 201);
        // A program of this machine, and a proxy that names no visitor.
        for headers in
            ["", "", "", "Via: 1.1 proxy\r\n", "X-Forwarded-For: unknown\r\n", "X-Real-IP: 192.0.2.1\r\n"]
        {
            assert_eq!(begin(headers.to_owned()).await.status, 201, "{headers}");
        }
        // A change of the session that one has is no new one.
        let ada = server.person("Ada").await;
        for _ in 0..4 {
            let reply = begin(forwarded_for("203.0.113.7") + &session(&ada)).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
    }
}

#[tokio::test]
async fn stranger_with_a_rotating_header_is_limited() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let peer: SocketAddr = "203.0.113.7:4000".parse().unwrap();
    let router = router_with(hub.clone(), config(&["visitor-sessions=2+1/h"]));
    let server = Server::of(router.layer(Extension(ConnectInfo(peer))), hub, ServeConfig::default()).await;
    let mut begun = Vec::new();
    for number in 0..5 {
        let headers = forwarded_for(&format!("192.0.2.{number}"));
        begun.push(server.connect().await.request("POST", "/api/v1/session", &headers, b"").await.status);
    }
    assert_eq!(begun, [201, 201, 429, 429, 429]);
}

#[tokio::test]
async fn held_requests_of_a_person_are_limited_and_end_in_every_way() {
    for server in both_ways(&["held-polls=2"]).await {
        let (ada, ben) = (server.person("Ada").await, server.person("Ben").await);
        let (session, poll) = (session(&ada), "/api/v1/poll?room=lobby&wait=60");
        let expect_full = async || {
            expect_refusal(&server.get(poll, &session).await, "held-polls=2", "5");
            let classic = server.get("/subscribe?wait=60", &session).await;
            assert_eq!((classic.status, classic.header("retry-after")), (429, "5"), "{}", classic.text());
            let mut stream = Connection::open(server.way.address).await;
            let head = format!(
                "GET /api/v1/events?room=lobby HTTP/1.1\r\nHost: a\r\n{session}Connection: close\r\n\r\n"
            );
            stream.write(head.as_bytes()).await;
            let said = within("the stream's end", stream.rest()).await;
            assert!(
                said.starts_with("HTTP/1.1 200 ") && said.contains("retry: 5000\nevent: problem"),
                "{said}"
            );
            assert!(said.contains("\"rate_limited\""), "{said}");
            let form = Connection::open(server.way.address)
                .await
                .request(
                    "POST",
                    poll,
                    &format!("{session}Content-Type: application/x-www-form-urlencoded\r\n"),
                    b"room=tea",
                )
                .await;
            assert_eq!(form.status, 429, "{}", form.text());
        };
        // An answer.
        let held = [server.hold(poll, &session).await, server.hold(poll, &session).await];
        expect_full().await;
        server.get("/api/v1/poll?room=lobby&wait=0", &session).await.expect(200);
        let of_ben = server.hold(poll, &self::session(&ben)).await;
        let of_nobody = server.hold(poll, "").await;
        ben.says("hello").await;
        let [mut first, second] = held;
        within("an answer", first.reply()).await.unwrap().expect(200);
        drop((of_ben, of_nobody));
        until("nothing is held", || server.hub.held() == 0).await;
        // A handoff: hyper serves the connection that an event loop has served.
        first.get("/healthz", "").await.expect(200);
        // The client hangs up.
        let held = [server.hold(poll, &session).await, server.hold(poll, &session).await];
        expect_full().await;
        drop((held, second));
        until("nothing is held", || server.hub.held() == 0).await;
        // The time is up.
        let short = "/api/v1/poll?room=lobby&wait=1";
        let mut held = [server.hold(poll, &session).await, server.hold(short, &session).await];
        within("an answer", held[1].reply()).await.unwrap().expect(200);
        let other = server.hold(poll, &session).await;
        expect_full().await;
        drop((held, other));
        until("nothing is held", || server.hub.held() == 0).await;
        // Streams and classic subscriptions count too. Answers prove that no lease is left.
        let mut held = [server.hold(short, &session).await, server.hold(short, &session).await];
        for connection in &mut held {
            within("an answer", connection.reply()).await.unwrap().expect(200);
        }
        let held = [
            server.hold("/api/v1/events?room=lobby", &session).await,
            server.hold("/subscribe", &session).await,
        ];
        expect_full().await;
        drop(held);
        until("nothing is held", || server.hub.held() == 0).await;
        let _held = [server.hold(poll, &session).await, server.hold(poll, &session).await];
        expect_full().await;
    }
}

#[tokio::test]
async fn held_requests_of_a_visitor_are_limited() {
    for server in both_ways(&["visitor-held-polls=2", "held-polls=2"]).await {
        let poll = "/api/v1/poll?room=lobby&wait=60";
        let people = [server.person("Ada").await, server.person("Ben").await];
        let from = |number: usize| forwarded_for(&format!("2001:db8::{number}"));
        let held = [
            server.hold(poll, &(from(1) + &session(&people[0]))).await,
            server.hold(poll, &(from(2) + &session(&people[1]))).await,
        ];
        for headers in [from(3), from(4) + &session(&people[0])] {
            expect_refusal(&server.get(poll, &headers).await, "visitor-held-polls=2", "5");
        }
        // What was refused for the visitor did not stay with the person.
        let elsewhere = server.hold(poll, &session(&people[0])).await;
        let others =
            [server.hold(poll, &forwarded_for("2001:db8:0:1::1")).await, server.hold(poll, "").await];
        drop((held, elsewhere, others));
        until("nothing is held", || server.hub.held() == 0).await;
        let _held = [server.hold(poll, &from(5)).await, server.hold(poll, &from(6)).await];
        expect_refusal(&server.get(poll, &from(7)).await, "visitor-held-polls=2", "5");
    }
}

#[tokio::test]
async fn flags_set_limits() {
    let limits = ["--limit", "publish=1+1/h,reactions=0", "--limit", "rooms=none"];
    let server = Process::start(&[&["--log", "memory:"], &limits[..]].concat()).await;
    let ada = server.person("Ada").await;
    ada.says("one").await;
    let refused = ada.publishes("lobby", key(), "two").await;
    expect_refusal(&refused, "publish=1+1/h", "3600");
    let reaction = ada.put("/api/v1/rooms/lobby/messages/1/reactions/%F0%9F%91%8D", &json!({})).await;
    expect_refusal(&reaction, "reactions=0", "3600");
}
