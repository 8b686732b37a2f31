//! The end of a session ends the requests that it holds, at once and everywhere.

use holdline_shared::{NewCode, ProblemCode, SessionList};
use reqwest::Method;
use serde_json::json;

use super::{PASSPHRASE, admin, both_ways, is_in, joins, member, redeem, set_door, signs_in};
use crate::support::{Client, Reply, Server, until, within};

/// The ways of holding a request.
const HELD: [&str; 5] = [
    "/api/v1/poll?room=lobby&wait=100",
    "/api/v1/poll?room=*&wait=100",
    "/api/v1/poll?room=lobby&room=tea&wait=100",
    "/api/v1/events?room=lobby",
    "/subscribe?wait=100",
];

/// Holds requests of all kinds, acts, and expects that each ends and says that the session is over.
pub(super) async fn expect_end(server: &Server, client: &Client, act: impl AsyncFnOnce()) {
    let requests: Vec<_> = HELD
        .iter()
        .map(|path| {
            let request = client.request(Method::GET, path);
            tokio::spawn(async move {
                let response = request.send().await.unwrap();
                (response.status().as_u16(), response.text().await.unwrap())
            })
        })
        .collect();
    until("all are held", || server.hub.held() == HELD.len()).await;
    act().await;
    for (path, request) in HELD.iter().zip(requests) {
        let (status, text) = within("the end of a held request", request).await.unwrap();
        assert!(text.contains("this session is over"), "{path}: {text}");
        assert_eq!(status, if path.contains("events") { 200 } else { 401 }, "{path}");
    }
    assert_eq!(server.hub.held(), 0);
}

#[tokio::test]
async fn ended_session_ends_what_it_holds() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        ada.makes_room("tea").await;
        let bob = member(&server, &ada, "Bob").await;
        let phone = signs_in(&server, "Bob").await;
        expect_end(&server, &phone, async || {
            let sessions: SessionList = bob.get("/api/v1/me/sessions").await.expect(200).json();
            let other = sessions.sessions.iter().find(|session| !session.current).unwrap();
            bob.delete(&format!("/api/v1/me/sessions/{}", other.id)).await.expect(204);
        })
        .await;
        assert_eq!(is_in(&phone).await, Err(ProblemCode::SessionInvalid));
        let phone = signs_in(&server, "Bob").await;
        expect_end(&server, &phone, async || {
            bob.delete("/api/v1/me/sessions").await.expect(204);
        })
        .await;
        assert_eq!(is_in(&bob).await, Ok(()), "the session that asked goes on");
        expect_end(&server, &bob, async || {
            bob.delete("/api/v1/session").await.expect(204);
        })
        .await;
        assert_eq!(
            is_in(&bob).await,
            Err(ProblemCode::SessionInvalid),
            "the token is of no use after signing out"
        );
    })
    .await;
}

#[tokio::test]
async fn new_passphrase_ends_other_sessions_and_device_links() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        ada.makes_room("tea").await;
        let bob = member(&server, &ada, "Bob").await;
        let phone = signs_in(&server, "Bob").await;
        let link = async |client: &Client| -> String {
            let link: NewCode = client.post("/api/v1/me/device-link", &json!({})).await.expect(201).json();
            link.code
        };
        let (of_phone, of_ada) = (link(&phone).await, link(&ada).await);
        expect_end(&server, &phone, async || {
            let body = json!({ "passphrase": "battery staple", "old_passphrase": PASSPHRASE });
            bob.patch("/api/v1/me", &body).await.expect(200);
        })
        .await;
        assert_eq!(is_in(&phone).await, Err(ProblemCode::SessionInvalid));
        assert_eq!(is_in(&bob).await, Ok(()), "the session that asked goes on");
        assert_eq!(redeem(&server.visitor(), &of_phone, "Eve").await.problem(), ProblemCode::WrongSecret);
        let of_bob = link(&bob).await;
        bob.delete("/api/v1/me/sessions").await.expect(204);
        assert_eq!(redeem(&server.visitor(), &of_bob, "Eve").await.problem(), ProblemCode::WrongSecret);
        joins(&server, &of_ada, "Ada").await;
    })
    .await;
}

#[tokio::test]
async fn erasing_ends_what_a_person_holds() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        ada.makes_room("tea").await;
        let bob = member(&server, &ada, "Bob").await;
        expect_end(&server, &bob, async || {
            ada.delete(&format!("/api/v1/people/{}?messages=keep", bob.person().id)).await.expect(204);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn tightened_door_ends_what_guests_hold() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        ada.makes_room("tea").await;
        let gus = server.person("Gus").await;
        expect_end(&server, &gus, async || set_door(&ada, json!({ "door": "invite" })).await).await;
        set_door(&ada, json!({ "door": "open" })).await;
        let stranger = server.visitor();
        expect_end(&server, &stranger, async || set_door(&ada, json!({ "door": "invite" })).await).await;
        set_door(&ada, json!({ "door": "open" })).await;
        let bob = member(&server, &ada, "Bob").await;
        // A member's goes on, through the same change.
        let held = bob.request(Method::GET, HELD[0]);
        let held = tokio::spawn(async move { held.send().await.unwrap().text().await.unwrap() });
        until("it is held", || server.hub.held() == 1).await;
        set_door(&ada, json!({ "door": "invite" })).await;
        ada.says("still there").await;
        assert!(within("a message", held).await.unwrap().contains("still there"));
    })
    .await;
}

#[tokio::test]
async fn guest_with_an_account_holds_on_until_there_is_news_and_is_told_nothing() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let gus = server.person("Gus").await;
        let request = gus.request(Method::GET, "/api/v1/poll?room=lobby&after=now&wait=100");
        let held = tokio::spawn(async { Reply::from(request.send().await.unwrap()).await });
        until("the poll to be held", || server.hub.held() == 1).await;
        // A client that is refused before it has the answer to this would begin a session as a new guest.
        gus.patch("/api/v1/me", &json!({ "passphrase": PASSPHRASE })).await.expect(200);
        assert_eq!(server.hub.held(), 1);
        ada.says("secret").await;
        let reply = held.await.unwrap();
        assert_eq!(reply.problem(), ProblemCode::SessionInvalid, "{}", reply.text());
    })
    .await;
}
