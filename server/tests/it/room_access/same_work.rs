//! Timing classes: whatever is asked about a hidden room costs as many reads and appends of the log as the same about a room
//! that never was. Counted, because a clock tells little on a busy machine.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::RoomName;
use reqwest::Method;
use serde_json::{Value, json};

use super::{admin, den, member};
use crate::support::{Client, FaultyLog, Reply, Server, key};

/// Everything that can be asked about a room, with a body if it has one.
fn asks(room: &RoomName, own: &str) -> Vec<(Method, String, Option<Value>)> {
    let at = format!("/api/v1/rooms/{room}");
    let (message, said) = (format!("{at}/messages/2"), json!({ "key": key().to_string(), "text": "x" }));
    let mut asks: Vec<_> = [
        format!("/api/v1/poll?room={room}&after=start&wait=0"),
        format!("/api/v1/poll?room=lobby&room={room}&after=start&wait=0"),
        format!("/api/v1/poll?room=lobby&wait=0&here={room}"),
        format!("/api/v1/events?room={room}&after=start"),
        format!("/subscribe?room={room}&wait=0"),
        format!("{at}/messages"),
        format!("{at}/members"),
        format!("{at}/hooks"),
        message.clone(),
    ]
    .into_iter()
    .map(|path| (Method::GET, path, None))
    .collect();
    asks.extend([
        (Method::POST, format!("{at}/messages"), Some(said)),
        (Method::PATCH, message.clone(), Some(json!({ "text": "x" }))),
        (Method::DELETE, message.clone(), None),
        (Method::PUT, format!("{message}/reactions/%F0%9F%91%8D"), None),
        (Method::POST, format!("{message}/report"), Some(json!({ "reason": "x" }))),
        (Method::PUT, format!("{at}/members/{own}"), Some(json!({ "role": "member" }))),
        (Method::DELETE, format!("{at}/members/{own}"), None),
        (Method::PUT, format!("{at}/members/guest"), Some(json!({ "role": "member", "name": "Ada" }))),
        (Method::POST, format!("{at}/hooks"), Some(json!({ "way": "incoming", "name": "x" }))),
        (Method::DELETE, format!("{at}/hooks/{own}"), None),
        (Method::DELETE, format!("{at}?confirm={room}"), None),
        (Method::POST, "/api/v1/invites".to_owned(), Some(json!({ "room": room }))),
    ]);
    asks
}

async fn ask(client: &Client, (method, path, body): &(Method, String, Option<Value>)) -> Reply {
    let request = client.request(method.clone(), path);
    let request = body.iter().fold(request, reqwest::RequestBuilder::json);
    Reply::from(request.send().await.unwrap()).await
}

#[tokio::test]
async fn hidden_and_absent_rooms_cost_the_same_reads_and_appends() {
    for loops in [1, 0] {
        let log = FaultyLog::new();
        let mut config = ServeConfig::default();
        config.event_loops = Some(loops);
        let server = Server::on(log.clone() as Arc<_>, HubConfig::default(), config).await;
        let ada = admin(&server).await;
        let den = den(&ada).await;
        ada.says_in(den.as_str(), "hidden").await;
        let bo = member(&server, &ada, "Bo").await;
        let never = RoomName::parse(&format!("private-{}", "z".repeat(den.as_str().len() - 8))).unwrap();
        let own = bo.person().id.to_string();
        for (hidden, absent) in asks(&den, &own).into_iter().zip(asks(&never, &own)) {
            let mut costs = Vec::new();
            for asked in [&hidden, &absent] {
                let before = log.calls.load(Ordering::Relaxed);
                let reply = ask(&bo, asked).await;
                // The classic route, and presence, are for rooms that may come, too.
                let may_succeed = asked.1.contains("here=") || asked.1.starts_with("/subscribe");
                assert!(reply.status == 404 || may_succeed, "{asked:?}: {}", reply.text());
                costs.push((reply.status, log.calls.load(Ordering::Relaxed) - before));
            }
            assert_eq!(costs[0], costs[1], "{hidden:?}");
        }
    }
}
