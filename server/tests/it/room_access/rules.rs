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
async fn rules_for_writing_hold_for_edits_reactions_and_topics() {
    both_ways(async |server| {
        let (ada, gus) = (admin(&server).await, server.person("Gus").await);
        let bo = member(&server, &ada, "Bo").await;
        gus.makes_room("tea").await;
        let said = gus.says_in("tea", "one").await;
        let message = format!("/api/v1/rooms/tea/messages/{}", said.seq);
        let reaction = format!("{message}/reactions/%F0%9F%91%8D");
        let set = async |policy: serde_json::Value| {
            ada.put("/api/v1/rooms/tea", &json!({ "policy": policy })).await.expect(200);
        };
        gus.put(&reaction, &json!({})).await.expect(200);
        for (policy, reacts, free) in [
            (json!({ "locked": true }), false, json!({ "locked": false })),
            (json!({ "writers": "admins" }), true, json!({ "writers": "everyone" })),
            (json!({ "members_only": true }), false, json!({ "members_only": false })),
        ] {
            set(policy.clone()).await;
            let edit = gus.patch(&message, &json!({ "text": "two" })).await;
            assert_eq!(edit.problem(), ProblemCode::NotAllowed, "{policy}");
            gus.delete(&reaction).await.expect(200);
            let again = gus.put(&reaction, &json!({})).await;
            assert_eq!(again.status, if reacts { 200 } else { 403 }, "{policy}");
            set(free).await;
            gus.put(&reaction, &json!({})).await;
        }
        set(json!({ "slow_seconds": 3600 })).await;
        let topic = async |who: &crate::support::Client, topic: &str| {
            who.put("/api/v1/rooms/tea", &json!({ "topic": topic })).await
        };
        assert_eq!(
            topic(&gus, "one, said otherwise").await.problem(),
            ProblemCode::RateLimited,
            "after a message"
        );
        topic(&bo, "one").await.expect(200);
        assert_eq!(topic(&bo, "two").await.problem(), ProblemCode::RateLimited, "after a topic");
        assert_eq!(
            bo.publishes("tea", crate::support::key(), "two").await.problem(),
            ProblemCode::RateLimited
        );
        topic(&ada, "two").await.expect(200);
        topic(&ada, "three").await.expect(200);
        gus.patch(&message, &json!({ "text": "a slip mended" })).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn room_that_became_private_answers_like_none_except_to_whoever_makes_it() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        ada.makes_room("board").await;
        let said = ada.says_in("board", "secret").await.seq;
        ada.put("/api/v1/rooms/board", &json!({ "policy": { "visibility": "private" } })).await.expect(200);
        let early = server.person("Cy").await;
        member(&server, &ada, "Cy").await;
        for who in [&bo, &early, &server.visitor()] {
            let ask = async |room: &str| {
                let message = json!({ "key": crate::support::key().to_string(), "text": "x" });
                let rooms = format!("/api/v1/rooms/{room}");
                let of_message = format!("{rooms}/messages/{said}");
                let id = ada.person().id.as_str();
                let replies = [
                    who.get(&format!("{rooms}/messages")).await,
                    who.get(&of_message).await,
                    who.get(&format!("{rooms}/members")).await,
                    who.get(&format!("/subscribe?wait=0&room={room}")).await,
                    who.poll(&format!("wait=0&room={room}")).await,
                    who.post(&format!("{rooms}/messages"), &message).await,
                    who.patch(&of_message, &json!({ "text": "x" })).await,
                    who.delete(&of_message).await,
                    who.put(&format!("{of_message}/reactions/%F0%9F%91%8D"), &json!({})).await,
                    who.post(&format!("{of_message}/report"), &json!({ "reason": "x" })).await,
                    who.put(&format!("{rooms}/members/{id}"), &json!({ "role": "member" })).await,
                    who.delete(&format!("{rooms}/members/{id}")).await,
                    who.delete(&format!("{rooms}?confirm={room}")).await,
                ];
                replies.map(|reply| (reply.status, reply.text().replace(room, "ROOM")))
            };
            assert_eq!(ask("board").await, ask("nowhere").await);
        }
        let shout = async |room: &str| {
            let request =
                server.visitor().request(reqwest::Method::POST, &format!("/publish?room={room}")).body("x");
            let reply = crate::support::Reply::from(request.send().await.unwrap()).await;
            (reply.status, reply.text().replace(room, "ROOM"))
        };
        assert_eq!(shout("board").await, shout("nowhere").await, "without a session");
        assert_eq!(bo.put("/api/v1/rooms/board", &json!({})).await.problem(), ProblemCode::NameTaken);
    })
    .await;
}

#[tokio::test]
async fn hidden_room_counts_as_a_new_one_for_whoever_may_not_read_it() {
    let mut config = holdline_server::ServeConfig::default();
    config.http.limits.set("rooms=1+1/h").unwrap();
    let server = crate::support::Server::with(holdline_server::hub::HubConfig::default(), config).await;
    let ada = admin(&server).await;
    ada.makes_room("board").await;
    ada.put("/api/v1/rooms/board", &json!({ "policy": { "visibility": "private" } })).await.expect(200);
    let bo = server.person("Bo").await;
    bo.makes_room("tea").await;
    for room in ["board", "nowhere"] {
        let refused = bo.put(&format!("/api/v1/rooms/{room}"), &json!({})).await;
        assert_eq!(refused.problem(), ProblemCode::RateLimited, "{room}");
    }
}

#[tokio::test]
async fn no_route_makes_a_room_with_the_name_of_a_private_one() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let made: serde_json::Value =
            ada.post("/api/v1/tokens", &json!({ "verbs": ["write"] })).await.expect(201).json();
        for name in ["private-abc", "direct-abc"] {
            let shout = format!("/publish?room={name}");
            let bearer = server.visitor().request(reqwest::Method::POST, &shout);
            for request in [
                ada.request(reqwest::Method::POST, &shout),
                bearer.bearer_auth(made["token"].as_str().unwrap()),
                server.visitor().request(reqwest::Method::POST, &shout),
            ] {
                assert_eq!(request.body("x").send().await.unwrap().status(), 404, "{name}");
            }
            let put = ada.put(&format!("/api/v1/rooms/{name}"), &json!({ "topic": "x" })).await;
            assert_eq!(put.problem(), ProblemCode::NameTaken);
        }
        assert_eq!(server.hub.room_count(), 1, "the lobby");
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
async fn taken_name_of_a_new_member_is_refused_alike_in_a_hidden_room_and_in_none() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&ada).await;
        let body = json!({ "role": "member", "name": "Ada" });
        let hidden = bo.put(&path(&den, "/members/guest"), &body).await;
        let never = bo.put("/api/v1/rooms/private-never/members/guest", &body).await;
        assert_eq!((hidden.status, hidden.text()), (never.status, never.text()));
        assert_eq!(hidden.problem(), ProblemCode::UnknownRoom);
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
        assert_eq!(lobby.as_object().unwrap().len(), 6, "no rules, nothing to say: {lobby}");
        let _: Topic = serde_json::from_value(lobby["topic"].clone()).unwrap();
    })
    .await;
}
