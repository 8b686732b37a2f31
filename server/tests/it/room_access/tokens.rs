//! Tokens: whose they are, who sees them, and that they are shown once.

use holdline_shared::{ProblemCode, RoomName};
use reqwest::Method;
use serde_json::{Value, json};

use super::{admin, both_ways, den, member};
use crate::support::{Client, Reply, key};

#[tokio::test]
async fn token_is_shown_once_and_listed_to_whom_it_concerns() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let body = json!({ "rooms": ["lobby"], "verbs": ["read"], "note": "backup" });
        let made: Value = bo.post("/api/v1/tokens", &body).await.expect(201).json();
        let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        assert!(token.starts_with("hlt_") && token.len() > 30, "{token}");
        let listed = json!([{ "id": id, "person": bo.person(), "rooms": ["lobby"], "verbs": ["read"], "note": "backup" }]);
        for (who, expected) in [(&bo, &listed), (&ada, &listed), (&cy, &json!([]))] {
            let list = who.get("/api/v1/tokens").await.expect(200);
            assert_eq!(&list.json::<Value>()["tokens"], expected);
            assert!(!list.text().contains(token));
        }
        let path = format!("/api/v1/tokens/{id}");
        assert_eq!(cy.delete(&path).await.problem(), ProblemCode::UnknownItem);
        bo.delete(&path).await.expect(204);
        assert_eq!(bo.delete(&path).await.problem(), ProblemCode::UnknownItem);
    })
    .await;
}

#[tokio::test]
async fn token_is_for_its_maker_or_by_an_admin_for_a_bot() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, guest) = (member(&server, &ada, "Bo").await, server.person("Guest").await);
        let of = |person: &holdline_shared::Person| json!({ "person": person.id });
        assert_eq!(bo.post("/api/v1/tokens", &of(ada.person())).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(guest.post("/api/v1/tokens", &json!({})).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(
            bo.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await.problem(),
            ProblemCode::NotAllowed
        );
        let of_bo = ada.post("/api/v1/tokens", &of(bo.person())).await;
        assert_eq!(of_bo.problem(), ProblemCode::NotAllowed, "nobody speaks as somebody else");
        let made: Value = ada.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await.expect(201).json();
        let again = ada.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await;
        assert_eq!(again.problem(), ProblemCode::NameTaken);
        let more: Value =
            ada.post("/api/v1/tokens", &json!({ "person": made["person"] })).await.expect(201).json();
        assert_ne!(more["token"], made["token"]);
        for wrong in [
            json!({ "verbs": [] }),
            json!({ "rooms": [] }),
            json!({ "verbs": ["fly"] }),
            json!({ "person": "a", "bot": "b" }),
            json!({ "note": 1 }),
        ] {
            assert_eq!(ada.post("/api/v1/tokens", &wrong).await.problem(), ProblemCode::InvalidBody);
        }
    })
    .await;
}

#[tokio::test]
async fn token_shows_nothing_of_rooms_that_the_admin_may_not_read() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let den = den(&bo).await;
        let body = json!({ "rooms": ["lobby", den], "note": "copies of the jury" });
        bo.post("/api/v1/tokens", &body).await.expect(201);
        for shown in [ada.get("/api/v1/tokens").await, ada.get("/api/v1/audit").await] {
            let text = shown.expect(200);
            assert!(text.text().contains("lobby"), "{}", text.text());
            assert!(!text.text().contains(den.as_str()) && !text.text().contains("jury"), "{}", text.text());
        }
        assert!(bo.get("/api/v1/tokens").await.text().contains("jury"));
        bo.put(&format!("/api/v1/rooms/{den}/members/{}", ada.person().id), &json!({})).await.expect(200);
        assert!(ada.get("/api/v1/tokens").await.text().contains("jury"), "a member may");
    })
    .await;
}

