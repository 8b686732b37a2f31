//! `holdline admin bans`: the people whom a ban is about.

use serde_json::Value;

use crate::cli_admin::{admin, redeem_admin_link};
use crate::support::key;
use crate::support::log_command::{serve, stop};

#[tokio::test]
async fn ban_of_nobody_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    redeem_admin_link(&server, &path, "Ada").await;
    let gus = server.person("Gus").await;
    for (nobody, hint) in [
        ("gus", "lists members; a guest is given by the id, which `holdline tail --json` shows"),
        ("Gus", "a guest is given by the id"),
        ("ada", "there is \"Ada\""),
        ("0123456789", "lists members"),
    ] {
        let (status, printed, said) = admin(&path, &["bans", "add", nobody]).await;
        assert_eq!((status, printed.as_str()), (1, ""), "{said}");
        assert!(said.contains(&format!("there is nobody of the name or id {nobody:?}")), "{said}");
        assert!(said.contains(hint), "{said}");
    }
    gus.says("nobody is banned").await;
    for whom in ["Ada", gus.person().id.as_str()] {
        let (status, printed, said) = admin(&path, &["bans", "add", whom]).await;
        assert_eq!((status, printed), (0, format!("{whom} is banned until the ban is lifted\n")), "{said}");
    }
    assert_eq!(gus.publishes("lobby", key(), "x").await.status, 403);
    let bans: Value = serde_json::from_str(&admin(&path, &["bans", "--json"]).await.1).unwrap();
    let names: Vec<&Value> =
        bans["bans"].as_array().unwrap().iter().map(|ban| &ban["person"]["name"]).collect();
    assert!(names.len() == 2 && names.contains(&&"Ada".into()), "{bans}");
    stop(server).await;
}
