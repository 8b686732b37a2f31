//! Incoming webhooks: what programs post becomes messages of the room, under names that are nobody else's, as long as whoever
//! made the hook may have it.

use holdline_server::ServeConfig;
use holdline_shared::{History, Person, ProblemCode, RoomName};
use reqwest::Method;
use serde_json::{Value, json};

use super::{add, admin, both_ways, both_ways_with, den, hook, member, member_path, path};
use crate::support::{Client, Reply, Server, texts, trusting_loopback};

/// Posts what a program that was written for Slack posts.
async fn posts(server: &Server, hook: &Value, body: impl Into<String>) -> Reply {
    let request = server.visitor().request(Method::POST, hook["url"].as_str().unwrap());
    Reply::from(request.body(body.into()).send().await.unwrap()).await
}

async fn incoming(admin: &Client, room: &RoomName, name: &str) -> Value {
    hook(admin, room, json!({ "way": "incoming", "name": name })).await
}

/// The authors and texts of the messages of a room.
async fn said(client: &Client, room: &RoomName) -> Vec<(Person, String)> {
    let history: History = client.get(&path(room, "/messages")).await.expect(200).json();
    let lines = history.messages.into_iter();
    lines.map(|message| (message.author, message.text.map(String::from).unwrap_or_default())).collect()
}

#[tokio::test]
async fn hook_of_a_private_room_posts_json_and_forms_there() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let room = den(&ada).await;
        let hook = incoming(&ada, &room, "CI").await;
        let (id, key) = (hook["id"].as_str().unwrap(), hook["key"].as_str().unwrap());
        let shown = json!({ "id": id, "room": room, "way": "incoming", "name": "CI", "key": key,
                            "url": format!("/hooks/{key}") });
        assert_eq!(hook, shown);
        let json = r#"{"text": "<https://ci.example/7|Build 7>", "attachments": [{"fallback": "green"}]}"#;
        let form = "payload=%7B%22text%22%3A+%22form%22%2C+%22username%22%3A+%22Deploys%22%7D";
        for body in [json, form] {
            let reply = posts(&server, &hook, body).await.expect(200);
            assert_eq!((reply.text(), reply.header("content-type")), ("ok", "text/plain;charset=utf-8"));
        }
        let said = said(&ada, &room).await;
        let lines: Vec<_> = said.iter().map(|(author, text)| (author.name.as_str(), text.as_str())).collect();
        assert_eq!(lines, [("CI", "Build 7 (https://ci.example/7)\ngreen"), ("Deploys", "form")]);
        assert!(said.iter().all(|(author, _)| author.id.as_str() == id));
        let batch = ada.polls(&format!("room={room}&after=start&wait=0")).await;
        assert_eq!(texts(&batch.entries).len(), 2);
        // A bot, to whom the room exists.
        let bots = async |client: &Client| {
            let people: Value = client.get("/api/v1/people").await.expect(200).json();
            people["people"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["kind"] == "bot")
                .cloned()
                .collect::<Vec<_>>()
        };
        let profile =
            json!({ "id": id, "name": "CI", "kind": "bot", "admin": false, "about": "", "time_zone": "" });
        let of_hook = format!("/api/v1/people/{id}");
        assert_eq!(bots(&ada).await, std::slice::from_ref(&profile));
        assert_eq!(ada.get(&of_hook).await.expect(200).json::<Value>(), profile);
        assert_eq!(bots(&bo).await, [Value::Null; 0]);
        assert_eq!(bo.get(&of_hook).await.problem(), ProblemCode::UnknownPerson);
    })
    .await;
}

#[tokio::test]
async fn hook_wears_no_members_name() {
    both_ways(async |server| {
        let (ada, lobby) = (admin(&server).await, RoomName::lobby());
        let taken = ada.post(&path(&lobby, "/hooks"), &json!({ "way": "incoming", "name": "аdа" })).await;
        assert_eq!(taken.problem(), ProblemCode::NameTaken);
        let hook = incoming(&ada, &lobby, "CI").await;
        for name in ["Ada", "A D A", "Аdа", "admin", "Holdline", "Eve"] {
            posts(&server, &hook, json!({ "text": name, "username": name }).to_string()).await.expect(200);
        }
        member(&server, &ada, "CI").await;
        for name in ["Ada", "CI"] {
            posts(&server, &hook, json!({ "text": name, "username": name }).to_string()).await.expect(200);
        }
        let said = said(&ada, &lobby).await;
        let names: Vec<&str> = said.iter().map(|(author, _)| author.name.as_str()).collect();
        let id = hook["id"].as_str().unwrap();
        assert_eq!(names, ["CI", "CI", "CI", "CI", "CI", "Eve", id, id]);
    })
    .await;
}

