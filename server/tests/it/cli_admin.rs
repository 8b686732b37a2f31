//! `holdline admin`: the commands of a server's owner.

mod audit;
mod bans;
mod confirmation;
mod invites;
mod rooms;

use std::path::Path;
use std::process::Stdio;

use holdline_shared::Session;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::support::log_command::{holdline, serve, stop, url};
use crate::support::{Holdline, Process, key, within};

/// Runs `holdline admin …` on this log; returns its exit status, its output and its words.
async fn admin(path: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = holdline(&[&["admin", "--log", &url(path)], arguments].concat()).await;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The code in the address that a command printed.
fn code(printed: &str) -> &str {
    let (_, code) = printed.trim().rsplit_once("/join/").unwrap_or_else(|| panic!("no link: {printed}"));
    assert!(
        code.len() >= 22 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
        "{code}"
    );
    code
}

/// Makes somebody the first admin by a link.
async fn redeem_admin_link(server: &Process, path: &Path, name: &str) -> Session {
    let (_, printed, _) = admin(path, &["link"]).await;
    assert!(printed.starts_with(&format!("http://{}/join/", server.address)), "{printed}");
    let redeemed = json!({ "code": code(&printed), "nickname": name, "passphrase": "correct horse battery" });
    server.visitor().post("/api/v1/redeem", &redeemed).await.expect(201).json()
}

#[tokio::test]
async fn admin_link_is_made_with_and_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let (status, _, said) = admin(&path, &["link"]).await;
    assert!(status == 1 && said.contains("there is no log"), "{said}");
    assert!(!path.exists(), "the command made no log");
    let server = serve(&path).await;
    let (status, printed, said) = admin(&path, &["link", "--address", "https://chat.example/p/"]).await;
    assert_eq!(
        (status, printed.as_str()),
        (0, format!("https://chat.example/p/join/{}\n", code(&printed)).as_str())
    );
    assert!(said.contains("15 minutes"), "{said}");
    stop(server).await;
    let (status, printed, said) = admin(&path, &["link"]).await;
    assert_eq!(
        (status, printed.as_str()),
        (0, format!("http://127.0.0.1:8080/join/{}\n", code(&printed)).as_str())
    );
    assert!(said.contains("no server runs"), "{said}");
}

#[tokio::test]
async fn secret_is_rotated_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    for (arguments, said, status) in [
        (&["rotate-secret"][..], "within 7 days", 200),
        (&["rotate-secret", "--grace", "0"], "every session has ended", 401),
    ] {
        let (code, printed, _) = admin(&path, arguments).await;
        assert!(code == 0 && printed.contains(said), "{printed}");
        assert_eq!(ada.get("/api/v1/session").await.status, status, "{arguments:?}");
    }
    let (code, _, said) = admin(&path, &["rotate-secret", "--grace", "91"]).await;
    assert!(code != 0 && said.contains("91"), "{said}");
    let (_, audit, _) = admin(&path, &["audit"]).await;
    assert_eq!(audit.matches("secret_rotated").count(), 2, "{audit}");
    stop(server).await;
}

#[tokio::test]
async fn commands_explain_why_there_is_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let (status, printed, said) = admin(&path, &["people"]).await;
    assert_eq!((status, printed.as_str()), (1, ""));
    assert!(said.contains("no server answers beside the log"), "{said}");
    let output = holdline(&["admin", "--log", "memory:", "people"]).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("no admin socket"), "{said}");
}

#[tokio::test]
async fn help_names_the_options_of_a_command_before_those_of_all() {
    let shown = holdline(&["admin", "people", "ban", "--help"]).await.stdout;
    let shown = String::from_utf8(shown).unwrap();
    let at = |option: &str| shown.find(option).unwrap_or_else(|| panic!("no {option} in {shown}"));
    assert!(at("--reason <TEXT>") < at("--address <URL>"), "{shown}");
    let version = holdline(&["--version"]).await.stdout;
    assert!(version.starts_with(b"holdline "), "{}", String::from_utf8_lossy(&version));
    let wrong = holdline(&["admin", "--address", "ftp://chat.example", "link"]).await;
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("--address or HOLDLINE_ADDRESS is not an address")
    );
}

#[tokio::test]
async fn first_start_on_a_terminal_shows_a_link_for_the_first_admin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let serve = format!("{} serve --listen 127.0.0.1:0 --log {}", env!("CARGO_BIN_EXE_holdline"), url(&path));
    for is_first in [true, false] {
        let mut script = Command::new("script");
        script.args(["--quiet", "--command", &serve, "/dev/null"]).env_remove("RUST_LOG");
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let Ok(mut script) = script.spawn() else {
            return eprintln!("there is no script on this machine: its part is left out");
        };
        let mut output = BufReader::new(script.stdout.take().unwrap());
        let mut shown = String::new();
        // With a link, the last line before the server serves; a terminal discards at Ctrl-C what it has not shown yet.
        let last = if is_first { "holdline admin link" } else { "the chat is open" };
        while !shown.contains(last) {
            let read = within("the next line", output.read_line(&mut shown)).await.unwrap();
            assert!(read > 0, "{shown}");
        }
        // Ctrl-C.
        let mut input = script.stdin.take().unwrap();
        input.write_all(b"\x03").await.unwrap();
        within("the end of the server", output.read_to_string(&mut shown)).await.unwrap();
        within("the end of script", script.wait()).await.unwrap();
        assert!(shown.contains("the chat is open"), "{shown}");
        assert_eq!(shown.contains("/join/"), is_first, "{shown}");
        if is_first {
            let line = shown.lines().find(|line| line.contains("/join/")).unwrap();
            code(line);
        }
        drop(input);
    }
}

