//! Every route of the table, asked without a session and with one that is over: none lets anybody past the door.

use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::{admin, both_ways, member, set_door};
use crate::support::{Client, Reply, Server};

const TABLE: &str = include_str!("../../../src/http/routes.rs");

/// The routes that a stranger may use at every door, with the status of the answer to the request below.
const OPEN: [(&str, &str, u16); 11] = [
    ("GET", "/api/v1/door", 200),
    ("POST", "/api/v1/session", 401),
    ("DELETE", "/api/v1/session", 204),
    ("POST", "/api/v1/sign-in", 403),
    ("POST", "/api/v1/redeem", 403),
    ("POST", "/api/v1/redeem/look", 403),
    ("POST", "/hooks/x", 404),
    ("GET", "/classic", 200),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    // The stranger here is a program of the server's own machine.
    ("GET", "/metrics", 200),
];

/// The methods and addresses of the table.
pub(crate) fn routes() -> Vec<(Method, String)> {
    let verbs = [
        ("get", Method::GET),
        ("held", Method::GET),
        ("page", Method::GET),
        ("post", Method::POST),
        ("put", Method::PUT),
        ("patch", Method::PATCH),
        ("delete", Method::DELETE),
    ];
    let mut routes = Vec::new();
    for route in TABLE.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        let methods = &route[path.len()..];
        for (verb, method) in &verbs {
            let is_here = |before: char| methods.contains(&format!("{before}{verb}("));
            if is_here(' ') || is_here('.') {
                let path = path.replace("{room}", "lobby").replace("{seq}", "1");
                let path = path.replace("{emoji}", "%F0%9F%91%8D").replace("{id}", "abc");
                let path = path.replace("{key}", "x");
                routes.push((method.clone(), path));
            }
        }
    }
    assert!(routes.len() > 30, "{routes:?}");
    routes
}

/// Asks with a body that is right for every route.
pub(super) async fn ask(client: &Client, method: &Method, path: &str) -> Reply {
    let body = json!({
        "key": "7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f", "text": "x", "name": "Eve", "passphrase": "wrong horse",
        "code": "x", "door": "open", "admin": true, "people": ["abc"], "title": "x",
    });
    let query = match path {
        "/api/v1/poll" | "/api/v1/events" => "?room=lobby",
        "/subscribe" => "?wait=0",
        _ => "",
    };
    let request = client.request(method.clone(), &format!("{path}{query}"));
    let request = match (method, path) {
        (&Method::GET, _) => request,
        (_, "/api/v1/poll") => {
            request.header("content-type", "application/x-www-form-urlencoded").body("wait=0")
        }
        _ => request.json(&body),
    };
    Reply::from(request.send().await.unwrap()).await
}

fn is_open(method: &Method, path: &str) -> Option<u16> {
    OPEN.iter()
        .find(|(verb, open, _)| *verb == method.as_str() && *open == path)
        .map(|(_, _, status)| *status)
}

#[tokio::test]
async fn no_route_answers_strangers_at_a_closed_door() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        set_door(&ada, json!({ "door": "invite" })).await;
        let head = server.hub.head();
        for (method, path) in routes() {
            let reply = ask(&server.visitor(), &method, &path).await;
            if let Some(status) = is_open(&method, &path) {
                assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
            } else {
                assert_eq!(reply.status, 401, "{method} {path}: {}", reply.text());
                assert!(reply.text().contains("door: invite"), "{method} {path}: {}", reply.text());
            }
        }
        assert_eq!(server.hub.head(), head, "nothing was appended");
    })
    .await;
}

#[tokio::test]
async fn no_route_takes_a_session_that_is_over() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        set_door(&ada, json!({ "door": "invite" })).await;
        let bob = member(&server, &ada, "Bob").await;
        bob.delete("/api/v1/session").await.expect(204);
        let head = server.hub.head();
        for (method, path) in routes().iter().filter(|(method, path)| is_open(method, path).is_none()) {
            let reply = ask(&bob, method, path).await;
            assert_eq!(reply.status, 401, "{method} {path}: {}", reply.text());
            assert!(reply.text().contains("this session is over"), "{method} {path}: {}", reply.text());
        }
        assert_eq!(server.hub.head(), head, "nothing was appended");
        // Nor is it a way to another one.
        let reply = bob.post("/api/v1/session", &json!({ "nickname": "Bob" })).await;
        assert_eq!(reply.problem(), ProblemCode::SessionRequired);
    })
    .await;
}

#[tokio::test]
async fn no_route_takes_a_credential_that_does_not_hold() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let gus = server.person("Gus").await;
        set_door(&ada, json!({ "door": "invite" })).await;
        let [bob, eve, ivy] = [
            member(&server, &ada, "Bob").await,
            member(&server, &ada, "Eve").await,
            member(&server, &ada, "Ivy").await,
        ];
        let mut tokens = Vec::new();
        for owner in [&bob, &eve, &ivy] {
            let made: Value = owner.post("/api/v1/tokens", &json!({})).await.expect(201).json();
            tokens
                .push((made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned()));
        }
        bob.delete(&format!("/api/v1/tokens/{}", tokens[0].0)).await.expect(204);
        ada.put(&format!("/api/v1/people/{}/ban", eve.person().id), &json!({})).await.expect(201);
        ada.delete(&format!("/api/v1/people/{}?messages=keep", ivy.person().id)).await.expect(204);
        let elsewhere = Server::start().await;
        let (signed, signature) = bob.token().rsplit_once('.').unwrap();
        let without_version = signed.split_once('.').unwrap().1;
        let head = server.hub.head();
        for (credential, token) in [
            ("a session with another signature", format!("{signed}.{}", signature.to_ascii_lowercase())),
            ("a session without one", format!("{signed}.")),
            ("a session that another server signed", elsewhere.person("Bob").await.token().to_owned()),
            ("a session of an earlier version", format!("h1.{without_version}.{signature}")),
            ("a guest's session from before the door was closed", gus.token().to_owned()),
            ("a banned member's session", eve.token().to_owned()),
            ("an erased member's session", ivy.token().to_owned()),
            ("a revoked token", tokens[0].1.clone()),
            ("a banned member's token", tokens[1].1.clone()),
            ("an erased member's token", tokens[2].1.clone()),
            ("a token that was never made", "hlt_AAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
            ("nothing", String::new()),
        ] {
            let client = server.visitor().carrying(&token);
            for (method, path) in routes().iter().filter(|(method, path)| is_open(method, path).is_none()) {
                let reply = ask(&client, method, path).await;
                assert!(
                    [401, 403].contains(&reply.status),
                    "{credential}: {method} {path}: {}",
                    reply.text()
                );
            }
        }
        assert_eq!(server.hub.head(), head, "nothing was appended");
    })
    .await;
}