#[tokio::test]
async fn hooks_are_the_concern_of_admins_of_the_room() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let (gus, room) = (server.person("Gus").await, den(&bo).await);
        add(&bo, &room, &cy).await;
        let (list, body) = (path(&room, "/hooks"), json!({ "way": "incoming", "name": "CI" }));
        let made = incoming(&bo, &room, "CI").await;
        let one = format!("{list}/{}", made["id"].as_str().unwrap());
        for (who, code) in [
            (&cy, ProblemCode::NotAllowed),
            (&ada, ProblemCode::UnknownRoom),
            (&gus, ProblemCode::UnknownRoom),
        ] {
            assert_eq!(who.get(&list).await.problem(), code);
            assert_eq!(who.post(&list, &body).await.problem(), code);
            assert_eq!(who.delete(&one).await.problem(), code);
        }
        let seen = bo.get(&list).await.expect(200);
        let mut line = seen.json::<Value>()["hooks"][0].clone();
        assert!(line["at"].take().is_u64());
        let known = json!({ "id": made["id"], "room": room, "way": "incoming", "name": "CI",
                            "made_by": bo.person(), "at": null });
        assert_eq!(line, known);
        assert!(!seen.text().contains(made["key"].as_str().unwrap()));
        let elsewhere = one.replace(room.as_str(), "lobby");
        assert_eq!(ada.delete(&elsewhere).await.problem(), ProblemCode::UnknownItem);
        bo.delete(&one).await.expect(204);
        assert_eq!(bo.delete(&one).await.problem(), ProblemCode::UnknownItem);
        let direct = json!({ "people": [bo.person().id] });
        let direct: Value = cy.post("/api/v1/direct", &direct).await.expect(201).json();
        let direct = format!("/api/v1/rooms/{}/hooks", direct["room"].as_str().unwrap());
        assert_eq!(cy.post(&direct, &body).await.problem(), ProblemCode::NotAllowed);
        assert_eq!(ada.post("/api/v1/rooms/nowhere/hooks", &body).await.problem(), ProblemCode::UnknownRoom);
        let url = json!({ "way": "incoming", "name": "CI", "url": "https://example.com/" });
        assert_eq!(bo.post(&list, &url).await.problem(), ProblemCode::InvalidBody);
        for _ in 0..50 {
            incoming(&bo, &room, "CI").await;
        }
        assert_eq!(bo.post(&list, &body).await.problem(), ProblemCode::TooMany);
    })
    .await;
}

#[tokio::test]
async fn hook_ends_with_its_key_its_room_and_the_rights_of_its_maker() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let bo = member(&server, &ada, "Bo").await;
        let room = den(&ada).await;
        ada.put(&member_path(&room, &bo), &json!({ "role": "admin" })).await.expect(200);
        let unknown = posts(&server, &json!({ "url": "/hooks/abc.def" }), r#"{"text": "a"}"#).await;
        assert_eq!(unknown.problem(), ProblemCode::UnknownItem);
        let works = async |hook: &Value, should: bool| {
            let reply = posts(&server, hook, r#"{"text": "a"}"#).await;
            let expected = if should { (200, "ok") } else { (404, unknown.text()) };
            assert_eq!((reply.status, reply.text()), expected);
        };
        let (of_ada, of_bo) = (incoming(&ada, &room, "CI").await, incoming(&bo, &room, "CI").await);
        let wrong = of_ada["url"].as_str().unwrap().split('.').next().unwrap().to_owned();
        works(&json!({ "url": format!("{wrong}.AAAAAAAAAAAAAAAAAAAAAAAAAAA") }), false).await;
        ada.put(&member_path(&room, &bo), &json!({ "role": "member" })).await.expect(200);
        works(&of_bo, false).await;
        let list: Value = ada.get(&path(&room, "/hooks")).await.expect(200).json();
        let stopped = |id: &Value| {
            list["hooks"].as_array().unwrap().iter().any(|hook| hook["id"] == *id && hook["stopped"] == true)
        };
        assert!(stopped(&of_bo["id"]) && !stopped(&of_ada["id"]));
        ada.put(&member_path(&room, &bo), &json!({ "role": "admin" })).await.expect(200);
        works(&of_bo, true).await;
        let ban = format!("/api/v1/people/{}/ban", bo.person().id);
        ada.put(&ban, &json!({ "reason": "loud" })).await.expect(201);
        works(&of_bo, false).await;
        ada.delete(&ban).await.expect(204);
        works(&of_bo, true).await;
        ada.delete(&format!("/api/v1/people/{}?messages=keep", bo.person().id)).await.expect(204);
        works(&of_bo, false).await;
        works(&of_ada, true).await;
        ada.delete(&path(&room, &format!("/hooks/{}", of_ada["id"].as_str().unwrap()))).await.expect(204);
        works(&of_ada, false).await;
        let doomed = incoming(&ada, &room, "CI").await;
        ada.delete(&path(&room, &format!("?confirm={room}"))).await.expect(204);
        works(&doomed, false).await;
    })
    .await;
}

