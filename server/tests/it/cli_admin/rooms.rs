//! `holdline admin rooms`: rules, members and deletion of rooms that there are, and of none.

use crate::cli_admin::admin;
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
