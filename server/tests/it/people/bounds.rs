//! The bounds of what people can make the log keep: every change counts, what is over is forgotten, and lists have an end.

use holdline_server::hub::HubConfig;
use holdline_server::{Limits, Rate, ServeConfig};
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use super::credentials::{ask, routes};
use super::{admin, both_ways, invite, invites_of, joins, member};
use crate::support::Server;

/// The changes that have a limit of their own, or end what the client has, and questions that change nothing.
const OTHERWISE: [(&str, &str); 10] = [
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/sign-in"),
    ("POST", "/api/v1/redeem"),
    ("POST", "/api/v1/redeem/look"),
    ("POST", "/hooks/x"),
    ("POST", "/api/v1/poll"),
    ("PUT", "/api/v1/rooms/lobby/messages/1/reactions/%F0%9F%91%8D"),
    ("DELETE", "/api/v1/rooms/lobby/messages/1/reactions/%F0%9F%91%8D"),
    ("POST", "/publish"),
];

#[tokio::test]
async fn every_change_counts() {
    for loops in [1, 0] {
        let mut config = ServeConfig::default();
        config.event_loops = Some(loops);
        config.http.limits = Limits::NONE;
        config.http.limits.publish = Some(Rate::ZERO);
        let server = Server::with(HubConfig::default(), config).await;
        let ada = admin(&server).await;
        let changes = routes().into_iter().filter(|(method, path)| {
            *method != Method::GET && !OTHERWISE.contains(&(method.as_str(), path.as_str()))
        });
        for (method, path) in changes {
            let reply = ask(&ada, &method, &path).await;
            assert_eq!(reply.status, 429, "{method} {path}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn nothing_is_appended_if_no_session_ends() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let head = server.hub.head();
        ada.delete("/api/v1/me/sessions").await.expect(204);
        assert_eq!(server.hub.head(), head);
    })
    .await;
}

#[tokio::test]
async fn used_invites_are_forgotten_and_open_ones_have_an_end() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let used = invite(&ada, json!({})).await;
        joins(&server, &used.code, "Bob").await;
        assert!(invites_of(&ada).await.invites.iter().all(|invite| invite.id != used.id));
        for _ in 0..100 {
            invite(&ada, json!({})).await;
        }
        assert_eq!(ada.post("/api/v1/invites", &json!({})).await.problem(), ProblemCode::TooMany);
        let open = invites_of(&ada).await.invites;
        ada.delete(&format!("/api/v1/invites/{}", open[0].id)).await.expect(204);
        joins(&server, &invite(&ada, json!({})).await.code, "Cid").await;
        invite(&ada, json!({})).await;
        for _ in 0..10 {
            ada.post("/api/v1/me/device-link", &json!({})).await.expect(201);
        }
        let link = ada.post("/api/v1/me/device-link", &json!({})).await;
        assert_eq!(link.problem(), ProblemCode::TooMany);
    })
    .await;
}

#[tokio::test]
async fn tokens_have_an_end() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bob = member(&server, &ada, "Bob").await;
        let rooms = |number| json!({ "rooms": (0..number).map(|n| format!("r{n}")).collect::<Vec<_>>() });
        assert_eq!(bob.post("/api/v1/tokens", &rooms(101)).await.problem(), ProblemCode::InvalidBody);
        for _ in 0..100 {
            bob.post("/api/v1/tokens", &rooms(100)).await.expect(201);
        }
        assert_eq!(bob.post("/api/v1/tokens", &json!({})).await.problem(), ProblemCode::TooMany);
        ada.post("/api/v1/tokens", &json!({})).await.expect(201);
    })
    .await;
}
