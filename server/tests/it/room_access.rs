//! The rights of people in rooms: rules, members, direct rooms, moderation, tokens, and what an admin reads of
//! all that; each on both ways of serving.

mod audit;
mod deletion;
mod direct;
mod incoming_hooks;
mod members;
mod moderation;
mod one_connection;
mod outgoing_hooks;
mod removal;
mod rules;
mod same_work;
mod tokens;

use holdline_server::hub::HubConfig;
use holdline_server::{ServeConfig, make_admin_link};
use holdline_shared::{Entry, NewCode, RoomName};
use serde_json::{Value, json};

use crate::support::{Client, Server};

/// Runs a test on a server with event loops, and on one without.
async fn both_ways(test: impl AsyncFn(Server)) {
    both_ways_with(&ServeConfig::default(), test).await;
}

/// The same with this configuration.
async fn both_ways_with(config: &ServeConfig, test: impl AsyncFn(Server)) {
    for loops in [1, 0] {
        let mut config = config.clone();
        config.event_loops = Some(loops);
        test(Server::with(HubConfig::default(), config).await).await;
    }
}

/// The first admin of a server.
async fn admin(server: &Server) -> Client {
    let link = make_admin_link(server.hub.log()).await.unwrap();
    joins(server, &link.code, "Ada").await
}

/// A member whom the admin invites.
async fn member(server: &Server, admin: &Client, name: &str) -> Client {
    let invite: NewCode = admin.post("/api/v1/invites", &json!({})).await.expect(201).json();
    joins(server, &invite.code, name).await
}

async fn joins(server: &Server, code: &str, name: &str) -> Client {
    let mut client = server.visitor();
    let reply = client.post("/api/v1/redeem", &json!({ "code": code, "nickname": name })).await.expect(201);
    client.adopts(&reply);
    client
}

/// Makes a private room, and returns its name.
async fn den(client: &Client) -> RoomName {
    let made: Entry = client.post("/api/v1/rooms", &json!({ "title": "Den" })).await.expect(201).json();
    made.room
}

fn path(room: &RoomName, rest: &str) -> String {
    format!("/api/v1/rooms/{room}{rest}")
}

fn member_path(room: &RoomName, client: &Client) -> String {
    path(room, &format!("/members/{}", client.person().id))
}

/// Makes somebody a member of a room.
async fn add(admin: &Client, room: &RoomName, whom: &Client) -> Entry {
    admin.put(&member_path(room, whom), &json!({ "role": "member" })).await.expect(200).json()
}

/// Makes a webhook of a room.
async fn hook(admin: &Client, room: &RoomName, body: Value) -> Value {
    admin.post(&path(room, "/hooks"), &body).await.expect(201).json()
}

/// The line of the list of rooms.
async fn line(client: &Client, room: &RoomName) -> Option<Value> {
    let list: Value = client.get("/api/v1/rooms").await.expect(200).json();
    list["rooms"].as_array().unwrap().iter().find(|line| line["name"] == room.as_str()).cloned()
}
