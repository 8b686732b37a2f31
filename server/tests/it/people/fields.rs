//! The fields of each answer for each role. A new field fails here, so that none is told by accident.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{admin, both_ways, invite, member};
use crate::support::Client;

/// The paths of all fields of a value, such as `people.id`.
fn fields(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                fields(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, at, found)),
        _ => {}
    }
}

async fn fields_of(client: &Client, path: &str) -> String {
    let reply = client.get(path).await;
    assert!(!reply.text().contains("argon2"), "{path}: {}", reply.text());
    if reply.status != 200 {
        return reply.status.to_string();
    }
    let mut found = BTreeSet::new();
    fields(&reply.json(), "", &mut found);
    Vec::from_iter(found).join(" ")
}

#[tokio::test]
async fn answers_have_these_fields_and_no_others() {
    const PROFILE: &str = "about admin id kind name time_zone";
    let me = "about admin has_passphrase id kind name time_zone";
    let door = |person: &str| {
        let person: Vec<String> = person.split_whitespace().map(|field| format!("person.{field}")).collect();
        ["door", "person", &person.join(" "), "server"].join(" ").replace("  ", " ")
    };
    let people = "people people.about people.admin people.id people.kind people.name people.time_zone";
    let sessions = "sessions sessions.begun sessions.current sessions.device sessions.id sessions.used";
    let invites =
        "invites invites.by invites.expires invites.id invites.note invites.role invites.used invites.uses";
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bob = member(&server, &ada, "Bob").await;
        let gus = server.person("Gus").await;
        let made = ada.post("/api/v1/invites", &json!({ "note": "x" })).await.expect(201);
        let mut found = BTreeSet::new();
        fields(&made.json(), "", &mut found);
        assert_eq!(Vec::from_iter(found), ["code", "expires", "id"]);
        invite(&ada, json!({})).await;
        let of_bob = format!("/api/v1/people/{}", bob.person().id);
        for (client, path, expected) in [
            (&server.visitor(), "/api/v1/door", &*door("")),
            (&gus, "/api/v1/door", &*door(me)),
            (&gus, "/api/v1/me", me),
            (&bob, "/api/v1/me", me),
            (&ada, "/api/v1/me", me),
            (&server.visitor(), "/api/v1/people", people),
            (&bob, "/api/v1/people", people),
            (&ada, "/api/v1/people", people),
            (&bob, &*of_bob, PROFILE),
            (&ada, &*of_bob, PROFILE),
            (&gus, "/api/v1/me/sessions", "403"),
            (&bob, "/api/v1/me/sessions", sessions),
            (&server.visitor(), "/api/v1/invites", "401"),
            (&bob, "/api/v1/invites", "invites"),
            (&ada, "/api/v1/invites", invites),
            (&ada, "/api/v1/session", "person person.id person.name token"),
        ] {
            assert_eq!(fields_of(client, path).await, expected, "{path}");
        }
        // Nothing of it stands in what people read.
        let all = ada.get("/api/v1/poll?room=*&after=start&wait=0").await.expect(200);
        for hidden in ["argon2", "~access", "redeemed", "session_begun"] {
            assert!(!all.text().contains(hidden), "{}", all.text());
        }
    })
    .await;
}
