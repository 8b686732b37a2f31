//! `holdline serve --door`: who gets in, chosen at the first start.

use holdline_shared::{DoorStatus, Session};
use reqwest::Method;
use serde_json::json;

use crate::support::log_command::{holdline, stop, url};
use crate::support::{Client, Holdline, Process, Reply};

/// The first start of a server that others can reach; it ends by itself if it is refused.
async fn starts_reachable(log: &str, further: &[&str]) -> (Holdline, Vec<String>) {
    let arguments = [&["serve", "--listen", "0.0.0.0:0", "--log", log], further].concat();
    let mut server = Holdline::start_in(&[], &arguments);
    let mut said = Vec::new();
    while !said.last().is_some_and(|line: &String| line.contains("the chat is open")) {
        said.push(server.says().await);
    }
    (server, said)
}

async fn door(server: &Process) -> DoorStatus {
    server.visitor().get("/api/v1/door").await.expect(200).json()
}

#[tokio::test]
async fn reachable_server_needs_a_door() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let refused = holdline(&["serve", "--listen", address, "--log", "memory:"]).await;
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8(refused.stderr).unwrap();
        let choices = said.lines().filter(|line| line.trim_start().starts_with("--door")).count();
        assert_eq!(choices, 4, "{said}");
        assert!(!said.contains("the chat is open"), "{said}");
    }
    // Nobody else can reach these.
    drop(Process::start(&["--log", "memory:"]).await);
}

#[tokio::test]
async fn open_door_is_warned_of_at_each_start_and_stands_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = url(&folder.path().join("holdline.db"));
    for further in [&["--door", "open"][..], &[], &["--door", "invite"]] {
        let (mut server, said) = starts_reachable(&log, further).await;
        assert!(said.iter().any(|line| line.contains("the door is open")), "{said:?}");
        let says_so = said.iter().any(|line| line.contains("the log has its door"));
        assert_eq!(says_so, further.contains(&"invite"), "{said:?}");
        server.signal("TERM").await;
        assert!(server.ended().await.success());
    }
}

#[tokio::test]
async fn password_of_the_door_comes_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (log, file) = (url(&folder.path().join("holdline.db")), folder.path().join("password"));
    let refused = holdline(&["serve", "--listen", "127.0.0.1:0", "--log", &log, "--door", "password"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--join-password-file"));
    std::fs::write(&file, "open sesame\n").unwrap();
    let file = file.to_str().unwrap();
    let server = Process::start(&["--log", &log, "--door", "password", "--join-password-file", file]).await;
    assert_eq!(door(&server).await.door, holdline_shared::Door::Password);
    let body = json!({ "nickname": "Gus", "password": "open sesame" });
    server.visitor().post("/api/v1/session", &body).await.expect(201);
    stop(server).await;
}

/// Begins a session as a proxy would ask for one.
async fn through_proxy(client: &Client, headers: &[(&str, &str)]) -> Reply {
    let request = client.request(Method::POST, "/api/v1/session");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Reply::from(request.send().await.unwrap()).await
}

#[tokio::test]
async fn proxy_names_the_user_only_with_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "0123456789abcdef\n").unwrap();
    let file = file.to_str().unwrap();
    let refused =
        holdline(&["serve", "--listen", "127.0.0.1:0", "--log", "memory:", "--door", "proxy"]).await;
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--proxy-user-header"));
    let arguments = |proxy| {
        let headers = ["--proxy-user-header", "X-User", "--proxy-secret-header", "X-Secret"];
        let all =
            ["--log", "memory:", "--door", "proxy", "--trusted-proxy", proxy, "--proxy-secret-file", file];
        [&all[..], &headers].concat()
    };
    let server = Process::start(&arguments("127.0.0.1")).await;
    let (user, secret) = (("X-User", "ada"), ("X-Secret", "0123456789abcdef"));
    for headers in
        [&[][..], &[user], &[secret], &[user, ("X-Secret", "0123456789abcdeF")], &[("X-User", ""), secret]]
    {
        let reply = through_proxy(&server.visitor(), headers).await;
        assert_eq!(reply.status, 401, "{headers:?}");
        assert!(reply.text().contains("door: proxy"), "{}", reply.text());
    }
    let mut ada = server.visitor();
    let reply = through_proxy(&ada, &[user, secret]).await.expect(201);
    ada.adopts(&reply);
    ada.patch("/api/v1/me", &json!({ "name": "Lovelace" })).await.expect(200);
    // The account is the user's, whatever its name, and a user who takes the old name is somebody else.
    let again: Session = through_proxy(&server.visitor(), &[user, secret]).await.expect(201).json();
    assert_eq!((&again.person.id, again.person.name.as_str()), (&ada.person().id, "Lovelace"));
    let other: Session =
        through_proxy(&server.visitor(), &[("X-User", "bob"), secret]).await.expect(201).json();
    assert_ne!(other.person.id, ada.person().id);
    // A session does not outlive the login of another user in the same browser.
    let switched: Session = through_proxy(&ada, &[("X-User", "bob"), secret]).await.expect(201).json();
    assert_eq!(switched.person.id, other.person.id);
    let untrusting = Process::start(&arguments("10.0.0.1")).await;
    assert_eq!(through_proxy(&untrusting.visitor(), &[user, secret]).await.status, 401);
}
