//! `holdline admin invites`: the list of links.

use serde_json::json;

use crate::cli_admin::{admin, redeem_admin_link};
use crate::support::log_command::{serve, stop};

#[tokio::test]
async fn invites_are_listed_with_the_names_of_their_makers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = redeem_admin_link(&server, &path, "Ada").await;
    let client = server.with_token(&ada.token.unwrap()).await;
    client.post("/api/v1/invites", &json!({ "note": "of-ada" })).await.expect(201);
    admin(&path, &["invites", "make", "--note", "of-the-owner"]).await;
    let (_, table, _) = admin(&path, &["invites"]).await;
    let maker = |note: &str| {
        let line = table.lines().find(|line| line.ends_with(note));
        line.and_then(|line| line.split_whitespace().rev().nth(1)).unwrap_or_default()
    };
    assert_eq!((maker("of-ada"), maker("of-the-owner")), ("Ada", "holdline"), "{table}");
    let (_, json, _) = admin(&path, &["invites", "--json"]).await;
    assert!(json.contains(ada.person.id.as_str()), "the server's answer: {json}");
    stop(server).await;
}
