//! Members: adding, roles, silence, removal, leaving, and who is told.

use holdline_shared::{Batch, Entry, EntryKind, ProblemCode, Role, Seq};
use serde_json::{Value, json};

use super::{add, admin, both_ways, den, line, member, member_path, path};
use crate::support::{Client, within};

/// The members' names and roles.
async fn members(client: &Client, room: &holdline_shared::RoomName) -> Vec<(String, String)> {
    let list: Value = client.get(&path(room, "/members")).await.expect(200).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut members: Vec<_> = list["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (text(&member["person"]["name"]), text(&member["role"])))
        .collect();
    members.sort();
    members
}

#[tokio::test]
async fn whoever_is_added_hears_of_it_by_their_held_poll() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&ada).await;
        ada.says_in(den.as_str(), "before").await;
        let poll = tokio::spawn({
            let bo = bo.clone();
            async move { bo.poll("room=*&wait=60").await }
        });
        crate::support::until("the poll is held", || server.hub.held() > 0).await;
        let added = add(&ada, &den, &bo).await;
        let batch: Batch = within("the batch", poll).await.unwrap().expect(200).json();
        let EntryKind::Member(change) = &batch.entries[0].kind else { panic!("{batch:?}") };
        assert_eq!(
            (batch.entries[0].seq, change.role, &change.person),
            (added.seq, Role::Member, bo.person())
        );
        let all = bo.polls(&format!("room={den}&after=start&wait=0")).await;
        assert_eq!(all.entries.len(), 3, "members read what was said before");
    })
    .await;
}

#[tokio::test]
async fn poll_of_other_rooms_ends_when_its_person_is_added_or_removed() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&ada).await;
        let query = |known: Seq| format!("room=lobby&wait=60&memberships={known}");
        let poll = tokio::spawn({
            let bo = bo.clone();
            async move { bo.polls(&query(Seq::START)).await }
        });
        crate::support::until("the poll is held", || server.hub.held() > 0).await;
        let added = add(&ada, &den, &bo).await;
        let batch = within("the batch", poll).await.unwrap();
        assert_eq!((batch.entries.len(), batch.memberships), (0, Some(added.seq)));
        assert!(line(&bo, &den).await.is_some(), "the list has the room by then");

        // Without a wait nothing is missed either, and what is known is not told again.
        let at_once = |known| format!("room=lobby&wait=0&memberships={known}");
        assert_eq!(bo.polls(&at_once(Seq::START)).await.memberships, Some(added.seq));
        assert_eq!(bo.polls(&at_once(added.seq)).await.memberships, None);
        assert_eq!(bo.polls("room=lobby&wait=0").await.memberships, None, "who does not ask is not told");
        ada.delete(&member_path(&den, &bo)).await.expect(200);
        assert!(bo.polls(&at_once(added.seq)).await.memberships > Some(added.seq));
        let stranger = server.visitor().poll("room=lobby&wait=0&memberships=x").await;
        assert_eq!(stranger.problem(), ProblemCode::InvalidParameter);
    })
    .await;
}

#[tokio::test]
async fn poll_of_other_rooms_ends_when_a_room_for_everybody_is_made() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let body = json!({ "rooms": ["lobby"], "verbs": ["read"] });
        let token: Value = bo.post("/api/v1/tokens", &body).await.expect(201).json();
        let program = server.visitor().carrying(token["token"].as_str().unwrap());
        let at_once = |known: Seq| format!("room=lobby&wait=0&memberships={known}");
        let known = bo.polls(&at_once(Seq::START)).await.memberships.unwrap_or(Seq::START);
        let poll = tokio::spawn({
            let bo = bo.clone();
            async move { bo.polls(&format!("room=lobby&wait=60&memberships={known}")).await }
        });
        crate::support::until("the poll is held", || server.hub.held() > 0).await;

        // A room that hides from him is no news to him.
        den(&ada).await;
        assert_eq!(bo.polls(&at_once(known)).await.memberships, None);
        let before = program.polls(&at_once(Seq::START)).await.memberships;
        let made = ada.makes_room("tea").await;
        let batch = within("the batch", poll).await.unwrap();
        assert_eq!((batch.entries.len(), batch.memberships), (0, Some(made.seq)));
        assert!(line(&bo, &made.room).await.is_some(), "the list has the room by then");
        assert_eq!(program.polls(&at_once(Seq::START)).await.memberships, before, "a token for the lobby");

        // A new topic is no new room, and a deleted one is told with the next answer.
        ada.put("/api/v1/rooms/tea", &json!({ "topic": "Milk or lemon?" })).await.expect(200);
        assert_eq!(bo.polls(&at_once(made.seq)).await.memberships, None);
        ada.delete("/api/v1/rooms/tea?confirm=tea").await.expect(204);
        assert!(bo.polls(&at_once(made.seq)).await.memberships > Some(made.seq));
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_and_taken() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let den = den(&ada).await;
        add(&ada, &den, &bo).await;
        let make_admin = json!({ "role": "admin" });
        assert_eq!(bo.put(&member_path(&den, &cy), &make_admin).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(cy.put(&member_path(&den, &cy), &make_admin).await.problem(), ProblemCode::UnknownRoom);
        ada.put(&member_path(&den, &bo), &make_admin).await.expect(200);
        bo.put(&member_path(&den, &cy), &json!({})).await.expect(200);
        let named = |name: &str, role: &str| (name.to_owned(), role.to_owned());
        assert_eq!(
            members(&cy, &den).await,
            [named("Ada", "admin"), named("Bo", "admin"), named("Cy", "member")]
        );
        ada.delete(&format!("{}?reason=enough", member_path(&den, &cy))).await.expect(200);
        assert_eq!(cy.get(&path(&den, "/members")).await.problem(), ProblemCode::UnknownRoom);
        ada.delete(&member_path(&den, &ada)).await.expect(200);
        assert_eq!(bo.delete(&member_path(&den, &bo)).await.status, 200, "the last one may go");
    })
    .await;
}

