//! Invites and links to other devices are worth what whoever made them may give when they are used, and let nobody past the
//! door whom no admin of the server let in.

use holdline_shared::{NewCode, People, ProblemCode};
use serde_json::{Value, json};

use super::{admin, both_ways, invite, invites_of, member, redeem, set_door, signs_in};
use crate::support::{Client, Reply, Server};

/// A member whom the admin makes an admin, too.
async fn second_admin(server: &Server, admin: &Client, name: &str) -> Client {
    let client = member(server, admin, name).await;
    admin.patch(&of(&client), &json!({ "admin": true })).await.expect(200);
    client
}

/// The address of a person.
fn of(client: &Client) -> String {
    format!("/api/v1/people/{}", client.person().id)
}

/// The address of a room's member.
fn in_room(room: &str, client: &Client) -> String {
    format!("/api/v1/rooms/{room}/members/{}", client.person().id)
}

/// A private room of this client.
async fn den(client: &Client) -> String {
    let made: Value = client.post("/api/v1/rooms", &json!({ "title": "Den" })).await.expect(201).json();
    made["room"].as_str().unwrap().to_owned()
}

/// Uses a code in the name that the session has.
async fn uses(client: &Client, code: &NewCode) -> Reply {
    client.post("/api/v1/redeem", &json!({ "code": code.code })).await
}

async fn device_link(client: &Client) -> NewCode {
    client.post("/api/v1/me/device-link", &json!({})).await.expect(201).json()
}

#[tokio::test]
async fn invites_end_with_the_rights_of_their_maker() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        for (name, end) in [("Bob", "demoted"), ("Cid", "banned"), ("Dan", "erased")] {
            let bob = second_admin(&server, &ada, name).await;
            let mut codes = Vec::new();
            for role in ["admin", "member", "guest"] {
                codes.push(invite(&bob, json!({ "role": role, "uses": 5 })).await);
            }
            match end {
                "demoted" => drop(ada.patch(&of(&bob), &json!({ "admin": false })).await.expect(200)),
                "erased" => drop(bob.delete("/api/v1/me?messages=keep").await.expect(204)),
                _ => {
                    // An admin is banned once they are none.
                    ada.patch(&of(&bob), &json!({ "admin": false })).await.expect(200);
                    ada.put(&format!("{}/ban", of(&bob)), &json!({ "until": 4_000_000_000_000_u64 }))
                        .await
                        .expect(201);
                    ada.delete(&format!("{}/ban", of(&bob))).await.expect(204);
                    signs_in(&server, name).await;
                }
            }
            for code in &codes {
                let refused = redeem(&server.visitor(), &code.code, "Eve").await;
                assert_eq!(refused.problem(), ProblemCode::WrongSecret, "{end}");
                if end == "demoted" {
                    assert_eq!(uses(&bob, code).await.problem(), ProblemCode::WrongSecret, "their own");
                }
            }
            let listed = invites_of(&ada).await.invites;
            assert!(listed.iter().all(|invite| invite.by != bob.person().id), "{end}");
        }
        let people: People = ada.get("/api/v1/people").await.expect(200).json();
        assert_eq!(people.people.iter().filter(|person| person.admin).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn invites_into_a_room_end_with_the_part_in_it() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bob, cid) = (member(&server, &ada, "Bob").await, member(&server, &ada, "Cid").await);
        for query in ["", "?until=1", "?until=4000000000000"] {
            let den = den(&bob).await;
            bob.put(&in_room(&den, &cid), &json!({ "role": "admin" })).await.expect(200);
            let code = invite(&cid, json!({ "room": den, "uses": 5 })).await;
            bob.delete(&format!("{}{query}", in_room(&den, &cid))).await.expect(200);
            for who in [&cid, &ada] {
                assert_eq!(uses(who, &code).await.problem(), ProblemCode::WrongSecret, "{query}");
                let history = who.get(&format!("/api/v1/rooms/{den}/messages")).await;
                assert_eq!(history.problem(), ProblemCode::UnknownRoom, "{query}");
            }
        }
        let den = den(&bob).await;
        bob.put(&in_room(&den, &cid), &json!({ "role": "admin" })).await.expect(200);
        let code = invite(&cid, json!({ "room": den })).await;
        bob.put(&in_room(&den, &cid), &json!({ "role": "member" })).await.expect(200);
        assert_eq!(uses(&ada, &code).await.problem(), ProblemCode::WrongSecret, "an admin of it no more");
    })
    .await;
}

#[tokio::test]
async fn invite_needs_a_room_that_is_there_and_stays_readable() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bob, cid) = (member(&server, &ada, "Bob").await, member(&server, &ada, "Cid").await);
        let future = ada.post("/api/v1/invites", &json!({ "room": "future" })).await;
        assert_eq!(future.problem(), ProblemCode::UnknownRoom);
        bob.makes_room("tea").await;
        let code = invite(&ada, json!({ "room": "tea" })).await;
        bob.put("/api/v1/rooms/tea", &json!({ "policy": { "visibility": "private" } })).await.expect(200);
        assert_eq!(uses(&cid, &code).await.problem(), ProblemCode::WrongSecret);
        assert_eq!(cid.get("/api/v1/rooms/tea/messages").await.problem(), ProblemCode::UnknownRoom);
    })
    .await;
}

