//! `holdline admin audit`: what each line tells.

use serde_json::{Value, json};

use crate::cli_admin::{admin, redeem_admin_link};
use crate::support::log_command::{serve, stop};

#[tokio::test]
async fn audit_tells_what_was_done_to_whom_until_when_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = redeem_admin_link(&server, &path, "Ada").await;
    let ada = server.with_token(&ada.token.unwrap()).await;
    let gus = server.person("Gus").await;
    let done = async |arguments: &[&str]| {
        let (status, printed, said) = admin(&path, arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    };
    gus.makes_room("tea").await;
    let said = gus.says_in("tea", "mean").await;
    let report = format!("/api/v1/rooms/tea/messages/{}/report", said.seq);
    ada.post(&report, &json!({ "reason": "rude" })).await.expect(204);
    done(&["rooms", "members", "tea", "--mute", "Ada", "--for", "2h", "--reason", "loud"]).await;
    done(&["rooms", "members", "tea", "--unmute", "Ada"]).await;
    done(&["rooms", "members", "tea", "--add", "Ada"]).await;
    done(&["rooms", "members", "tea", "--remove", "Ada"]).await;
    done(&["bans", "add", "--visitor", "192.0.2.7", "--for", "1h", "--reason", "spam"]).await;
    let bans: Value = serde_json::from_str(&done(&["bans", "--json"]).await).unwrap();
    done(&["bans", "lift", bans["bans"][0]["id"].as_str().unwrap()]).await;
    let audit = done(&["audit"]).await;
    // The sequence number and the time come first, and the moments differ.
    let lines: Vec<Vec<&str>> =
        audit.lines().skip(1).map(|line| line.split_whitespace().skip(3).collect()).collect();
    let has = |words: &[&str]| {
        let has = |line: &Vec<&str>| words.iter().all(|word| line.contains(word));
        assert!(lines.iter().any(has), "{words:?}: {audit}");
    };
    let day = lines.iter().find(|line| line.contains(&"muted")).and_then(|line| line.get(4));
    let day = day.unwrap_or_else(|| panic!("{audit}"));
    assert!(day.starts_with("20"), "the end of the mute: {audit}");
    has(&["holdline", "muted", "Ada", "tea", "loud"]);
    has(&["holdline", "unmuted", "Ada", "tea"]);
    has(&["holdline", "added", "Ada", "tea", "member"]);
    has(&["holdline", "removed", "Ada", "tea"]);
    has(&["holdline", "banned", "192.0.2.7", "spam"]);
    has(&["holdline", "unbanned", "192.0.2.7"]);
    has(&["Ada", "reported", "Gus", "tea", "rude", "message", &said.seq.to_string()]);
    stop(server).await;
}