#[tokio::test]
async fn silence_ends_with_its_time_or_by_an_admin_and_not_by_leaving() {
    both_ways(async |server| {
        let (ada, bo) = (admin(&server).await, server.person("Bo").await);
        let tea = "tea".parse().unwrap();
        ada.makes_room("tea").await;
        let mute = |until: Value| json!({ "muted_until": until, "reason": "loud", "name": "Bo" });
        ada.put(&member_path(&tea, &bo), &mute(json!(4_000_000_000_000_u64))).await.expect(200);
        let says = async || bo.publishes("tea", crate::support::key(), "x").await;
        assert_eq!(says().await.problem(), ProblemCode::NotAllowed);
        bo.delete(&member_path(&tea, &bo)).await;
        assert_eq!(says().await.problem(), ProblemCode::NotAllowed);
        assert_eq!(members(&bo, &tea).await.len(), 1, "a silence is for admins to see");
        assert_eq!(members(&ada, &tea).await.len(), 2);
        ada.put(&member_path(&tea, &bo), &mute(Value::Null)).await.expect(200);
        assert_eq!(says().await.status, 201);
        ada.put(&member_path(&tea, &bo), &mute(json!(1))).await.expect(200);
        assert_eq!(says().await.status, 201, "it is over");
    })
    .await;
}

#[tokio::test]
async fn removed_person_does_not_come_back_by_a_link_before_the_time() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&ada).await;
        add(&ada, &den, &bo).await;
        let body = json!({ "room": den, "uses": 5 });
        let link: holdline_shared::NewCode = ada.post("/api/v1/invites", &body).await.expect(201).json();
        ada.delete(&format!("{}?until=4000000000000", member_path(&den, &bo))).await.expect(200);
        let redeem = async || bo.post("/api/v1/redeem", &json!({ "code": link.code })).await;
        assert_eq!(redeem().await.problem(), ProblemCode::NotAllowed);
        assert_eq!(bo.get(&path(&den, "/messages")).await.problem(), ProblemCode::UnknownRoom);
        add(&ada, &den, &bo).await;
        bo.get(&path(&den, "/messages")).await.expect(200);
        ada.delete(&member_path(&den, &bo)).await.expect(200);
        redeem().await.expect(201);
        bo.get(&path(&den, "/messages")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn guest_is_not_given_the_name_of_a_member() {
    both_ways(async |server| {
        let (ada, bo) = (admin(&server).await, server.person("Bo").await);
        let den = den(&ada).await;
        let worn = json!({ "name": "Ada" });
        let added: Entry = ada.put(&member_path(&den, &bo), &worn).await.expect(200).json();
        let EntryKind::Member(change) = added.kind else { panic!("{added:?}") };
        assert_eq!(change.person.name.as_str(), bo.person().id.as_str());
        ada.delete(&member_path(&den, &bo)).await.expect(200);
        ada.put(&member_path(&den, &bo), &json!({ "name": "Bo" })).await.expect(200);
        bo.says_in(den.as_str(), "a guest in a private room").await;
    })
    .await;
}

#[tokio::test]
async fn silence_and_bar_outlast_what_happens_to_the_person() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        ada.makes_room("tea").await;
        let tea = "tea".parse().unwrap();
        let late = 4_000_000_000_000_u64;
        let says = async || bo.publishes("tea", crate::support::key(), "x").await;
        // Once for somebody who is no member, once for a member, who is as silent as before.
        for is_member in [false, true] {
            if is_member {
                add(&ada, &tea, &bo).await;
            } else {
                ada.put(&member_path(&tea, &bo), &json!({ "muted_until": late })).await.expect(200);
            }
            ada.delete(&format!("{}?until={late}", member_path(&tea, &bo))).await.expect(200);
            assert_eq!(says().await.problem(), ProblemCode::NotAllowed, "removed, and silent");
            let head = server.hub.head();
            bo.delete(&member_path(&tea, &bo)).await.expect(204);
            assert_eq!(server.hub.head(), head, "whoever is no member does not leave");
        }
        // The bar outlasts another mute and another removal.
        let code: holdline_shared::NewCode =
            ada.post("/api/v1/invites", &json!({ "room": "tea" })).await.expect(201).json();
        let redeem = async || bo.post("/api/v1/redeem", &json!({ "code": code.code })).await;
        ada.put(&member_path(&tea, &bo), &json!({ "muted_until": null })).await.expect(200);
        assert_eq!(says().await.status, 201);
        assert_eq!(redeem().await.problem(), ProblemCode::NotAllowed, "still barred");
        ada.delete(&member_path(&tea, &bo)).await;
        assert_eq!(redeem().await.problem(), ProblemCode::NotAllowed, "still barred");
        ada.delete(&format!("{}?until=1", member_path(&tea, &bo))).await.expect(200);
        redeem().await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn programs_of_the_server_are_in_no_room_and_banned_from_none() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let den = den(&ada).await;
        ada.makes_room("tea").await;
        for program in ["anonymous", "stdin", "holdline"] {
            for room in [den.as_str(), "tea", "lobby"] {
                let path = format!("/api/v1/rooms/{room}/members/{program}");
                for body in
                    [json!({}), json!({ "role": "admin" }), json!({ "muted_until": 4_000_000_000_000_u64 })]
                {
                    let refused = ada.put(&path, &body).await;
                    assert_eq!(refused.problem(), ProblemCode::UnknownPerson, "{path} {body}");
                }
            }
            let banned = ada.put(&format!("/api/v1/people/{program}/ban"), &json!({})).await;
            assert_eq!(banned.problem(), ProblemCode::UnknownPerson);
            let opened = ada.post("/api/v1/direct", &json!({ "people": [program] })).await;
            assert_eq!(opened.problem(), ProblemCode::UnknownPerson);
        }
        let rooms: Value = ada.get("/api/v1/rooms").await.expect(200).json();
        assert_eq!(rooms["rooms"].as_array().unwrap().len(), 3, "no direct room is left: {rooms}");
    })
    .await;
}

