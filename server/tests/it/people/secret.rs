//! A new secret of the log: sessions go on for a grace time, and are signed anew when they are used.

use holdline_shared::{ProblemCode, Session, SessionList};
use serde_json::{Value, json};

use super::{admin, both_ways, ends::expect_end, is_in, member, signs_in};
use crate::support::{Client, Reply, Server};

/// Asks with a token as a cookie, and returns the cookie that the answer sets, if any.
async fn renewed(server: &Server, token: &str) -> (u16, Option<String>) {
    let request = server.visitor().request(reqwest::Method::GET, "/api/v1/poll?room=lobby&wait=0");
    let port = server.address.port();
    let cookie = format!("holdline_session_{port}={token}");
    let reply = Reply::from(request.header("cookie", cookie).send().await.unwrap()).await;
    let set = reply.header("set-cookie");
    let set = set.split_once('=').map(|(_, value)| value.split(';').next().unwrap().to_owned());
    (reply.status, set)
}

async fn rotate(admin: &Client, days: u32) {
    let reply = admin.post("/api/v1/rotate-secret", &json!({ "grace_days": days })).await.expect(200);
    assert!(reply.json::<Value>()["grace_until"].is_u64());
}

#[tokio::test]
async fn sessions_go_on_for_the_grace_time_and_are_signed_anew() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bob, gus) = (member(&server, &ada, "Bob").await, server.person("Gus").await);
        assert_eq!(renewed(&server, bob.token()).await, (200, None));
        rotate(&ada, 7).await;
        for client in [&bob, &gus] {
            assert_eq!(is_in(client).await, Ok(()));
            let (status, cookie) = renewed(&server, client.token()).await;
            let cookie = cookie.expect("a cookie that is signed anew");
            assert_eq!((status, renewed(&server, &cookie).await), (200, (200, None)));
            // A client that stores its token gets the new one where it asks for its session.
            let session: Session = client.get("/api/v1/session").await.expect(200).json();
            assert_ne!(session.token.as_deref(), Some(client.token()));
            assert_eq!(renewed(&server, &session.token.unwrap()).await, (200, None));
        }
        let fresh = server.person("Eve").await;
        assert_eq!(renewed(&server, fresh.token()).await, (200, None));
    })
    .await;
}

#[tokio::test]
async fn without_a_grace_time_every_session_ends_with_what_it_holds() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        ada.makes_room("tea").await;
        let (bob, gus) = (member(&server, &ada, "Bob").await, server.person("Gus").await);
        for refused in [&bob, &gus] {
            let reply = refused.post("/api/v1/rotate-secret", &json!({})).await;
            assert_eq!(reply.problem(), ProblemCode::NotAllowed);
        }
        let reply = ada.post("/api/v1/rotate-secret", &json!({ "grace_days": 91 })).await;
        assert_eq!(reply.problem(), ProblemCode::InvalidBody);
        rotate(&ada, 7).await;
        expect_end(&server, &bob, async || rotate(&ada, 0).await).await;
        for client in [&ada, &bob, &gus] {
            assert_eq!(is_in(client).await, Err(ProblemCode::SessionInvalid));
        }
        let again = signs_in(&server, "Bob").await;
        let list: SessionList = again.get("/api/v1/me/sessions").await.expect(200).json();
        assert_eq!(list.sessions.len(), 1, "those that ended are not listed");
    })
    .await;
}
