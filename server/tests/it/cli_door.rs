//! `holdline serve --door`: who gets in, chosen at the first start.

use holdline_shared::{DoorStatus, Session};
use reqwest::Method;
use serde_json::{Value, json};

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
        if further.contains(&"open") {
            assert!(server.says().await.contains("holdline admin link"), "a first start without a terminal");
        }
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

/// Asks as a proxy does, which adds these headers.
async fn ask(client: &Client, headers: &[(&str, &str)], method: Method, path: &str, body: Value) -> Reply {
    let request = client.request(method, path).json(&body);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, value.as_bytes()));
    Reply::from(request.send().await.unwrap()).await
}

/// Begins a session as a proxy would ask for one.
async fn through_proxy(client: &Client, headers: &[(&str, &str)]) -> Reply {
    ask(client, headers, Method::POST, "/api/v1/session", json!({})).await
}

/// The session that a proxy with these headers gets.
async fn session_of(server: &Process, headers: &[(&str, &str)]) -> Client {
    let mut client = server.visitor();
    let reply = through_proxy(&client, headers).await.expect(201);
    client.adopts(&reply);
    client
}

const SECRET: (&str, &str) = ("X-Secret", "0123456789abcdef");

/// A server whose door is `proxy`, with a proxy on this machine.
async fn at_the_proxy(folder: &tempfile::TempDir, trusted: &str) -> Process {
    let file = folder.path().join("secret");
    std::fs::write(&file, "0123456789abcdef\n").unwrap();
    let headers = ["--proxy-user-header", "X-User", "--proxy-secret-header", "X-Secret"];
    let file = file.to_str().unwrap();
    let log = format!("sqlite:{}", folder.path().join(format!("{trusted}.db")).display());
    let door = ["--log", &log, "--door", "proxy", "--trusted-proxy", trusted, "--proxy-secret-file", file];
    Process::start(&[&door[..], &headers].concat()).await
}

#[tokio::test]
async fn proxy_names_the_user_only_with_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let refused =
        holdline(&["serve", "--listen", "127.0.0.1:0", "--log", "memory:", "--door", "proxy"]).await;
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--proxy-user-header"));
    let server = at_the_proxy(&folder, "127.0.0.1").await;
    let (user, secret) = (("X-User", "ada"), SECRET);
    for headers in [
        &[][..],
        &[user],
        &[secret],
        &[user, ("X-Secret", "0123456789abcdeF")],
        &[("X-User", ""), secret],
        &[("X-User", "eve"), user, secret],
        &[user, secret, ("X-Secret", "x")],
    ] {
        let reply = through_proxy(&server.visitor(), headers).await;
        assert_eq!(reply.status, 401, "{headers:?}");
        assert!(reply.text().contains("door: proxy"), "{}", reply.text());
    }
    let ada = session_of(&server, &[user, secret]).await;
    let renaming = json!({ "name": "Lovelace" });
    let refused = ask(&ada, &[user, secret], Method::PATCH, "/api/v1/me", renaming).await.expect(403);
    assert!(refused.text().contains("the proxy in front of this server says"), "{}", refused.text());
    let about = json!({ "name": "ada", "about": "Analyst" });
    ask(&ada, &[user, secret], Method::PATCH, "/api/v1/me", about).await.expect(200);
    let again = session_of(&server, &[user, secret]).await;
    assert_eq!((&again.person().id, again.person().name.as_str()), (&ada.person().id, "ada"));
    let other = session_of(&server, &[("X-User", "bob"), secret]).await;
    assert_ne!(other.person().id, ada.person().id);
    // A session does not outlive the login of another user in the same browser.
    let switched: Session = through_proxy(&ada, &[("X-User", "bob"), secret]).await.expect(201).json();
    assert_eq!(switched.person.id, other.person().id);
    let untrusting = at_the_proxy(&folder, "10.0.0.1").await;
    assert_eq!(through_proxy(&untrusting.visitor(), &[user, secret]).await.status, 401);
}

