//! Outgoing webhooks: a room's messages, signed, to an address that the operator allows or everybody could reach, and to nobody
//! who may not read the room any more.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, Uri};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::{MemoryLog, SqliteLog};
use holdline_server::{ServeConfig, make_admin_link, router};
use holdline_shared::{Entry, ProblemCode, RoomName};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

use super::{add, admin, both_ways_with, den, hook, member, member_path, path};
use crate::support::{Client, Server, within};

/// A program to which webhooks post. Stops when dropped.
struct Target {
    address: String,
    /// Taken for each answer.
    answering: Arc<Semaphore>,
    requests: mpsc::UnboundedReceiver<(Uri, HeaderMap, Bytes)>,
    task: AbortHandle,
}

impl Target {
    /// Answers the first requests with these statuses, and all others with 200.
    async fn start(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (told, requests) = mpsc::unbounded_channel();
        let statuses: Vec<u16> = statuses.iter().rev().copied().collect();
        let statuses = Arc::new(Mutex::new(statuses));
        let elsewhere = [("location", format!("{address}/elsewhere"))];
        let answering = Arc::new(Semaphore::new(1));
        let may_answer = answering.clone();
        let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let status = statuses.lock().pop().unwrap_or(200);
            // Nobody listens at the end of a test.
            let _ = told.send((uri, headers, body));
            let (answering, elsewhere) = (may_answer.clone(), elsewhere.clone());
            async move {
                let _one = answering.acquire().await.unwrap();
                (StatusCode::from_u16(status).unwrap(), elsewhere)
            }
        };
        let app = axum::Router::new().fallback(answer);
        let task = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        Self { address, answering, requests, task }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The next request: its path, its signature and its body.
    async fn request(&mut self) -> (String, String, Bytes) {
        let (uri, headers, body) = within("a delivery", self.requests.recv()).await.unwrap();
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/json");
        (uri.path().to_owned(), header("holdline-signature"), body)
    }

