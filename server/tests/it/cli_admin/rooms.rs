//! `holdline admin rooms`: rules, members and deletion of rooms that there are, and of none.

use serde_json::json;

use crate::cli_admin::{admin, redeem_admin_link};
use crate::support::key;
use crate::support::log_command::{serve, stop};

#[tokio::test]
async fn room_that_does_not_exist_is_refused_and_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let (_, before, _) = admin(&path, &["rooms"]).await;
    for arguments in [
        &["invites", "make", "--room", "nosuch"][..],
        &["rooms", "rules", "nosuch", "--lock", "on"],
        &["rooms", "rules", "nosuch", "--title", "Tea", "--json"],
        &["rooms", "rules", "private-x", "--visibility", "private"],
        &["rooms", "members", "nosuch"],
        &["rooms", "members", "nosuch", "--add", "abcdefghijkmnpqr"],
        &["rooms", "members", "nosuch", "--admin", "abcdefghijkmnpqr"],
        &["rooms", "members", "nosuch", "--mute", "abcdefghijkmnpqr", "--for", "1h"],
        &["rooms", "members", "nosuch", "--remove", "abcdefghijkmnpqr"],
        &["rooms", "delete", "nosuch", "--yes"],
        &["rooms", "delete", "nosuch"],
        &["hooks", "list", "nosuch"],
        &["hooks", "make", "nosuch", "CI"],
        &["hooks", "remove", "nosuch", "abcdefghijkmnpqr"],
    ] {
        let (status, printed, said) = admin(&path, arguments).await;
        assert_eq!((status, printed.as_str()), (1, ""), "{arguments:?}: {said}");
        assert!(said.contains("there is no such room"), "{arguments:?}: {said}");
    }
    assert_eq!(admin(&path, &["rooms"]).await.1, before);
    stop(server).await;
}

#[tokio::test]
async fn members_are_added_muted_unmuted_and_removed_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    redeem_admin_link(&server, &path, "Ada").await;
    let gus = server.person("Gus").await;
    gus.makes_room("tea").await;
    let change = async |option: &str, person: &str, further: &[&str]| {
        let arguments = [&["rooms", "members", "tea", option, person], further].concat();
        let (status, printed, said) = admin(&path, &arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {said}");
        printed
    };
    for (option, said) in [
        ("--add", "Ada is a member of tea\n"),
        ("--add", "nothing changed: Ada is a member of tea\n"),
        ("--admin", "Ada is an admin of tea\n"),
        ("--unmute", "nothing changed: Ada may write in tea again\n"),
        ("--remove", "Ada is no member of tea any more\n"),
        ("--remove", "nothing changed: Ada is no member of tea any more\n"),
    ] {
        assert_eq!(change(option, "Ada", &[]).await, said, "{option}");
    }
    let said = change("--mute", "Ada", &["--for", "2h", "--reason", "loud"]).await;
    assert!(said.starts_with("Ada is muted in tea until 20"), "{said}");
    assert_eq!(change("--unmute", "Ada", &["--reason", "a mistake"]).await, "Ada may write in tea again\n");
    let id = gus.person().id.to_string();
    let said = change("--mute", &id, &["--for", "2h"]).await;
    assert!(said.starts_with(&format!("{id} is muted in tea until 20")), "{said}");
    assert_eq!(gus.publishes("tea", key(), "x").await.status, 403);
    assert_eq!(change("--unmute", &id, &[]).await, format!("{id} may write in tea again\n"));
    gus.says_in("tea", "x").await;
    let (status, _, said) = admin(&path, &["rooms", "members", "tea", "--unmute", "gus"]).await;
    assert!(status == 1 && said.contains("a guest is given by the id"), "{said}");
    stop(server).await;
}

#[tokio::test]
async fn guest_in_a_room_is_found_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    let ada = redeem_admin_link(&server, &path, "Ada").await;
    let (ada, gus) = (server.with_token(&ada.token.unwrap()).await, server.person("Gus").await);
    ada.makes_room("tea").await;
    let member = format!("/api/v1/rooms/tea/members/{}", gus.person().id);
    ada.put(&member, &json!({ "muted_until": u64::MAX >> 12, "name": "Gus" })).await.expect(200);
    let (_, table, _) = admin(&path, &["rooms", "members", "tea"]).await;
    assert!(table.contains("for ever"), "{table}");
    let (status, printed, said) = admin(&path, &["rooms", "members", "tea", "--unmute", "Gus"]).await;
    assert_eq!((status, printed.as_str()), (0, "Gus may write in tea again\n"), "{said}");
    gus.says_in("tea", "x").await;
    stop(server).await;
}
