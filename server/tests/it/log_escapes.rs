//! Escape sequences in a log reach no terminal, neither from `tail` nor from `log check`, on a terminal and off it.

use std::process::Stdio;

use crate::support::log_command::{serve, stop, url};
use crate::support::terminal::{command, expect_plain, output};
use crate::support::within;

/// A title, a colour by an eight-bit control character, and a deletion.
const ESCAPES: &str = "\u{1b}]0;pwned\u{7}\u{9b}31m\u{7f}\u{85}";

/// The same as a log may have it from before texts were checked, or from another program.
const AS_JSON: &str = "\\u001b]0;pwned\\u0007\\u009b31m\\u007f\\u0085";

#[tokio::test]
async fn escapes_in_entries_are_shown_and_not_sent_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = server.person("Ada").await;
    ada.makes_room("tea").await;
    for room in ["lobby", "tea"] {
        ada.says_in(room, "harmless MARK").await;
    }
    stop(server).await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let changed = database
        .execute("UPDATE entries SET json = replace(replace(json, 'MARK', ?1), 'Ada', ?1)", [AS_JSON])
        .unwrap();
    assert!(changed > 2);
    let rename = "UPDATE rooms SET name = 'tea' || ?1, entries = entries + 1 WHERE name = 'tea'";
    database.execute(rename, [ESCAPES]).unwrap();
    drop(database);
    for on_terminal in [true, false] {
        let said = output(on_terminal, &["log", "check", "--log", &url(&path)]).await;
        expect_plain(&said, "log check");
        assert!(said.contains("damaged"), "{said}");
    }
    // The room can be read again, with its entries as they are.
    let database = rusqlite::Connection::open(&path).unwrap();
    let back = "UPDATE rooms SET name = 'tea', entries = entries - 1 WHERE name LIKE 'tea%'";
    database.execute(back, []).unwrap();
    drop(database);
    let server = serve(&path).await;
    let address = format!("http://{}", server.address);
    for further in [&["--json"][..], &[]] {
        let arguments = [&["tail", "--server", &address, "-r", "'*'", "--last", "5"], further].concat();
        for on_terminal in [true, false] {
            // Only a shell takes the quotes away.
            let arguments: Vec<&str> =
                arguments.iter().map(|one| if on_terminal { one } else { one.trim_matches('\'') }).collect();
            let mut tail = command(on_terminal, &arguments).stdout(Stdio::piped()).spawn().unwrap();
            let mut out = tail.stdout.take().unwrap();
            let mut seen = Vec::new();
            while String::from_utf8_lossy(&seen).matches("harmless").count() < 2 {
                let read = tokio::io::AsyncReadExt::read_buf(&mut out, &mut seen);
                assert_ne!(within("a line of tail", read).await.unwrap(), 0, "tail ended");
            }
            expect_plain(&String::from_utf8_lossy(&seen), "tail");
            tail.kill().await.unwrap();
        }
    }
    stop(server).await;
}