#[tokio::test]
async fn room_with_members_keeps_an_admin_who_can_act() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let den = den(&bo).await;
        add(&bo, &den, &cy).await;
        let own = member_path(&den, &bo);
        for body in [
            json!({ "role": "member" }),
            json!({ "role": "none" }),
            json!({ "role": "none", "muted_until": 1 }),
            json!({ "role": "member", "muted_until": null }),
        ] {
            assert_eq!(bo.put(&own, &body).await.problem(), ProblemCode::NotAllowed, "{body}");
        }
        assert_eq!(bo.delete(&own).await.problem(), ProblemCode::NotAllowed);
        let alone = super::den(&bo).await;
        let demoted = bo.put(&member_path(&alone, &bo), &json!({ "role": "member" })).await;
        assert_eq!(demoted.problem(), ProblemCode::NotAllowed, "a room of one is nobody's otherwise");
        bo.delete(&member_path(&alone, &bo)).await.expect(200);
        // In a public room the admins of the server act.
        bo.makes_room("tea").await;
        let tea = "tea".parse().unwrap();
        ada.put(&member_path(&tea, &bo), &json!({ "role": "member" })).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn longest_member_follows_the_only_admin_of_a_room() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        for (number, end) in ["banned", "erased"].iter().enumerate() {
            let named = |name: &str| format!("{name} {number}");
            let guest = server.person(&named("Guest")).await;
            let (bo, cy) =
                (member(&server, &ada, &named("Bo")).await, member(&server, &ada, &named("Cy")).await);
            let dee = member(&server, &ada, &named("Dee")).await;
            let den = den(&bo).await;
            bo.put(&member_path(&den, &guest), &json!({ "name": named("Guest") })).await.expect(200);
            // A later date for the second one.
            for who in [&dee, &cy] {
                let added = add(&bo, &den, who).await;
                while wall_clock() <= added.at.0 {
                    tokio::task::yield_now().await;
                }
            }
            match *end {
                "banned" => {
                    let ban = format!("/api/v1/people/{}/ban", bo.person().id);
                    drop(ada.put(&ban, &json!({})).await.expect(201));
                }
                _ => drop(bo.delete("/api/v1/me?messages=keep").await.expect(204)),
            }
            dee.put(&path(&den, ""), &json!({ "policy": { "title": "Dee's" } })).await.expect(200);
            let refused = cy.put(&path(&den, ""), &json!({ "policy": { "title": "Cy's" } })).await;
            assert_eq!(refused.problem(), ProblemCode::NotAllowed);
        }
    })
    .await;
}

/// The time in milliseconds, as entries have it.
fn wall_clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}
