//! Limits of persons and visitors, in both ways of serving.

mod visitors;

use std::sync::Arc;

use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::MemoryLog;
use holdline_server::{HttpConfig, Limits, ServeConfig};
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use crate::both_ways::Way;
use crate::support::{Client, Connection, Process, Reply, key, trusting_loopback, until, within};

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
