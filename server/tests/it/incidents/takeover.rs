//! A server that has lost a file, or finds it empty, makes nobody an admin who was not one: it refuses to start, or starts with
//! what is left.

use std::fs;

use holdline_shared::{DoorStatus, ProblemCode, Session};
use serde_json::{Value, json};

use crate::support::log_command::{holdline, log, stop, url};
use crate::support::{Client, Process};

/// Asks for what only admins get.
async fn rules(client: &Client) -> bool {
    let link = client.post("/api/v1/admin-link", &Value::Null).await;
    let door = client.put("/api/v1/door", &json!({ "door": "open" })).await;
    let audit = client.get("/api/v1/audit").await;
    [link, door, audit].iter().any(|reply| reply.status < 400)
}

#[tokio::test]
async fn missing_or_empty_file_makes_nobody_an_admin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = Process::start(&["--log", &url(&path), "--door", "invite"]).await;
    let link = holdline(&["admin", "link", "--json", "--log", &url(&path)]).await;
    let link: Value = serde_json::from_slice(&link.stdout).unwrap();
    let mut ada = server.visitor();
    let reply =
        ada.post("/api/v1/redeem", &json!({ "code": link["code"], "nickname": "Ada" })).await.expect(201);
    ada.adopts(&reply);
    assert!(ada.get("/api/v1/audit").await.status == 200);
    let token = ada.token().to_owned();
    // What a crash leaves has all the files that there are.
    server.crash().await;
    let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
    let files = files.filter(|file| file.file_type().unwrap().is_file());
    let whole: Vec<(String, Vec<u8>)> =
        files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect();
    assert!(whole.len() >= 3, "{whole:?}");
    let (mut started, mut refused) = (0, 0);
    for (lost, _) in &whole {
        for is_emptied in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            for (name, content) in &whole {
                let content = if name == lost { &[][..] } else { content };
                if name != lost || is_emptied {
                    fs::write(folder.path().join(name), content).unwrap();
                }
            }
            let path = folder.path().join("x.db");
            let Some(server) = Process::try_start(&["--log", &url(&path)]).await else {
                refused += 1;
                continue;
            };
            started += 1;
            let case = format!("{lost}, emptied: {is_emptied}");
            let status: DoorStatus = server.visitor().get("/api/v1/door").await.expect(200).json();
            assert!(status.person.is_none(), "{case}");
            assert!(!rules(&server.visitor()).await, "{case}");
            // Nor does a session that anybody gets, or the one of an admin of what is lost.
            let guest = server.visitor().post("/api/v1/session", &json!({ "nickname": "Eve" })).await;
            if guest.status == 201 {
                let session: Session = guest.json();
                assert!(!rules(&server.visitor().carrying(&session.token.unwrap())).await, "{case}");
            } else {
                assert_eq!(guest.problem(), ProblemCode::SessionRequired, "{case}");
            }
            let knows_ada = server.visitor().carrying(&token).get("/api/v1/me").await.status == 200;
            let is_kept = lost != "x.db" && lost != "x.db-wal";
            assert!(!is_kept || knows_ada, "{case}");
            assert_eq!(rules(&server.visitor().carrying(&token)).await, knows_ada, "{case}");
            stop(server).await;
        }
    }
    assert!(started > 0, "{started} started, {refused} were refused");
    let (code, said) = log(&path, &["check"]).await;
    assert_eq!(code, 0, "{said}");
}
