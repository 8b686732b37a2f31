//! Polls on one connection: whoever sends them is known from the poll before, until something changes.

use holdline_shared::{Batch, ProblemCode};
use serde_json::{Value, json};

use super::{add, admin, both_ways, den, member, member_path};
use crate::support::{Client, Connection, Reply, Server, within};

/// A poll that is answered at once, with the header of this token.
async fn poll(connection: &mut Connection, room: &str, token: &str) -> Reply {
    let headers = format!("Authorization: Bearer {token}\r\n");
    connection.get(&format!("/api/v1/poll?room={room}&wait=0&after=start"), &headers).await
}

/// Polls as somebody who is here, until the people in the lobby are these. Changes of presence are told after a pause.
async fn sees(connection: &mut Connection, client: &Client, names: &[&str]) {
    let headers = format!("Authorization: Bearer {}\r\n", client.token());
    let mut is_told = async || loop {
        let reply = connection.get("/api/v1/poll?room=lobby&wait=0&here=lobby&presence=x", &headers).await;
        let batch: Batch = reply.expect(200).json();
        let here = batch.presence.unwrap().rooms.into_values().next().unwrap();
        let mut told: Vec<_> = here.people.iter().map(|person| person.name.as_str()).collect();
        told.sort_unstable();
        if told == names {
            return;
        }
        tokio::task::yield_now().await;
    };
    within("the people", is_told()).await;
}

async fn connection(server: &Server) -> Connection {
    Connection::open(server.address).await
}

#[tokio::test]
async fn what_ends_a_right_ends_it_on_a_connection_that_is_known() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let den = den(&ada).await;
        for end in ["session", "member", "ban", "erased"] {
            let bo = member(&server, &ada, &format!("Bo {end}")).await;
            add(&ada, &den, &bo).await;
            let mut connection = connection(&server).await;
            for _ in 0..3 {
                poll(&mut connection, den.as_str(), bo.token()).await.expect(200);
            }
            let id = &bo.person().id;
            match end {
                "session" => bo.delete("/api/v1/session").await.expect(204),
                "member" => ada.delete(&member_path(&den, &bo)).await.expect(200),
                "ban" => ada.put(&format!("/api/v1/people/{id}/ban"), &json!({})).await.expect(201),
                _ => ada.delete(&format!("/api/v1/people/{id}?messages=keep")).await.expect(204),
            };
            let refused = poll(&mut connection, den.as_str(), bo.token()).await;
            assert!([401, 403, 404].contains(&refused.status), "{end}: {}", refused.status);
            // The door is open: whoever has no session any more reads as a stranger.
            let lobby = poll(&mut connection, "lobby", bo.token()).await;
            assert_eq!(lobby.status == 200, end != "ban", "{end}: {}", lobby.status);
        }
    })
    .await;
}

#[tokio::test]
async fn token_that_is_revoked_ends_on_a_connection_that_is_known() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let body = json!({ "verbs": ["read"], "rooms": ["lobby"] });
        let made: Value = ada.post("/api/v1/tokens", &body).await.expect(201).json();
        let mut connection = connection(&server).await;
        let token = made["token"].as_str().unwrap();
        for _ in 0..3 {
            poll(&mut connection, "lobby", token).await.expect(200);
        }
        let id = made["id"].as_str().unwrap();
        ada.delete(&format!("/api/v1/tokens/{id}")).await.expect(204);
        assert_eq!(poll(&mut connection, "lobby", token).await.problem(), ProblemCode::SessionInvalid);
    })
    .await;
}

#[tokio::test]
async fn people_who_share_a_proxys_connection_are_told_apart() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let (bo, cy) = (member(&server, &ada, "Bo").await, member(&server, &ada, "Cy").await);
        let den = den(&ada).await;
        add(&ada, &den, &bo).await;
        let mut connection = connection(&server).await;
        for _ in 0..3 {
            poll(&mut connection, den.as_str(), bo.token()).await.expect(200);
            assert_eq!(
                poll(&mut connection, den.as_str(), cy.token()).await.problem(),
                ProblemCode::UnknownRoom
            );
            connection.get(&format!("/api/v1/poll?room={den}&wait=0"), "").await.expect(404);
        }
        sees(&mut connection, &bo, &["Bo"]).await;
        sees(&mut connection, &cy, &["Bo", "Cy"]).await;
    })
    .await;
}

#[tokio::test]
async fn new_name_is_shown_on_a_connection_that_is_known() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        let mut connection = connection(&server).await;
        for name in ["Ada", "Ada Two", "Ada Three"] {
            ada.patch("/api/v1/me", &json!({ "name": name })).await.expect(200);
            sees(&mut connection, &ada, &[name]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn stranger_at_a_shut_door_hears_of_a_wrong_query_first() {
    both_ways(async |server| {
        let ada = admin(&server).await;
        ada.put("/api/v1/door", &json!({ "door": "invite" })).await.expect(204);
        let mut connection = connection(&server).await;
        for (query, expected) in
            [("room=-", ProblemCode::InvalidRoom), ("room=lobby", ProblemCode::SessionRequired)]
        {
            let reply = connection.get(&format!("/api/v1/poll?{query}&wait=0"), "").await;
            assert_eq!(reply.problem(), expected, "{query}");
        }
    })
    .await;
}
