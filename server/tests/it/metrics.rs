//! Metrics of successful and refused requests, in both ways of serving, and who reads them.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::both_ways::Pair;
use crate::people::{admin, both_ways, member};
use crate::support::{Client, Connection, Reply, Server, key, until};

#[tokio::test]
async fn successful_requests_are_counted_once() {
    let pair = Pair::start().await;
    for way in [&pair.loops, &pair.plain] {
        let mut ada = way.visitor();
        ada.enters("Ada").await;
        let names = [
            "holdline_entries_total",
            "holdline_publishes_repeated_total",
            "holdline_answers_total{status=\"201\"}",
            "holdline_answers_total{status=\"404\"}",
            "holdline_problems_total{code=\"unknown_room\"}",
            "holdline_problems_total{code=\"invalid_text\"}",
        ];
        let mut before = Vec::new();
        for name in names {
            before.push(ada.figure(name).await);
        }
        let key = key();
        ada.publishes("lobby", key, "said").await.expect(201);
        ada.publishes("lobby", key, "said again").await.expect(200);
        ada.publishes("lobby", crate::support::key(), "").await.expect(400);
        ada.poll("room=nowhere&wait=0").await.expect(404);
        ada.polls("room=lobby&wait=0").await;
        for ((name, before), added) in names.iter().zip(before).zip([1, 1, 1, 1, 1, 1]) {
            assert_eq!(ada.figure(name).await, before + added, "{}: {name}", way.name);
        }
    }
}

#[tokio::test]
async fn documented_metrics_are_those_of_the_server() {
    let server = Server::sqlite(HubConfig::default()).await;
    let ada = server.person("Ada").await;
    ada.poll("room=nowhere&wait=0").await.expect(404);
    let mut documented: Vec<(&str, &str)> = include_str!("../../../docs/OPERATING.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `holdline_")?.split_once("` | "))
        .filter_map(|(name, rest)| Some((name, rest.split_once(" | ")?.0)))
        .collect();
    let reply = ada.get("/metrics").await.expect(200);
    let text = reply.text();
    let mut exposed: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE holdline_")?.split_once(' ')).collect();
    documented.sort_unstable();
    exposed.sort_unstable();
    assert_eq!(exposed, documented);
    for (name, _) in exposed {
        assert!(text.contains(&format!("# HELP holdline_{name} ")), "{name} says nothing");
    }
}

#[tokio::test]
async fn commits_are_timed() {
    let server = Server::sqlite(HubConfig::default()).await;
    let ada = server.person("Ada").await;
    let names =
        ["holdline_publish_seconds_count", "holdline_commit_seconds_count", "holdline_group_entries_sum"];
    let mut before = Vec::new();
    for name in names {
        before.push(ada.figure(name).await);
    }
    ada.says("one").await;
    ada.says("two").await;
    for (name, before) in names.iter().zip(before) {
        assert_eq!(ada.figure(name).await, before + 2, "{name}");
    }
}

#[tokio::test]
async fn refused_requests_are_counted() {
    let mut config = ServeConfig::default();
    config.max_connections = 3;
    let mut hub = HubConfig::default();
    hub.max_held = 1;
    let pair = Pair::with(hub, config).await;
    for way in [&pair.loops, &pair.plain] {
        let mut first = Connection::open(way.address).await;
        assert_eq!(first.get("/healthz", "").await.status, 200);
        let refused = figure(&mut first, "holdline_connections_refused_total").await;
        let mut others = Vec::new();
        for _ in 0..2 {
            let mut other = Connection::open(way.address).await;
            other.send("GET", "/subscribe", "", b"").await;
            others.push(other);
        }
        until("two are held", || pair.hub.held() == 2).await;
        let reply = Connection::open(way.address).await.get("/healthz", "").await;
        assert_eq!(reply.status, 503);
        assert_eq!(figure(&mut first, "holdline_connections_refused_total").await, refused + 1);
        let polls = figure(&mut first, "holdline_polls_refused_total").await;
        assert_eq!(first.get("/api/v1/poll?room=lobby", "").await.status, 503, "{}", way.name);
        assert_eq!(figure(&mut first, "holdline_polls_refused_total").await, polls + 1, "{}", way.name);
        drop(others);
        pair.holds_nothing().await;
    }
}

#[tokio::test]
async fn metrics_are_for_those_who_run_the_server() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let token = async |client: &Client, body: Value| -> String {
            let made: Value = client.post("/api/v1/tokens", &body).await.expect(201).json();
            made["token"].as_str().unwrap().to_owned()
        };
        let watching = token(&ada, json!({ "bot": "Watch", "verbs": ["read"] })).await;
        let narrow = token(&ada, json!({ "bot": "Narrow", "verbs": ["read"], "rooms": ["lobby"] })).await;
        let writing = token(&ada, json!({ "bot": "Pen", "verbs": ["write"] })).await;
        let of_bo = token(&bo, json!({ "verbs": ["read"] })).await;
        let ask = |client: &Client| client.request(Method::GET, "/metrics");
        let stranger = || ask(&server.visitor());
        let bearer = |token: &str| stranger().bearer_auth(token);
        let status = async |request: RequestBuilder| Reply::from(request.send().await.unwrap()).await.status;
        let cases = [
            ("stranger", stranger(), 401),
            ("guest", ask(&server.person("Gus").await), 403),
            ("member", ask(&bo), 403),
            ("admin", ask(&ada), 200),
            ("bot that reads every room", bearer(&watching), 200),
            ("bot in the lobby", bearer(&narrow), 403),
            ("bot that writes", bearer(&writing), 403),
            ("program of a member", bearer(&of_bo), 403),
            ("no token", bearer("hlt_x"), 401),
        ];
        for (who, request, expected) in cases {
            // A proxy on this machine has passed it on.
            let passed_on = request.try_clone().unwrap().header("x-forwarded-for", "192.0.2.1");
            assert_eq!(status(passed_on).await, expected, "{who}");
            assert_eq!(status(request).await, 200, "{who}, on the server's own machine");
        }
    })
    .await;
}

async fn figure(connection: &mut Connection, name: &str) -> u64 {
    let reply = connection.get("/metrics", "").await;
    let value =
        reply.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    value.unwrap_or_default()
}
