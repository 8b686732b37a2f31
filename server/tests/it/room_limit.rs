//! Limits on the number of new rooms.

use holdline_server::hub::HubConfig;
use holdline_server::{HttpConfig, ServeConfig};
use holdline_shared::ProblemCode;
use serde_json::json;

use crate::support::{Server, trusting_loopback};

async fn limited(person: u32, visitor: u32, trusting: HttpConfig) -> Server {
    let mut http = trusting;
    (http.rooms_per_person, http.rooms_per_visitor) = (person, visitor);
    let mut config = ServeConfig::default();
    config.http = http;
    Server::with(HubConfig::default(), config).await
}

#[tokio::test]
async fn rooms_per_person_are_limited_on_every_route() {
    let server = limited(3, 100, HttpConfig::default()).await;
    let (ada, ben) = (server.person("Ada").await, server.person("Ben").await);
    let session = format!("Authorization: Bearer {}\r\n", ada.token());
    ada.makes_room("r1").await;
    ada.makes_room("r2").await;
    let classic = |room: u32| {
        let (path, session) = (format!("/publish?room=r{room}"), session.clone());
        let server = &server;
        async move { server.connect().await.request("POST", &path, &session, b"hello").await }
    };
    assert_eq!(classic(3).await.status, 200);
    let refused = classic(4).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1200"), "{}", refused.text());
    let refused = ada.put("/api/v1/rooms/r4", &json!({})).await;
    assert_eq!(refused.problem(), ProblemCode::RateLimited);
    assert!(!refused.header("retry-after").is_empty());
    // Existing rooms do not count.
    ada.put("/api/v1/rooms/r1", &json!({"topic": "still mine"})).await.expect(200);
    assert_eq!(classic(1).await.status, 200);
    ben.makes_room("r4").await;
    assert_eq!(server.hub.room_count(), 5);
}

#[tokio::test]
async fn rooms_per_address_behind_a_trusted_proxy_are_limited() {
    let server = limited(10, 2, trusting_loopback()).await;
    let mut made = Vec::new();
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
        let header =
            client.map(|client| format!("X-Forwarded-For: 6.6.6.6, {client}\r\n")).unwrap_or_default();
        let headers = format!("{header}Authorization: Bearer {}\r\n", person.token());
        let path = format!("/api/v1/rooms/r{}", made.len());
        made.push(server.connect().await.request("PUT", &path, &headers, b"").await.status);
    }
    assert_eq!(made, [201, 201, 429, 201, 201, 201, 201]);
}
