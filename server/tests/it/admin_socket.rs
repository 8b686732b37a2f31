//! The admin socket: who owns the log is the server's owner there, and nobody is anywhere else.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::Path;

use holdline_server::AdminSocket;
use holdline_shared::{ProblemCode, Session};
use serde_json::json;

use crate::support::log_command::{log, serve, stop};
use crate::support::{Process, owner, until};

#[tokio::test]
async fn socket_is_private_and_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let socket = AdminSocket::beside(&path);
    assert_eq!(socket.metadata().unwrap().mode() & 0o777, 0o600);
    owner(&path).get("/readyz").await.expect(200);
    stop(server).await;
    assert!(!socket.exists());
    let server = serve(&path).await;
    server.crash().await;
    assert!(socket.exists(), "a crash leaves it");
    let server = serve(&path).await;
    owner(&path).get("/readyz").await.expect(200);
    assert_eq!(log(&path, &["check"]).await.0, 0);
    stop(server).await;
}

#[tokio::test]
async fn socket_in_use_is_not_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let foreign = std::os::unix::net::UnixListener::bind(AdminSocket::beside(&path)).unwrap();
    let server = serve(&path).await;
    server.visitor().get("/readyz").await.expect(200);
    stop(server).await;
    assert!(AdminSocket::beside(&path).exists(), "it is another program's");
    drop(foreign);
}

#[tokio::test]
async fn folder_of_many_has_no_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let server = serve(&path).await;
    server.visitor().get("/readyz").await.expect(200);
    assert!(!AdminSocket::beside(&path).exists());
    stop(server).await;
}

#[tokio::test]
async fn owner_makes_admin_links_and_others_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let link = "/api/v1/admin-link";
    let made: serde_json::Value = owner(&path).post(link, &json!({})).await.expect(201).json();
    assert!(made["code"].as_str().unwrap().len() >= 22, "{made}");
    let (stranger, guest) = (server.visitor(), server.person("Ada").await);
    assert_eq!(stranger.post(link, &json!({})).await.problem(), ProblemCode::SessionRequired);
    assert_eq!(guest.post(link, &json!({})).await.problem(), ProblemCode::NotAllowed);
    let kept = bytes_of(folder.path());
    let code = made["code"].as_str().unwrap().as_bytes();
    assert!(!kept.windows(code.len()).any(|part| part == code), "the log has a hash of it");
    stop(server).await;
}

#[tokio::test]
async fn owner_gets_no_session_that_could_be_used_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let owner = owner(&path);
    for reply in [
        owner.get("/api/v1/session").await,
        owner.post("/api/v1/session", &json!({})).await,
        owner.post("/api/v1/session", &json!({ "nickname": "Ada" })).await,
    ] {
        assert_eq!(reply.problem(), ProblemCode::NotAllowed);
        assert_eq!(reply.header("set-cookie"), "");
    }
    stop(server).await;
}

#[tokio::test]
async fn held_poll_on_the_socket_ends_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let owner = owner(&path);
    let poll = tokio::spawn(async move { owner.poll("room=lobby&wait=60").await });
    server.holds(1).await;
    stop(server).await;
    poll.await.unwrap().expect(200);
    let socket = AdminSocket::beside(&path);
    until("the socket is gone", || !socket.exists()).await;
}

/// A stranger who comes after any of the files has been lost or emptied is no admin, and neither is a guest of before.
#[tokio::test]
async fn lost_or_emptied_file_makes_nobody_an_admin() {
    for end in ["", "-wal", "-shm", "-lock", "-admin"] {
        for is_emptied in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.db");
            let server = serve(&path).await;
            let guest: Session =
                server.visitor().post("/api/v1/session", &json!({ "nickname": "Mallory" })).await.json();
            server.crash().await;
            let file = crate::support::log_command::beside(&path, end);
            if is_emptied {
                let _ = std::fs::remove_file(&file);
                std::fs::write(&file, "").unwrap();
            } else {
                std::fs::remove_file(&file).unwrap();
            }
            // A server that refuses to start lets nobody in either.
            if let Some(server) =
                Process::try_start(&["--log", &crate::support::log_command::url(&path)]).await
            {
                let stranger = server.visitor();
                let token = guest.token.as_deref().unwrap();
                for token in [None, Some(token)] {
                    for (method, address, body) in ADMINS_ONLY {
                        let mut request = stranger.request(method.parse().unwrap(), address);
                        if let Some(token) = token {
                            request = request.bearer_auth(token);
                        }
                        let request = request.header("content-type", "application/json").body(*body);
                        let status = request.send().await.unwrap().status().as_u16();
                        assert!(
                            [401, 403, 404].contains(&status),
                            "{method} {address}: {status} ({end}, {is_emptied})"
                        );
                    }
                }
                stop(server).await;
            }
        }
    }
}

/// The operations that nobody but an admin may use, and the one that makes admins, each with a body.
const ADMINS_ONLY: &[(&str, &str, &str)] = &[
    ("POST", "/api/v1/admin-link", "{}"),
    ("PUT", "/api/v1/door", r#"{"door":"open"}"#),
    ("POST", "/api/v1/invites", r#"{"role":"admin"}"#),
    ("PATCH", "/api/v1/people/holdline", r#"{"admin":true}"#),
    ("DELETE", "/api/v1/people/holdline/sessions", ""),
    ("POST", "/api/v1/redeem", r#"{"code":"","nickname":"Mallory"}"#),
];

/// The bytes of all files in a folder.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.is_file()).flat_map(|file| std::fs::read(file).unwrap()).collect()
}
