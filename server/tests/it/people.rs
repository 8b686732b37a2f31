//! People: doors, accounts, invites, sessions, and what ends them; each on both ways of serving.

mod accounts;
mod bounds;
mod credentials;
mod doors;
mod ends;
mod fields;
mod guesses;
mod invite_rights;
mod invites;
mod secret;

pub(crate) use self::credentials::routes;
use holdline_server::hub::HubConfig;
use holdline_server::{ServeConfig, make_admin_link};
use holdline_shared::{InviteList, NewCode, ProblemCode};
use serde_json::{Value, json};

use crate::support::{Client, Reply, Server};

/// A passphrase that is long enough.
const PASSPHRASE: &str = "correct horse";

/// Runs a test on a server with event loops, and on one without.
pub(crate) async fn both_ways(test: impl AsyncFn(Server)) {
    for loops in [1, 0] {
        let mut config = ServeConfig::default();
        config.event_loops = Some(loops);
        test(Server::with(HubConfig::default(), config).await).await;
    }
}

/// The first admin of a server, by the link that its owner makes.
pub(crate) async fn admin(server: &Server) -> Client {
    let link = make_admin_link(server.hub.log()).await.unwrap();
    joins(server, &link.code, "Ada").await
}

/// Redeems this code and chooses a passphrase; returns who comes in.
async fn joins(server: &Server, code: &str, name: &str) -> Client {
    let mut client = server.visitor();
    let reply = redeem(&client, code, name).await.expect(201);
    client.adopts(&reply);
    client
}

async fn redeem(client: &Client, code: &str, name: &str) -> Reply {
    let body = json!({ "code": code, "nickname": name, "passphrase": PASSPHRASE });
    client.post("/api/v1/redeem", &body).await
}

/// A new invite.
async fn invite(admin: &Client, body: Value) -> NewCode {
    admin.post("/api/v1/invites", &body).await.expect(201).json()
}

/// A member whom the admin invites.
pub(crate) async fn member(server: &Server, admin: &Client, name: &str) -> Client {
    let invite = invite(admin, json!({})).await;
    joins(server, &invite.code, name).await
}

async fn sign_in(client: &Client, name: &str, passphrase: &str) -> Reply {
    client.post("/api/v1/sign-in", &json!({ "name": name, "passphrase": passphrase })).await
}

/// The same person on another device.
async fn signs_in(server: &Server, name: &str) -> Client {
    let mut client = server.visitor();
    let reply = sign_in(&client, name, PASSPHRASE).await.expect(201);
    client.adopts(&reply);
    client
}

async fn set_door(admin: &Client, body: Value) {
    admin.put("/api/v1/door", &body).await.expect(204);
}

/// Whether the client is in: may read, and has a person.
async fn is_in(client: &Client) -> Result<(), ProblemCode> {
    match client.get("/api/v1/me").await {
        reply if reply.status == 200 => Ok(()),
        refused => Err(refused.problem()),
    }
}

/// The invites that the client sees.
async fn invites_of(client: &Client) -> InviteList {
    client.get("/api/v1/invites").await.expect(200).json()
}
