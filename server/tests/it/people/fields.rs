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

#[tokio::test]
async fn answers_about_rooms_have_these_fields_and_no_others_for_each_role() {
    let list = "cursor rooms rooms.at rooms.head rooms.here rooms.name rooms.said rooms.topic";
    let own_list = "cursor rooms rooms.at rooms.head rooms.here rooms.members rooms.name rooms.role rooms.said rooms.title \
                    rooms.topic rooms.visibility";
    let members = "members members.person members.person.id members.person.name members.role";
    let all_members =
        "members members.muted_until members.person members.person.id members.person.name members.role";
    let tokens = "tokens tokens.id tokens.note tokens.person tokens.person.id tokens.person.name tokens.rooms tokens.verbs";
    let bans = "bans bans.id bans.person bans.person.id bans.person.name bans.reason";
    let batch = "cursor entries entries.at entries.author entries.author.id entries.author.name entries.kind";
    let public = format!("{batch} entries.room entries.seq entries.topic wait");
    let own = format!(
        "{batch} entries.muted_until entries.person entries.person.id entries.person.name entries.policy \
         entries.policy.title entries.policy.visibility entries.role entries.room entries.seq entries.topic wait"
    );
    let audit: Vec<String> =
        "act change device expires gives id muted_until note person person.id person.name policy \
                              policy.title policy.visibility reason role rooms topic uses verbs"
            .split_whitespace()
            .map(|field| format!("entries.change.{field}"))
            .collect();
    let audit = format!(
        "entries entries.at entries.author entries.author.id entries.author.name entries.change {} entries.room \
         entries.seq more",
        audit.join(" ")
    );
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bob = member(&server, &ada, "Bob").await;
        let gus = server.person("Gus").await;
        let made: Value = ada.post("/api/v1/rooms", &json!({ "title": "Den" })).await.expect(201).json();
        let den = format!("/api/v1/rooms/{}", made["room"].as_str().unwrap());
        let bob_in_den = format!("{den}/members/{}", bob.person().id);
        ada.put(&bob_in_den, &json!({ "role": "member" })).await.expect(200);
        let gus_in_den = format!("{den}/members/{}", gus.person().id);
        let silence = json!({ "role": "none", "muted_until": u64::MAX >> 12 });
        ada.put(&gus_in_den, &silence).await.expect(200);
        bob.post("/api/v1/tokens", &json!({ "rooms": ["lobby"], "note": "x" })).await.expect(201);
        let ban = format!("/api/v1/people/{}/ban", gus.person().id);
        ada.put(&ban, &json!({ "reason": "x" })).await.expect(201);
        let (in_den, all) = (format!("{den}/members"), "/api/v1/poll?room=*&after=start&wait=0");
        let stranger = server.visitor();
        for (client, path, expected) in [
            (&stranger, "/api/v1/rooms", list),
            (&bob, "/api/v1/rooms", own_list),
            (&ada, "/api/v1/rooms", own_list),
            (&stranger, &*in_den, "404"),
            (&bob, &*in_den, members),
            (&ada, &*in_den, all_members),
            (&stranger, "/api/v1/tokens", "401"),
            (&bob, "/api/v1/tokens", tokens),
            (&ada, "/api/v1/tokens", tokens),
            (&stranger, "/api/v1/bans", "401"),
            (&bob, "/api/v1/bans", "403"),
            (&ada, "/api/v1/bans", bans),
            (&stranger, "/api/v1/audit", "401"),
            (&bob, "/api/v1/audit", "403"),
            (&ada, "/api/v1/audit", &*audit),
            (&stranger, all, &*public),
            (&bob, all, &*own),
            (&ada, all, &*own),
        ] {
            assert_eq!(fields_of(client, path).await, expected, "{path}");
        }
    })
    .await;
}
