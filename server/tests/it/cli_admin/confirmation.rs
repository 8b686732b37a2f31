//! Commands that cannot be undone ask for the name on a terminal, and need `--yes` elsewhere.

use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;

use crate::cli_admin::{admin, redeem_admin_link};
use crate::support::log_command::{serve, stop, url};
use crate::support::{terminal, within};

#[tokio::test]
async fn erasing_and_deleting_wait_for_a_confirmation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    redeem_admin_link(&server, &path, "Ada").await;
    server.person("Guest").await.makes_room("tea").await;
    for (arguments, name, list) in [
        (&["people", "erase", "Ada", "--messages", "keep"][..], "Ada", "people"),
        (&["rooms", "delete", "tea"], "tea", "rooms"),
    ] {
        let is_there = async || admin(&path, &[list]).await.1.contains(name);
        let (status, _, said) = admin(&path, arguments).await;
        assert!(status == 1 && said.contains("cannot be undone; --yes confirms it"), "{said}");
        for (typed, goes) in [("lobby", false), (name, true)] {
            assert!(is_there().await, "{arguments:?} before {typed}");
            let log = url(&path);
            let mut script = terminal::command(true, &[&["admin", "--log", &log], arguments].concat());
            let script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
            let Ok(mut script) = script else {
                return eprintln!("there is no script on this machine: its part is left out");
            };
            let mut input = script.stdin.take().unwrap();
            input.write_all(format!("{typed}\n").as_bytes()).await.unwrap();
            let output = within("the command", script.wait_with_output()).await.unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(said.contains("type the name to confirm it"), "{said}");
            assert_eq!(output.status.success(), goes, "{said}");
        }
        assert!(!is_there().await, "{arguments:?}");
    }
    stop(server).await;
}