#[tokio::test]
async fn owner_changes_the_door_and_people() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = redeem_admin_link(&server, &path, "Ada").await;
    let token = ada.token.unwrap();
    server.with_token(&token).await.post("/api/v1/admin-link", &json!({})).await.expect(201);
    let done = async |arguments: &[&str]| {
        let (status, printed, said) = admin(&path, arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    };
    assert!(
        done(&["people", "admin", "Ada", "off"]).await.contains("no admin"),
        "the owner may, though she is the last"
    );
    server.with_token(&token).await.post("/api/v1/admin-link", &json!({})).await.expect(403);
    let people: Value = serde_json::from_str(&done(&["people", "--json"]).await).unwrap();
    assert_eq!(people["people"][0]["name"], "Ada");
    assert_eq!(done(&["people", "sessions", "Ada"]).await.lines().count(), 2);
    done(&["people", "sign-out", "Ada"]).await;
    let over =
        server.visitor().request(reqwest::Method::GET, "/api/v1/session").bearer_auth(&token).send().await;
    assert_eq!(over.unwrap().status(), 401);
    let (status, _, said) = admin(&path, &["door", "password"]).await;
    assert!(status == 1 && said.contains("needs a password"), "{said}");
    let log = url(&path);
    let mut door = Holdline::start_in(&[("HOLDLINE_LOG", &log)], &["admin", "door", "password"]);
    door.types("open sesame\n").await;
    assert!(door.ended().await.success());
    assert_eq!(done(&["door"]).await, "password\n");
    server.visitor().get("/api/v1/rooms").await.expect(401);
    let enter =
        async |password| server.visitor().post("/api/v1/session", &json!({ "password": password })).await;
    enter("open sesame").await.expect(201);
    enter("sesame").await.expect(403);
    let (status, _, said) = admin(&path, &["people", "admin", "Eve", "on"]).await;
    assert!(status == 1 && said.contains("there is nobody"), "{said}");
    let said = done(&["people", "erase", "Ada", "--messages", "keep", "--yes"]).await;
    assert_eq!(said, "the account of Ada is erased; its messages stay, without the name\n");
    assert_eq!(done(&["people"]).await.lines().count(), 1);
    stop(server).await;
}

#[tokio::test]
async fn token_lets_a_program_in_where_the_door_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let done = async |arguments: &[&str]| {
        let (status, printed, said) = admin(&path, arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    };
    done(&["door", "invite"]).await;
    let printed = done(&["tokens", "make", "--bot", "deploybot", "--room", "deploys"]).await;
    let token = printed.trim();
    assert!(token.starts_with("hlt_"), "{printed}");
    let address = format!("http://{}", server.address);
    let run = async |token: &str, arguments: &[&str]| {
        let environment = [("HOLDLINE_SERVER", address.as_str()), ("HOLDLINE_TOKEN", token)];
        let (said, status) = Holdline::start_in(&environment, arguments).output().await;
        (status.success(), said)
    };
    let send = ["send", "-r", "deploys", "green"];
    assert_eq!(run(token, &send).await, (true, String::new()), "the room is made, too");
    for other in ["lobby", "deplois"] {
        let (_, said) = run(token, &["send", "-r", other, "green"]).await;
        assert!(said.contains("this token is not for that room"), "{said}");
    }
    let reads = done(&["tokens", "make", "--bot", "readbot", "--verbs", "read"]).await;
    let (_, said) = run(reads.trim(), &send).await;
    assert!(said.contains("this token does not have the verb write; it has: read"), "{said}");
    let (_, said) = run("", &send).await;
    assert!(said.contains("door: invite") && said.contains("HOLDLINE_TOKEN"), "{said}");
    let mut tail = Holdline::start_in(
        &[("HOLDLINE_SERVER", &address), ("HOLDLINE_TOKEN", token)],
        &["tail", "-r", "deploys", "-n1"],
    );
    assert!(tail.line().await.ends_with("deploybot: green"));
    let rules = server.visitor().request(reqwest::Method::PUT, "/api/v1/rooms/deploys").bearer_auth(token);
    let refused = rules.json(&json!({ "policy": { "locked": true } })).send().await.unwrap();
    assert_eq!(refused.status(), 403, "a program that writes does not rule the room");
    let tokens: Value = serde_json::from_str(&done(&["tokens", "--json"]).await).unwrap();
    assert!(!tokens.to_string().contains(token), "shown once");
    let is_for_deploys = |made: &&Value| made["rooms"] == json!(["deploys"]);
    let made = tokens["tokens"].as_array().unwrap().iter().find(is_for_deploys).unwrap();
    done(&["tokens", "revoke", made["id"].as_str().unwrap()]).await;
    let (_, said) = run(token, &send).await;
    assert!(said.contains("revoked"), "{said}");
    stop(server).await;
}