#[tokio::test]
async fn hook_keeps_the_rules_of_its_room() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let room = den(&ada).await;
        let hook = incoming(&ada, &room, "CI").await;
        let text = r#"{"text": "a"}"#;
        for (policy, allows) in [
            (json!({ "writers": "admins", "members_only": true }), true),
            (json!({ "locked": true }), false),
            (json!({ "locked": false, "archived": true }), false),
            (json!({ "archived": false, "slow_seconds": 600 }), false),
            (json!({ "slow_seconds": 0 }), true),
        ] {
            ada.put(&path(&room, ""), &json!({ "policy": policy })).await.expect(200);
            let reply = posts(&server, &hook, text).await;
            assert_eq!(reply.status == 200, allows, "{policy}: {}", reply.text());
        }
        for (body, code) in [
            ("{", ProblemCode::InvalidJson),
            ("a=b", ProblemCode::InvalidBody),
            (r#"{"text": 1}"#, ProblemCode::InvalidBody),
            (r#"{"text": " "}"#, ProblemCode::InvalidText),
        ] {
            assert_eq!(posts(&server, &hook, body).await.problem(), code, "{body}");
        }
        for (length, status) in [(60_000, 200), (65_500, 413), (200_000, 413)] {
            let long = json!({ "text": "a".repeat(length) }).to_string();
            posts(&server, &hook, long + &" ".repeat(30)).await.expect(status);
        }
        let looping = server.visitor().request(Method::POST, hook["url"].as_str().unwrap());
        let looping = looping.header("Holdline-Signature", "t=1,v1=00").body(text).send().await.unwrap();
        let looping = Reply::from(looping).await;
        assert_eq!(looping.problem(), ProblemCode::InvalidBody);
        assert!(looping.text().contains("circles"), "{}", looping.text());
    })
    .await;
}

#[tokio::test]
async fn hooks_and_wrong_keys_are_limited() {
    let mut config = ServeConfig::default();
    config.http = trusting_loopback();
    config.http.limits.set("publish=6+1/h").unwrap();
    config.http.limits.set("failed-secrets=3+1/h").unwrap();
    both_ways_with(&config, async |server| {
        let ada = admin(&server).await;
        let lobby = RoomName::lobby();
        let (hook, other) = (incoming(&ada, &lobby, "CI").await, incoming(&ada, &lobby, "CI").await);
        let posts = async |url: &str| {
            let request = server.visitor().request(Method::POST, url).header("x-forwarded-for", "192.0.2.1");
            Reply::from(request.body(r#"{"text": "a"}"#).send().await.unwrap()).await
        };
        for expected in [404, 404, 404, 429] {
            posts("/hooks/abc.def").await.expect(expected);
        }
        let url = |hook: &Value| hook["url"].as_str().unwrap().to_owned();
        for _ in 0..6 {
            posts(&url(&hook)).await.expect(200);
        }
        let refused = posts(&url(&hook)).await;
        assert_eq!(refused.problem(), ProblemCode::RateLimited);
        assert!(!refused.header("retry-after").is_empty());
        posts(&url(&other)).await.expect(200);
    })
    .await;
}
