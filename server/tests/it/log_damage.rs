//! Damaged records of who may do what: whatever they took from somebody stays taken, and the server says what to do.

use std::path::{Path, PathBuf};

use holdline_shared::{Door, DoorStatus, Entry, NewCode, ProblemCode, RoomList};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::log_command::{log, serve, stop};
use crate::support::{Client, Process, key, owner};

const PASSPHRASE: &str = "correct horse";

/// Redeems a new code of the owner's, and returns who comes in.
async fn joins(server: &Process, owner: &Client, role: &str, name: &str) -> Client {
    let code: NewCode = owner.post("/api/v1/invites", &json!({ "role": role })).await.expect(201).json();
    let body = json!({ "code": code.code, "nickname": name, "passphrase": PASSPHRASE });
    let mut client = server.visitor();
    let reply = client.post("/api/v1/redeem", &body).await.expect(201);
    client.adopts(&reply);
    client
}

/// Damages the records of these kinds.
fn damage(path: &Path, sql: &str, kinds: &str) {
    let database = rusqlite::Connection::open(path).unwrap();
    let sql = format!(
        "UPDATE entries SET json = {sql} WHERE seq IN (SELECT seq FROM access_entries WHERE kind IN ({kinds}))"
    );
    assert!(database.execute(&sql, []).unwrap() > 0, "{kinds}");
}

/// The path of a log with what can be exported of the one at `path`.
async fn copy(path: &Path, folder: &Path, name: &str) -> PathBuf {
    let name = name.len();
    let (lines, copied) = (folder.join(format!("lines{name}")), folder.join(format!("copy{name}.db")));
    let (status, said) = log(path, &["export", lines.to_str().unwrap()]).await;
    assert!(status == 1 && said.contains("is damaged"), "{said}");
    let (status, said) = log(&copied, &["import", lines.to_str().unwrap()]).await;
    assert_eq!(status, 0, "{said}");
    copied
}

async fn rooms(client: &Client) -> Vec<String> {
    let list: RoomList = client.get("/api/v1/rooms").await.expect(200).json();
    list.rooms.iter().map(|room| room.name.to_string()).collect()
}