    /// The path and the text of the next delivery.
    async fn text(&mut self) -> (String, String) {
        let (path, _, body) = self.request().await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        (path, body["entry"]["text"].as_str().unwrap().to_owned())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A configuration in which webhooks may connect to 127.0.0.1.
fn allowing_loopback() -> ServeConfig {
    let mut config = ServeConfig::default();
    config.http.hook_hosts.push("127.0.0.1".parse().unwrap());
    config
}

async fn outgoing(admin: &Client, room: &RoomName, url: &str) -> Value {
    hook(admin, room, json!({ "way": "outgoing", "name": "Relay", "url": url })).await
}

fn texts(target: &[(String, String)]) -> Vec<(&str, &str)> {
    target.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

#[tokio::test]
async fn messages_of_the_room_are_delivered_signed_and_in_order() {
    both_ways_with(&allowing_loopback(), async |server| {
        let ada = admin(&server).await;
        let room = den(&ada).await;
        let mut target = Target::start(&[503]).await;
        let made = outgoing(&ada, &room, &target.url("/in")).await;
        assert_eq!((&made["way"], &made["url"]), (&json!("outgoing"), &json!(target.url("/in"))));
        let incoming = hook(&ada, &room, json!({ "way": "incoming", "name": "CI" })).await;
        let entry: Entry = ada.says_in(room.as_str(), "first").await;
        let message = path(&room, &format!("/messages/{}", entry.seq));
        ada.patch(&message, &json!({ "text": "edited" })).await.expect(200);
        ada.says("in the lobby").await;
        ada.post(incoming["url"].as_str().unwrap(), &json!({ "text": "from a webhook" })).await.expect(200);
        ada.says_in(room.as_str(), "last").await;
        let expected = json!({ "hook": made["id"], "room": room, "entry": entry });
        // The second attempt at the delivery that was answered 503.
        for _ in 0..2 {
            let (to, signature, body) = target.request().await;
            assert_eq!((to.as_str(), serde_json::from_slice(&body).unwrap()), ("/in", expected.clone()));
            let (time, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
            let key = made["key"].as_str().unwrap().as_bytes();
            let mut mac = <Hmac<Sha256>>::new_from_slice(key).unwrap();
            mac.update(&[time.as_bytes(), b".", &body].concat());
            let bytes: String =
                mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, bytes);
        }
        assert_eq!(texts(&[target.text().await]), [("/in", "last")]);
        let list = ada.get(&path(&room, "/hooks")).await.expect(200);
        assert!(list.text().contains("/in") && !list.text().contains(made["key"].as_str().unwrap()));
    })
    .await;
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused() {
    both_ways_with(&ServeConfig::default(), async |server| {
        let (ada, lobby) = (admin(&server).await, RoomName::lobby());
        for url in [
            "http://127.0.0.1:8080/",
            "http://0x7f.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.5/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://user:word@example.com/",
            "example.com",
            "",
        ] {
            let body = json!({ "way": "outgoing", "name": "Relay", "url": url });
            let refused = ada.post(&path(&lobby, "/hooks"), &body).await;
            assert_eq!(refused.problem(), ProblemCode::InvalidBody, "{url}");
        }
        let body = json!({ "way": "outgoing", "name": "Relay" });
        assert_eq!(ada.post(&path(&lobby, "/hooks"), &body).await.problem(), ProblemCode::InvalidBody);
        outgoing(&ada, &lobby, "https://hooks.example/in").await;
    })
    .await;
}

#[tokio::test]
async fn name_of_an_address_that_is_not_public_gets_nothing_and_no_redirect_is_followed() {
    both_ways_with(&allowing_loopback(), async |server| {
        let (ada, lobby) = (admin(&server).await, RoomName::lobby());
        let mut target = Target::start(&[307, 301]).await;
        let port = target.address.rsplit_once(':').unwrap().1.to_owned();
        outgoing(&ada, &lobby, &format!("http://localhost:{port}/never")).await;
        outgoing(&ada, &lobby, &target.url("/in")).await;
        let mut got = Vec::new();
        for text in ["one", "two", "three"] {
            ada.says(text).await;
            got.push(target.text().await);
        }
        assert_eq!(texts(&got), [("/in", "one"), ("/in", "two"), ("/in", "three")]);
    })
    .await;
}

#[tokio::test]
async fn hook_of_whoever_may_not_read_any_more_gets_nothing() {
    both_ways_with(&allowing_loopback(), async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let room = den(&ada).await;
        let mut target = Target::start(&[]).await;
        for (person, to) in [(&bo, "/bo"), (&cy, "/cy")] {
            add(&ada, &room, person).await;
            ada.put(&member_path(&room, person), &json!({ "role": "admin" })).await.expect(200);
            outgoing(person, &room, &target.url(to)).await;
        }
        let gone = outgoing(&ada, &room, &target.url("/gone")).await;
        outgoing(&ada, &room, &target.url("/ada")).await;
        ada.says_in(room.as_str(), "for all").await;
        let mut got = Vec::new();
        for _ in 0..4 {
            got.push(target.text().await);
        }
        got.sort();
        assert_eq!(texts(&got), ["/ada", "/bo", "/cy", "/gone"].map(|to| (to, "for all")));
        ada.delete(&member_path(&room, &bo)).await.expect(200);
        ada.put(&format!("/api/v1/people/{}/ban", cy.person().id), &json!({})).await.expect(201);
        ada.delete(&path(&room, &format!("/hooks/{}", gone["id"].as_str().unwrap()))).await.expect(204);
        for text in ["secret", "more"] {
            ada.says_in(room.as_str(), text).await;
            assert_eq!(texts(&[target.text().await]), [("/ada", text)]);
        }
        // A room that is deleted takes its webhooks along.
        ada.delete(&path(&room, &format!("?confirm={room}"))).await.expect(204);
        outgoing(&ada, &RoomName::lobby(), &target.url("/lobby")).await;
        ada.says("hello").await;
        assert_eq!(texts(&[target.text().await]), [("/lobby", "hello")]);
    })
    .await;
}

#[tokio::test]
async fn message_that_is_deleted_while_it_waits_is_not_delivered() {
    both_ways_with(&allowing_loopback(), async |server| {
        let ada = admin(&server).await;
        let room = den(&ada).await;
        let bo = member(&server, &ada, "Bo").await;
        add(&ada, &room, &bo).await;
        // Each attempt fails once what was said is gone; whoever is erased wants the name to be nowhere, even if the messages stay.
        for (to, gone) in [("/deleted", "/messages/"), ("/erased", "/api/v1/me?messages=keep")] {
            let mut target = Target::start(&[503]).await;
            let closed = target.answering.clone().acquire_owned().await.unwrap();
            let made = outgoing(&ada, &room, &target.url(to)).await;
            let entry: Entry = bo.says_in(room.as_str(), "a slip").await;
            assert_eq!(texts(&[target.text().await]), [(to, "a slip")]);
            if to == "/deleted" {
                bo.delete(&path(&room, &format!("{gone}{}", entry.seq))).await.expect(200);
            } else {
                bo.delete(gone).await.expect(204);
            }
            drop(closed);
            ada.says_in(room.as_str(), "last").await;
            assert_eq!(texts(&[target.text().await]), [(to, "last")]);
            ada.delete(&path(&room, &format!("/hooks/{}", made["id"].as_str().unwrap()))).await.expect(204);
        }
    })
    .await;
}

#[tokio::test]
async fn hook_works_after_a_restart_with_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.db");
    let mut target = Target::start(&[]).await;
    let start = async || {
        let log = Arc::new(SqliteLog::open(&file).unwrap());
        Server::on(log, HubConfig::default(), allowing_loopback()).await
    };
    let server = start().await;
    let ada = admin(&server).await;
    let token = ada.token().to_owned();
    outgoing(&ada, &RoomName::lobby(), &target.url("/in")).await;
    ada.says("before").await;
    assert_eq!(texts(&[target.text().await]), [("/in", "before")]);
    let hub = server.hub.clone();
    server.stop().await;
    hub.log().close().await;
    drop(hub);
    let server = start().await;
    let ada = Client::with_token(Client::http(), server.address, &token).await;
    ada.says("after").await;
    assert_eq!(texts(&[target.text().await]), [("/in", "after")]);
}

#[tokio::test]
async fn router_without_deliveries_refuses_outgoing_hooks() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut ada = Client::new(Client::http(), listener.local_addr().unwrap());
    let app = router(hub.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let link = make_admin_link(hub.log()).await.unwrap();
    let joined = ada.post("/api/v1/redeem", &json!({ "code": link.code, "nickname": "Ada" })).await;
    ada.adopts(&joined.expect(201));
    let body = json!({ "way": "outgoing", "name": "Relay", "url": "https://hooks.example/" });
    let refused = ada.post("/api/v1/rooms/lobby/hooks", &body).await;
    assert_eq!(refused.problem(), ProblemCode::NotAllowed);
    assert!(refused.text().contains("delivers nothing"), "{}", refused.text());
    hook(&ada, &RoomName::lobby(), json!({ "way": "incoming", "name": "CI" })).await;
    serving.abort();
}
