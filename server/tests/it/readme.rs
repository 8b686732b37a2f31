//! The commands of the README's way to a private chat, each executed.

use serde_json::Value;
use tokio::process::Command;

use crate::support::log_command::{holdline, stop, url};
use crate::support::{Process, within};

const README: &str = include_str!("../../../README.md");

/// The arguments of the commands `./holdline …` in the README, without comments.
fn commands() -> Vec<Vec<&'static str>> {
    let lines = README.lines().filter_map(|line| line.strip_prefix("./holdline "));
    lines.map(|line| line.split('#').next().unwrap().split_whitespace().collect()).collect()
}

#[tokio::test]
async fn private_chat_takes_the_commands_of_the_readme() {
    let [serve, link, invites] = commands().try_into().expect("three commands of ours");
    let folder = tempfile::tempdir().unwrap();
    let log = url(&folder.path().join("x.db"));
    let on_this_log = |arguments: &[&'static str]| {
        let all: Vec<String> =
            arguments.iter().map(|one| (*one).to_owned()).chain(["--log".into(), log.clone()]).collect();
        async move { holdline(&all.iter().map(String::as_str).collect::<Vec<_>>()).await }
    };
    assert_eq!(serve[0], "serve");
    let arguments: Vec<_> = serve[1..].iter().copied().chain(["--log", &log]).collect();
    let server = Process::start(&arguments).await;
    let base = "https://chat.example/join/";
    let mut codes = Vec::new();
    for arguments in [link, invites] {
        let output = on_this_log(&arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).unwrap();
        codes.push(printed.trim().strip_prefix(base).unwrap_or_else(|| panic!("{printed}")).to_owned());
    }
    let refused = server.visitor().get("/api/v1/rooms").await;
    assert_eq!(refused.status, 401, "a stranger reads nothing");
    let redeem = async |code: &str, nickname: &str| {
        let body =
            serde_json::json!({ "code": code, "nickname": nickname, "passphrase": "correct horse battery" });
        server.visitor().post("/api/v1/redeem", &body).await
    };
    let admin: Value = redeem(&codes[0], "Ada").await.expect(201).json();
    assert_eq!(redeem(&codes[0], "Mallory").await.status, 403, "once");
    for friend in ["Bea", "Cem", "Dora", "Edo", "Fay"] {
        redeem(&codes[1], friend).await.expect(201);
    }
    assert_eq!(redeem(&codes[1], "Gus").await.status, 403, "five friends");
    let ada = server.with_token(admin["token"].as_str().unwrap()).await;
    ada.post("/api/v1/invites", &serde_json::json!({ "uses": 1 })).await.expect(201);
    let people = on_this_log(&["admin", "people"]).await;
    let shown = String::from_utf8(people.stdout).unwrap();
    assert_eq!(shown.lines().count(), 7, "{shown}");
    stop(server).await;
}

#[tokio::test]
async fn caddy_knows_the_command_of_the_readme() {
    let line = README.lines().find_map(|line| line.strip_prefix("caddy ")).unwrap();
    let command = line.split('#').next().unwrap().split_whitespace().next().unwrap();
    let asked = Command::new("caddy").args([command, "--help"]).kill_on_drop(true).output();
    match within("caddy", asked).await {
        Ok(output) => {
            let help = String::from_utf8(output.stdout).unwrap();
            assert!(help.contains("--from") && help.contains("--to"), "{help}");
        }
        Err(_) => eprintln!("there is no caddy on this machine: its part is left out"),
    }
}
