//! Members: adding, roles, silence, removal, leaving, and who is told.

use holdline_shared::{Batch, EntryKind, ProblemCode, Role, Seq};
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
        assert_eq!(ada.put(&member_path(&den, &bo), &worn).await.problem(), ProblemCode::NameTaken);
        ada.put(&member_path(&den, &bo), &json!({ "name": "Bo" })).await.expect(200);
        bo.says_in(den.as_str(), "a guest in a private room").await;
    })
    .await;
}
