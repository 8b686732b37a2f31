//! Limits of visitors: whoever comes from one address, or through a trusted proxy from one.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Extension;
use axum::extract::ConnectInfo;
use holdline_server::hub::Hub;
use holdline_server::log::MemoryLog;
use holdline_server::{ServeConfig, router_with};

use super::{both_ways, config, expect_refusal, forwarded_for, session};
use crate::support::{Client, Connection, Process, Server, until, within};

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

/// This machine's address in the network, if it has one. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn connections_of_one_visitor_are_limited() {
    // A peer on loopback is no visitor. The server listens there alone all the same; the visitor's end has another address.
    let Some(own) = own_address() else { return };
    let limit = ["--log", "memory:", "--limit", "visitor-connections=2"];
    let server = Process::start(&limit).await;
    let connect = || Connection::open_from(own, server.address);
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut connection = connect().await;
        connection.get("/healthz", "").await.expect(200);
        open.push(connection);
    }
    let refused = connect().await.get("/healthz", "").await;
    expect_refusal(&refused, "visitor-connections", "5");
    drop(open.pop());
    let comes_in = async {
        while connect().await.get("/healthz", "").await.status != 200 {
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
