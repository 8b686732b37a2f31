//! Direct rooms: opened once for the same people, called after the others, and hidden from everybody else.

use holdline_shared::ProblemCode;
use serde_json::{Value, json};

use super::{admin, both_ways, line, member, member_path, path};
use crate::support::{Client, Reply};

async fn open(client: &Client, people: &[&Client]) -> Reply {
    let ids: Vec<_> = people.iter().map(|person| person.person().id.to_string()).collect();
    client.post("/api/v1/direct", &json!({ "people": ids })).await
}

fn room(reply: &Reply) -> holdline_shared::RoomName {
    reply.json::<Value>()["room"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn room_of_the_same_people_is_opened_once() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, guest) = (member(&server, &ada, "Bo").await, server.person("Guest").await);
        let made = room(&open(&ada, &[&bo]).await.expect(201));
        for (who, whom) in [(&bo, &ada), (&ada, &bo)] {
            assert_eq!(room(&open(who, &[whom]).await.expect(200)), made);
        }
        let others = [&ada, &bo];
        let at_once: Vec<_> = (0..4).map(|_| open(&guest, &others)).collect();
        let rooms: std::collections::BTreeSet<_> =
            futures_util::future::join_all(at_once).await.iter().map(room).collect();
        assert_eq!(rooms.len(), 1);
        assert!(!rooms.contains(&made));
        bo.says_in(made.as_str(), "hello").await;
        assert_eq!(guest.get(&path(&made, "/messages")).await.problem(), ProblemCode::UnknownRoom);
        assert_eq!(line(&bo, &made).await.unwrap()["title"], "Ada");
        assert_eq!(line(&ada, &made).await.unwrap()["title"], "Bo");
        assert_eq!(line(&guest, &made).await, None);
    })
    .await;
}

#[tokio::test]
async fn nobody_deletes_what_others_say_in_a_direct_room_and_everybody_may_leave() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let made = room(&open(&ada, &[&bo]).await.expect(201));
        let said = bo.says_in(made.as_str(), "mine").await;
        let message = path(&made, &format!("/messages/{}", said.seq));
        assert_eq!(ada.delete(&message).await.problem(), ProblemCode::NotAuthor);
        bo.delete(&message).await.expect(200);
        let public = json!({ "policy": { "visibility": "public" } });
        assert_eq!(ada.put(&path(&made, ""), &public).await.problem(), ProblemCode::NotAllowed);
        ada.delete(&member_path(&made, &ada)).await.expect(200);
        assert_eq!(ada.get(&path(&made, "/messages")).await.problem(), ProblemCode::UnknownRoom);
        assert_ne!(room(&open(&ada, &[&bo]).await.expect(201)), made, "the room of both is another one");
    })
    .await;
}

#[tokio::test]
async fn direct_room_is_for_two_to_ten_people_who_are_not_banned() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        assert_eq!(open(&ada, &[]).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(open(&ada, &[&ada]).await.problem(), ProblemCode::NotAllowed);
        let ids: Vec<_> = (0..10).map(|n| format!("person{n}")).collect();
        let too_many = ada.post("/api/v1/direct", &json!({ "people": ids })).await;
        assert_eq!(too_many.problem(), ProblemCode::NotAllowed);
        ada.put(&format!("/api/v1/people/{}/ban", bo.person().id), &json!({})).await.expect(201);
        assert_eq!(open(&ada, &[&bo]).await.problem(), ProblemCode::UnknownPerson);
        let rooms: Value = ada.get("/api/v1/rooms").await.json();
        assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1, "nothing is left of it");
    })
    .await;
}

#[tokio::test]
async fn nobody_rules_a_direct_room() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let guest = server.person("Guest").await;
        for (maker, other) in [(&ada, &bo), (&bo, &cy), (&guest, &cy)] {
            let made = room(&open(maker, &[other]).await.expect(201));
            other.says_in(made.as_str(), "between us").await;
            for (who, whom) in [(maker, other), (other, maker)] {
                let member = member_path(&made, whom);
                let mute = json!({ "muted_until": 4_000_000_000_000_u64 });
                let refused = [
                    who.put(&member, &mute).await,
                    who.put(&member, &json!({ "role": "admin" })).await,
                    who.delete(&member).await,
                    who.put(&member_path(&made, &server.person("Dee").await), &json!({ "name": "Dee" }))
                        .await,
                    who.put(&path(&made, ""), &json!({ "policy": { "locked": true } })).await,
                    who.post("/api/v1/invites", &json!({ "room": made })).await,
                    who.delete(&path(&made, &format!("?confirm={made}"))).await,
                ];
                for (number, refused) in refused.iter().enumerate() {
                    assert_eq!(refused.problem(), ProblemCode::NotAllowed, "{number}: {}", refused.text());
                }
            }
            let members: Value = maker.get(&path(&made, "/members")).await.expect(200).json();
            assert!(
                members["members"].as_array().unwrap().iter().all(|one| one["role"] == "member"),
                "{members}"
            );
            other.delete(&member_path(&made, other)).await.expect(200);
            maker.delete(&member_path(&made, maker)).await.expect(200);
        }
    })
    .await;
}