#[tokio::test]
async fn damaged_records_of_access_open_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let by_owner = owner(&path);
    let ada = joins(&server, &by_owner, "admin", "Ada").await;
    let bo = joins(&server, &by_owner, "member", "Bo").await;
    let cy = joins(&server, &by_owner, "admin", "Cy").await;
    let den: Entry = ada.post("/api/v1/rooms", &json!({ "title": "Den" })).await.expect(201).json();
    let den = format!("/api/v1/rooms/{}", den.room);
    let bo_in_den = format!("{den}/members/{}", bo.person().id);
    ada.put(&bo_in_den, &json!({ "role": "member" })).await.expect(200);
    bo.get(&format!("{den}/messages")).await.expect(200);
    ada.delete(&bo_in_den).await.expect(200);
    ada.put("/api/v1/rooms/lobby", &json!({ "policy": { "locked": true } })).await.expect(200);
    ada.put("/api/v1/rooms/tea", &json!({ "policy": { "writers": "admins" } })).await.expect(201);
    let token: Value = bo.post("/api/v1/tokens", &json!({})).await.expect(201).json();
    let revoked = format!("/api/v1/tokens/{}", token["id"].as_str().unwrap());
    bo.delete(&revoked).await.expect(204);
    by_owner
        .patch(&format!("/api/v1/people/{}", cy.person().id), &json!({ "admin": false }))
        .await
        .expect(200);
    ada.put("/api/v1/door", &json!({ "door": "invite" })).await.expect(204);
    let dee = joins(&server, &by_owner, "member", "Dee").await;
    dee.delete("/api/v1/session").await.expect(204);
    let eve = joins(&server, &by_owner, "member", "Eve").await;
    ada.put(&format!("/api/v1/people/{}/ban", eve.person().id), &json!({})).await.expect(201);
    stop(server).await;
    let whole = std::fs::read(&path).unwrap();
    // The last is read as a rule that nobody made.
    for sql in ["substr(json, 2)", "json || ' '", "replace(json, 'visibility', 'visibilitx')"] {
        std::fs::write(&path, &whole).unwrap();
        let kinds = "'door', 'room', 'member', 'token_revoked', 'admin', 'session_ended', 'banned'";
        damage(&path, sql, if sql.starts_with("replace") { "'room'" } else { kinds });
        let copied = copy(&path, folder.path(), sql).await;
        let server = serve(&copied).await;
        let stranger = server.visitor();
        assert_eq!(stranger.get("/api/v1/rooms").await.status, 401, "{sql}: imported");
        owner(&copied).put("/api/v1/door", &json!({ "door": "open" })).await.expect(204);
        assert_eq!(rooms(&stranger).await, ["lobby"], "{sql}: imported");
        stop(server).await;
        let server = serve(&path).await;
        let by_owner = owner(&path);
        let door: DoorStatus = server.visitor().get("/api/v1/door").await.expect(200).json();
        assert_eq!(door.door, Door::Invite, "{sql}");
        assert_eq!(server.visitor().get("/api/v1/rooms").await.problem(), ProblemCode::SessionRequired);
        let [ada, bo, cy] = [&ada, &bo, &cy].map(|client| client.token().to_owned());
        let (ada, bo) = (server.with_token(&ada).await, server.with_token(&bo).await);
        for client in [&ada, &bo] {
            assert_eq!(rooms(client).await, ["lobby"], "{sql}");
            assert_eq!(client.get(&format!("{den}/messages")).await.problem(), ProblemCode::UnknownRoom);
            assert_eq!(client.publishes("tea", key(), "x").await.problem(), ProblemCode::UnknownRoom);
        }
        assert_eq!(bo.publishes("lobby", key(), "x").await.problem(), ProblemCode::NotAllowed, "locked");
        if !sql.starts_with("replace") {
            let bearer = server.visitor().request(Method::GET, "/api/v1/rooms");
            let reply = bearer.bearer_auth(token["token"].as_str().unwrap()).send().await.unwrap();
            assert_eq!(reply.status(), 401, "{sql}");
            for gone in [dee.token(), eve.token()] {
                let bearer = server.visitor().request(Method::GET, "/api/v1/rooms").bearer_auth(gone);
                assert!([401, 403].contains(&bearer.send().await.unwrap().status().as_u16()), "{sql}");
            }
            let body = json!({ "name": "Eve", "passphrase": PASSPHRASE });
            server.visitor().post("/api/v1/sign-in", &body).await.expect(403);
            let cy = server.with_token(&cy).await;
            assert_eq!(
                cy.put("/api/v1/door", &json!({ "door": "open" })).await.problem(),
                ProblemCode::NotAllowed
            );
        }
        // What the server says to do helps.
        by_owner.put("/api/v1/rooms/tea", &json!({ "policy": { "visibility": "public" } })).await.expect(200);
        by_owner.put("/api/v1/door", &json!({ "door": "open" })).await;
        assert!(rooms(&server.visitor()).await.contains(&"tea".to_owned()), "{sql}");
        stop(server).await;
        let (status, said) = log(&path, &["check"]).await;
        assert!(status == 1 && said.contains("rules or the members of the room tea"), "{sql}: {said}");
        assert!(sql.starts_with("replace") || said.contains("it changed the door"), "{sql}: {said}");
    }
}

#[tokio::test]
async fn room_whose_name_says_that_it_was_private_is_hidden_without_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = joins(&server, &owner(&path), "admin", "Ada").await;
    let den: Entry = ada.post("/api/v1/rooms", &json!({ "title": "Den" })).await.expect(201).json();
    stop(server).await;
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("DELETE FROM access_entries WHERE kind = 'room'", [])
        .unwrap();
    let server = serve(&path).await;
    for client in [&server.visitor(), &server.with_token(ada.token()).await] {
        assert_eq!(rooms(client).await, ["lobby"]);
        let read = client.get(&format!("/api/v1/rooms/{}/messages", den.room)).await;
        assert_eq!(read.problem(), ProblemCode::UnknownRoom);
    }
    stop(server).await;
}
