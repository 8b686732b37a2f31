//! The rules of rooms: what is given, what is kept, and what a name gives away.

use holdline_shared::{ProblemCode, Topic};
use serde_json::json;

use super::{add, admin, both_ways, den, line, member, path};

#[tokio::test]
async fn rule_that_is_not_named_stays() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let tea = "tea".parse().unwrap();
        ada.put("/api/v1/rooms/tea", &json!({ "policy": { "slow_seconds": 60 } })).await.expect(201);
        ada.put("/api/v1/rooms/tea", &json!({ "topic": "Green", "policy": { "locked": true } }))
            .await
            .expect(200);
        let bo = server.person("Bo").await;
        let line = line(&bo, &tea).await.unwrap();
        assert_eq!(
            (&line["topic"], &line["slow_seconds"], &line["locked"]),
            (&json!("Green"), &json!(60), &json!(true))
        );
        let again = json!({ "policy": { "locked": true } });
        ada.put("/api/v1/rooms/tea", &again).await.expect(204);
        assert_eq!(bo.put("/api/v1/rooms/tea", &again).await.problem(), ProblemCode::NotAllowed);
    })
    .await;
}

#[tokio::test]
async fn misspelt_or_excessive_rule_is_refused() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        for (policy, code) in [
            (json!({ "lock": true }), ProblemCode::InvalidBody),
            (json!({ "slow_seconds": 21_601 }), ProblemCode::InvalidBody),
            (json!({ "slow_seconds": -1 }), ProblemCode::InvalidBody),
            (json!({ "visibility": "direct" }), ProblemCode::InvalidBody),
            (json!({ "visibility": "private" }), ProblemCode::InvalidBody),
            (json!({ "writers": "nobody" }), ProblemCode::InvalidBody),
            (json!({ "title": "x".repeat(1_000) }), ProblemCode::InvalidTopic),
        ] {
            let reply = ada.put("/api/v1/rooms/tea", &json!({ "policy": policy })).await;
            assert_eq!(reply.problem(), code, "{policy}");
        }
    })
    .await;
}

#[tokio::test]
async fn slow_mode_says_how_long_to_wait() {
    both_ways(async |server| {
        let (ada, bo) = (admin(&server).await, server.person("Bo").await);
        ada.put("/api/v1/rooms/tea", &json!({ "policy": { "slow_seconds": 3600 } })).await.expect(201);
        bo.says_in("tea", "one").await;
        let refused = bo.publishes("tea", crate::support::key(), "two").await;
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert_eq!(refused.problem(), ProblemCode::RateLimited);
        assert!((3_000..=3_600).contains(&wait), "{wait}");
    })
    .await;
}

#[tokio::test]
async fn name_of_a_private_room_is_refused_whether_it_exists_or_not() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&ada).await;
        let guest = server.person("Guest").await;
        for who in [&bo, &guest] {
            let exists = who.put(&path(&den, ""), &json!({})).await;
            let never = who.put("/api/v1/rooms/private-never", &json!({})).await;
            assert_eq!((exists.status, exists.text()), (never.status, never.text()));
            assert_eq!(exists.problem(), ProblemCode::NameTaken);
        }
        assert_eq!(
            guest.post("/api/v1/rooms", &json!({ "title": "x" })).await.problem(),
            ProblemCode::NotAllowed
        );
    })
    .await;
}

#[tokio::test]
async fn list_of_rooms_has_title_and_part_of_whom_it_is_for() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let den = den(&ada).await;
        add(&ada, &den, &bo).await;
        let seen = line(&bo, &den).await.unwrap();
        assert_eq!(
            (&seen["title"], &seen["role"], &seen["members"]),
            (&json!("Den"), &json!("member"), &json!(2))
        );
        assert_eq!(seen["visibility"], "private");
        assert_eq!(line(&cy, &den).await, None);
        let lobby = line(&cy, &"lobby".parse().unwrap()).await.unwrap();
        assert_eq!(lobby.as_object().unwrap().len(), 5, "no rules, nothing to say: {lobby}");
        let _: Topic = serde_json::from_value(lobby["topic"].clone()).unwrap();
    })
    .await;
}