#[tokio::test]
async fn owner_makes_lists_and_removes_webhooks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = Process::start(&["--log", &url(&path), "--allow-hook-host", "build.lan,10.0.0.5:80"]).await;
    let done = async |arguments: &[&str]| {
        let (status, printed, said) = admin(&path, arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    };
    let printed = done(&["hooks", "make", "lobby", "CI"]).await;
    let post = reqwest::Client::builder().no_proxy().build().unwrap().post(printed.trim());
    let posted = post.body("payload=%7B%22text%22%3A%22green%22%7D").send().await.unwrap();
    assert_eq!((posted.status().as_u16(), &*posted.text().await.unwrap()), (200, "ok"));
    let history = server.visitor().history("lobby").await;
    assert_eq!(history.messages[0].author.name.as_str(), "CI");
    let key = done(&["hooks", "make", "lobby", "Relay", "--to", "http://10.0.0.5/in"]).await;
    assert_eq!(key.trim().len(), 43, "{key}");
    let (status, _, said) =
        admin(&path, &["hooks", "make", "lobby", "Relay", "--to", "http://10.0.0.6/"]).await;
    assert!(status == 1 && said.contains("--allow-hook-host"), "{said}");
    let table = done(&["hooks", "list", "lobby"]).await;
    assert!(table.contains("http://10.0.0.5/in") && table.lines().count() == 3, "{table}");
    let list: Value = serde_json::from_str(&done(&["hooks", "list", "lobby", "--json"]).await).unwrap();
    for hook in list["hooks"].as_array().unwrap() {
        done(&["hooks", "remove", "lobby", hook["id"].as_str().unwrap()]).await;
    }
    assert_eq!(done(&["hooks", "list", "lobby"]).await.lines().count(), 1);
    let audit = done(&["audit"]).await;
    assert!(audit.contains("hook_made") && audit.contains("hook_removed"), "{audit}");
    stop(server).await;
}

#[tokio::test]
async fn owner_changes_rooms_and_bans_and_reads_who_did_what() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let done = async |arguments: &[&str]| {
        let (status, printed, said) = admin(&path, arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    };
    let ada = redeem_admin_link(&server, &path, "Ada").await;
    let guest = server.person("Mallory").await;
    guest.makes_room("tea").await;
    done(&["rooms", "rules", "tea", "--slow", "5", "--title", "Tea \u{200F}room"]).await;
    done(&["rooms", "members", "tea", "--add", "Ada"]).await;
    assert!(done(&["rooms", "members", "tea"]).await.contains("Ada"));
    let rooms = done(&["rooms"]).await;
    assert!(rooms.contains("tea") && rooms.contains("Tea"), "{rooms}");
    done(&["rooms", "members", "tea", "--remove", "Ada"]).await;
    let said = done(&["people", "ban", "Ada", "--for", "7d", "--reason", "a test"]).await;
    assert!(said.starts_with("Ada is banned until 20"), "{said}");
    let banned =
        server.visitor().request(reqwest::Method::GET, "/api/v1/session").bearer_auth(ada.token.unwrap());
    assert!([401, 403].contains(&banned.send().await.unwrap().status().as_u16()));
    let said = done(&["bans", "add", guest.person().id.as_str()]).await;
    assert!(said.ends_with("is banned until the ban is lifted\n"), "{said}");
    assert_eq!(guest.publishes("lobby", key(), "still here").await.status, 403);
    let said = done(&["bans", "add", "--visitor", "192.0.2.7", "--for", "1h"]).await;
    assert!(said.starts_with("192.0.2.7 is banned until 20"), "{said}");
    let bans: Value = serde_json::from_str(&done(&["bans", "--json"]).await).unwrap();
    let bans = bans["bans"].as_array().unwrap();
    assert_eq!(bans.len(), 3);
    for ban in bans {
        done(&["bans", "lift", ban["id"].as_str().unwrap()]).await;
    }
    assert_eq!(done(&["bans"]).await.lines().count(), 1);
    done(&["rooms", "delete", "tea", "--yes"]).await;
    assert!(!done(&["rooms"]).await.contains("tea"));
    let (status, _, said) = admin(&path, &["rooms", "delete", "lobby", "--yes"]).await;
    assert!(status == 1 && said.contains("lobby stays"), "{said}");
    let (status, _, said) = admin(&path, &["rooms", "delete", "tea", "--yes"]).await;
    assert!(status == 1 && said.contains("holdline send -r"), "{said}");
    let audit = done(&["audit"]).await;
    for change in ["room_deleted", "banned", "unbanned", "redeemed", "invite_made"] {
        assert!(audit.contains(change), "{change}: {audit}");
    }
    stop(server).await;
}