#[tokio::test]
async fn device_links_end_with_the_sessions() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let mut bob = member(&server, &ada, "Bob").await;
        let refused = async |link: NewCode, end: &str| {
            assert_eq!(uses(&server.visitor(), &link).await.problem(), ProblemCode::WrongSecret, "{end}");
        };
        let link = device_link(&bob).await;
        bob.delete("/api/v1/me/sessions").await.expect(204);
        refused(link, "ended by their owner, though there was no other session").await;
        let link = device_link(&bob).await;
        ada.delete(&format!("{}/sessions", of(&bob))).await.expect(204);
        refused(link, "ended by an admin").await;
        bob = signs_in(&server, "Bob").await;
        let link = device_link(&bob).await;
        bob.delete("/api/v1/session").await.expect(204);
        refused(link, "signed out").await;
        bob = signs_in(&server, "Bob").await;
        let link = device_link(&bob).await;
        ada.put(&format!("{}/ban", of(&bob)), &json!({})).await.expect(201);
        ada.delete(&format!("{}/ban", of(&bob))).await.expect(204);
        refused(link, "banned").await;
    })
    .await;
}

#[tokio::test]
async fn admins_of_a_room_see_and_revoke_its_invites_and_nobody_else_does() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bob, cid) = (member(&server, &ada, "Bob").await, member(&server, &ada, "Cid").await);
        let den = den(&bob).await;
        bob.put(&in_room(&den, &cid), &json!({ "role": "admin" })).await.expect(200);
        let made = invite(&cid, json!({ "room": den, "note": "for the jury" })).await;
        let path = format!("/api/v1/invites/{}", made.id);
        assert_eq!(invites_of(&bob).await.invites[0].id, made.id);
        let unseen = ada.get("/api/v1/invites").await.expect(200);
        assert!(!unseen.text().contains(&den) && !unseen.text().contains("jury"), "{}", unseen.text());
        for who in [&ada, &member(&server, &ada, "Dan").await] {
            assert_eq!(who.delete(&path).await.problem(), ProblemCode::UnknownItem);
        }
        bob.delete(&path).await.expect(204);
        assert_eq!(uses(&ada, &made).await.problem(), ProblemCode::WrongSecret);
    })
    .await;
}

#[tokio::test]
async fn guests_set_no_rules_and_lead_nobody_in() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (gus, bob) = (server.person("Gus").await, member(&server, &ada, "Bob").await);
        for policy in [json!({}), json!({ "locked": true }), json!({ "title": "Hall" })] {
            let refused = gus.put("/api/v1/rooms/hall", &json!({ "policy": policy })).await;
            assert_eq!(refused.problem(), ProblemCode::NotAllowed, "{policy}");
        }
        gus.makes_room("hall").await;
        bob.makes_room("tea").await;
        for room in ["hall", "tea"] {
            let rules =
                gus.put(&format!("/api/v1/rooms/{room}"), &json!({ "policy": { "locked": true } })).await;
            let invite = gus.post("/api/v1/invites", &json!({ "room": room })).await;
            for refused in [rules, invite] {
                assert_eq!(refused.problem(), ProblemCode::NotAllowed, "{room}");
            }
        }
        let made_admin = bob.put(&in_room("tea", &gus), &json!({ "role": "admin", "name": "Gus" })).await;
        assert_eq!(made_admin.problem(), ProblemCode::NotAllowed, "without an account");
        bob.put(&in_room("tea", &gus), &json!({ "name": "Gus" })).await.expect(200);
        let mute = json!({ "muted_until": 4_000_000_000_000_u64 });
        assert_eq!(gus.put(&in_room("tea", &bob), &mute).await.problem(), ProblemCode::NotAllowed);
    })
    .await;
}

#[tokio::test]
async fn invite_of_a_rooms_admin_is_for_people_who_are_in() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bob, cid) = (member(&server, &ada, "Bob").await, member(&server, &ada, "Cid").await);
        let den = den(&bob).await;
        let of_bob = invite(&bob, json!({ "room": den, "uses": 9 })).await;
        let reads = async |client: &Client| client.get(&format!("/api/v1/rooms/{den}/messages")).await.status;
        set_door(&ada, json!({ "door": "password", "password": "open sesame" })).await;
        let before: People = ada.get("/api/v1/people").await.expect(200).json();
        let stranger = redeem(&server.visitor(), &of_bob.code, "Eve").await;
        assert_eq!(stranger.problem(), ProblemCode::NotAllowed);
        assert!(stranger.text().contains("come in first"), "{}", stranger.text());
        let after: People = ada.get("/api/v1/people").await.expect(200).json();
        assert_eq!(before.people.len(), after.people.len(), "nobody was let in");
        uses(&cid, &of_bob).await.expect(201);
        assert_eq!(reads(&cid).await, 200);
        let mut gus = server.visitor();
        let entered = json!({ "nickname": "Gus", "password": "open sesame" });
        let reply = gus.post("/api/v1/session", &entered).await.expect(201);
        gus.adopts(&reply);
        let reply = uses(&gus, &of_bob).await.expect(201);
        gus.adopts(&reply);
        assert_eq!(reads(&gus).await, 200, "whom the door let in");
        // An admin of the server lets strangers in, and into rooms that they administer.
        bob.put(&in_room(&den, &ada), &json!({ "role": "admin" })).await.expect(200);
        let of_ada = invite(&ada, json!({ "room": den })).await;
        let mut eve = server.visitor();
        let reply = uses(&eve, &of_ada).await.expect(201);
        eve.adopts(&reply);
        assert_eq!(reads(&eve).await, 200);
        // At an open door everybody is in.
        set_door(&ada, json!({ "door": "open" })).await;
        uses(&server.visitor(), &of_bob).await.expect(201);
    })
    .await;
}