#[tokio::test]
async fn proxy_user_keeps_the_login_as_name_and_no_other_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = at_the_proxy(&folder, "127.0.0.1").await;
    let enter = async |user: &str, nickname: Option<&str>| {
        let body = json!({ "nickname": nickname });
        let reply =
            ask(&server.visitor(), &[("X-User", user), SECRET], Method::POST, "/api/v1/session", body).await;
        let session: Session = reply.expect(201).json();
        session.person
    };
    let eve = enter("eve", Some("carol")).await;
    let carol = enter("carol", None).await;
    assert_eq!((eve.name.as_str(), carol.name.as_str()), ("eve", "carol"));
    assert_eq!(enter("Carol", None).await.name.as_str(), "Carol 2", "another login");
    assert_eq!(enter("admin", None).await.name.as_str(), "admin 2", "the server's own");
    assert_eq!(enter("jos\u{e9}", None).await.name.as_str(), "jos\u{e9}");
    let own = [("X-User", "eve"), SECRET];
    let eve = session_of(&server, &own).await;
    let renamed = ask(&eve, &own, Method::PATCH, "/api/v1/me", json!({ "name": "erin" })).await;
    assert_eq!(renamed.problem(), holdline_shared::ProblemCode::NotAllowed, "{}", renamed.text());
    assert_eq!(enter("erin", None).await.name.as_str(), "erin", "a login that nobody had taken");
    let long = enter(&"x".repeat(100), None).await;
    assert_eq!(long.name.as_str().len(), 32);
}

#[tokio::test]
async fn session_at_the_proxy_needs_the_login_for_everything() {
    let folder = tempfile::tempdir().unwrap();
    let server = at_the_proxy(&folder, "127.0.0.1").await;
    let own = [("X-User", "ada"), SECRET];
    let ada = session_of(&server, &own).await;
    let id = ada.person().id.as_str();
    let path = folder.path().join("127.0.0.1.db");
    let owner = crate::support::owner(&path);
    owner.patch(&format!("/api/v1/people/{id}"), &json!({ "admin": true })).await.expect(200);
    let message = json!({ "key": crate::support::key().to_string(), "text": "x" });
    let asked = [
        (Method::GET, "/api/v1/me", json!({})),
        (Method::GET, "/api/v1/session", json!({})),
        (Method::GET, "/api/v1/rooms", json!({})),
        (Method::GET, "/api/v1/poll?room=lobby&wait=0", json!({})),
        (Method::POST, "/api/v1/rooms/lobby/messages", message),
        (Method::PATCH, "/api/v1/me", json!({ "about": "Analyst" })),
    ];
    for (method, path, body) in &asked {
        let status = async |headers: &[(&str, &str)]| {
            ask(&ada, headers, method.clone(), path, body.clone()).await.status
        };
        for headers in [&[][..], &[own[0]], &[("X-User", "bob"), SECRET], &[own[0], ("X-Secret", "x")]] {
            assert_eq!(status(headers).await, 401, "{path}: {headers:?}");
        }
        assert!(status(&own).await < 300, "{path}");
    }
    let passphrase = json!({ "passphrase": "correct horse" });
    assert_eq!(ask(&ada, &own, Method::PATCH, "/api/v1/me", passphrase).await.status, 403);
    let sign_in = json!({ "name": "Ada", "passphrase": "correct horse" });
    assert_eq!(ask(&server.visitor(), &[], Method::POST, "/api/v1/sign-in", sign_in).await.status, 401);
    // A program's token needs no login.
    let made: Value = ask(&ada, &own, Method::POST, "/api/v1/tokens", json!({})).await.expect(201).json();
    let rooms =
        server.visitor().request(Method::GET, "/api/v1/rooms").bearer_auth(made["token"].as_str().unwrap());
    assert_eq!(rooms.send().await.unwrap().status(), 200);
    // Whoever redeems a code has to come by the proxy, and is the user whom it names.
    let invite = json!({ "role": "admin" });
    let code = async || -> Value {
        let made: Value = owner.post("/api/v1/invites", &invite).await.expect(201).json();
        json!({ "code": made["code"], "passphrase": "correct horse" })
    };
    let past = ask(&server.visitor(), &[], Method::POST, "/api/v1/redeem", code().await).await;
    assert_eq!(past.status, 401);
    let bob = [("X-User", "bob"), SECRET];
    let reply = ask(&server.visitor(), &bob, Method::POST, "/api/v1/redeem", code().await).await;
    let mut redeemed = server.visitor();
    assert_eq!(redeemed.adopts(&reply.expect(201)).name.as_str(), "bob");
    let me: Value = ask(&redeemed, &bob, Method::GET, "/api/v1/me", json!({})).await.expect(200).json();
    assert_eq!((&me["admin"], &me["has_passphrase"]), (&json!(true), &json!(false)));
}