#[tokio::test]
async fn token_of_an_admin_deletes_own_messages_alone() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let made: Value = ada.post("/api/v1/tokens", &json!({ "verbs": ["write"] })).await.expect(201).json();
        let deletes = async |seq: holdline_shared::Seq| {
            let path = format!("/api/v1/rooms/lobby/messages/{seq}");
            let request = server.visitor().request(reqwest::Method::DELETE, &path);
            let request = request.bearer_auth(made["token"].as_str().unwrap());
            Reply::from(request.send().await.unwrap()).await
        };
        let (of_bo, of_ada) = (bo.says("mine").await, ada.says("mine too").await);
        assert_eq!(deletes(of_bo.seq).await.problem(), ProblemCode::NotAuthor);
        deletes(of_ada.seq).await.expect(200);
        ada.delete(&format!("/api/v1/rooms/lobby/messages/{}", of_bo.seq)).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn ban_ends_tokens_for_good() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let of_bo: Value = bo.post("/api/v1/tokens", &json!({})).await.expect(201).json();
        let of_bot: Value = ada.post("/api/v1/tokens", &json!({ "bot": "Robo" })).await.expect(201).json();
        for made in [of_bo, of_bot] {
            let ban = format!("/api/v1/people/{}/ban", made["person"].as_str().unwrap());
            ada.put(&ban, &json!({})).await.expect(201);
            ada.delete(&ban).await.expect(204);
            let request = server.visitor().request(reqwest::Method::GET, "/api/v1/rooms");
            let request = request.bearer_auth(made["token"].as_str().unwrap());
            let reply = Reply::from(request.send().await.unwrap()).await;
            assert_eq!(reply.problem(), ProblemCode::SessionInvalid);
        }
    })
    .await;
}

/// Everything that a token may do in a room.
async fn acts(client: &Client, room: &RoomName) -> Vec<Reply> {
    let at = format!("/api/v1/rooms/{room}");
    let (message, said) = (format!("{at}/messages/2"), json!({ "key": key().to_string(), "text": "x" }));
    let mut replies = Vec::new();
    for (method, path, body) in [
        (Method::PUT, at.clone(), json!({})),
        (Method::POST, format!("{at}/messages"), said),
        (Method::PATCH, message.clone(), json!({ "text": "x" })),
        (Method::DELETE, message.clone(), json!({})),
        (Method::PUT, format!("{message}/reactions/%F0%9F%91%8D"), json!({})),
        (Method::POST, "/api/v1/invites".to_owned(), json!({ "room": room })),
        (Method::POST, format!("/publish?room={room}"), json!("x")),
    ] {
        replies.push(Reply::from(client.request(method, &path).json(&body).send().await.unwrap()).await);
    }
    replies
}

#[tokio::test]
async fn refused_token_is_told_the_verb_or_the_room_that_it_lacks() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let (own, hidden) = (den(&bo).await, den(&ada).await);
        let token = async |body: Value| {
            let made: Value = bo.post("/api/v1/tokens", &body).await.expect(201).json();
            server.visitor().carrying(made["token"].as_str().unwrap())
        };
        ada.makes_room("tea").await;
        let lobby = RoomName::lobby();
        let reads = token(json!({ "verbs": ["read"] })).await;
        for (refused, verb) in acts(&reads, &lobby)
            .await
            .into_iter()
            .zip(["write", "write", "write", "write", "react", "invite", "write"])
        {
            let said = format!("this token does not have the verb {verb}; it has: read");
            assert!(refused.status == 403 && refused.text().contains(&said), "{}", refused.text());
        }
        let acts_in_the_lobby = json!({ "verbs": ["write", "react", "invite"], "rooms": ["lobby"] });
        let client = token(acts_in_the_lobby).await;
        for path in ["/api/v1/poll?room=lobby&wait=0", "/api/v1/rooms", "/api/v1/rooms/lobby/messages"] {
            let refused = client.get(path).await.expect(403);
            let said = "this token does not have the verb read; it has: write, react, invite";
            assert!(refused.text().contains(said), "{path}: {}", refused.text());
        }
        let never: RoomName = format!("private-{}", "z".repeat(hidden.as_str().len() - 8)).parse().unwrap();
        for room in [&"tea".parse().unwrap(), &own, &hidden, &never] {
            for refused in acts(&client, room).await {
                let said = "this token is not for that room";
                assert!(refused.status == 403 && refused.text().contains(said), "{}", refused.text());
            }
        }
    })
    .await;
}
