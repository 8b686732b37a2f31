//! Logs of versions 1 to 3 (`tests/data`), opened by this version with all of their content.

use holdline_server::Scope;
use holdline_server::log::{Denied, Draft, DraftKind, Log, LogError, Outcome, Refusal, SqliteLog};
use holdline_shared::{
    Batch, Entry, EntryKind, History, Person, PolicyChange, ProblemCode, RoomSelection, Seq,
};
use reqwest::Method;
use serde_json::json;

use crate::support::{Process, Reply, texts};

/// Ada's token, signed by version 1.
const TOKEN: &str = "h1.c5ub5efe7nqikn9m.QWRh.VOYKFy9DBXxIPGwY6sphoCr24PcKzhLxloXQjOQYr2s";

/// The cursor of the last entry, from version 1.
const CURSOR: &str = "fcaeeb30581f5eb3-16";

fn version_1() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    std::fs::write(&path, include_bytes!("../data/v1.db")).unwrap();
    (folder, path)
}

#[tokio::test]
async fn log_of_version_1_keeps_history_polls_keys_sessions_and_epoch() {
    let (_folder, path) = version_1();
    let server = Process::start(&["--log", &format!("sqlite:{}", path.display())]).await;
    let ada = server.with_token(TOKEN).await;
    let tea: History = ada.history("tea").await;
    assert_eq!((tea.cursor.to_string().as_str(), tea.topic.as_str()), (CURSOR, "Tea of all kinds"));
    let said: Vec<_> = tea.messages.iter().map(|m| m.text.as_ref().unwrap().as_str()).collect();
    assert_eq!(said, ["green, please", "said by a script"]);
    assert!(tea.messages[0].edited.is_some());
    let reactions: Vec<(&str, u64, &str)> = tea.messages[0]
        .reactions
        .iter()
        .map(|reaction| (reaction.emoji.as_str(), reaction.count, reaction.by[0].name.as_str()))
        .collect();
    assert_eq!(reactions, [("👍", 1, "Grace"), ("❤", 1, "Ada")]);
    let lobby: History = ada.history("lobby").await;
    assert_eq!(lobby.messages[1].reply_to, Some(Seq(3)));
    assert_eq!((&lobby.messages[2].text, lobby.messages[2].reactions.len()), (&None, 0), "deleted");

    let batch: Batch = ada.polls("room=*&after=start&wait=0").await;
    assert_eq!((batch.entries.len(), batch.cursor.to_string().as_str()), (16, CURSOR));
    assert_eq!(texts(&batch.entries), ["first words", "an answer", "gren, please", "said by a script"]);
    let key = "7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e01".parse().unwrap();
    let again: Entry = ada.publishes("lobby", key, "first words, again").await.expect(200).json();
    assert_eq!(again, batch.entries[2]);
    let edit: Entry = ada
        .patch("/api/v1/rooms/lobby/messages/3", &json!({ "text": "the same Ada edits" }))
        .await
        .expect(200)
        .json();
    assert_eq!(edit.seq, Seq(17));
    server.crash().await;
}

#[tokio::test]
async fn cookie_of_version_1_goes_on_and_becomes_a_new_one() {
    let (_folder, path) = version_1();
    let server = Process::start(&["--log", &format!("sqlite:{}", path.display())]).await;
    // The poll of an event loop is handed over for the new cookie.
    for path in ["/api/v1/me", "/api/v1/poll?room=lobby&after=start&wait=0"] {
        let request = server.visitor().request(Method::GET, path);
        let request = request.header("cookie", format!("holdline_session={TOKEN}"));
        let reply = Reply::from(request.send().await.unwrap()).await.expect(200);
        let cookie = reply.header("set-cookie");
        assert!(cookie.contains("=h2.c5ub5efe7nqikn9m.QWRh."), "{path}: {cookie}");
    }
    server.crash().await;
}

#[tokio::test]
async fn log_is_upgraded_once_and_gets_an_application_id() {
    let (_folder, path) = version_1();
    for _ in 0..2 {
        let log = SqliteLog::open(&path).unwrap();
        assert_eq!(log.epoch().to_string(), "fcaeeb30581f5eb3");
        let all = log.read(&Scope::of_every_room(), RoomSelection::All, Seq::START).await.unwrap();
        assert_eq!(all.entries.len(), 16);
        assert!(matches!(all.entries[15].entry().unwrap().kind, EntryKind::Message { .. }));
        assert_eq!(all.entries[0].entry().unwrap().author, Person::house());
        drop(log);
        let header = std::fs::read(&path).unwrap();
        assert_eq!(&header[68..72], b"HLDL");
    }
}

#[tokio::test]
async fn log_of_version_3_keeps_who_may_do_what() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    std::fs::write(&path, include_bytes!("../data/v3.db")).unwrap();
    let mut server = Process::start(&["--log", &format!("sqlite:{}", path.display())]).await;
    let stranger = server.visitor();
    assert_eq!(stranger.get("/api/v1/rooms").await.problem(), ProblemCode::SessionRequired, "door: invite");
    let body = json!({ "name": "Root", "passphrase": "correct horse battery" });
    let mut root = server.visitor();
    let reply = root.post("/api/v1/sign-in", &body).await.expect(201);
    root.adopts(&reply);
    let rooms = root.get("/api/v1/rooms").await.expect(200);
    assert!(rooms.text().contains("The den"), "{}", rooms.text());
    server.signal("TERM").await;
    server.ended().await;
    assert_eq!(holdline_server::log::maintenance::check(&path).unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn log_of_version_2_keeps_what_it_had_and_takes_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    std::fs::write(&path, include_bytes!("../data/v2.db")).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    let scope = Scope::of_every_room();
    let all = log.read(&scope, RoomSelection::All, Seq::START).await.unwrap();
    let tea = log.page(&scope, "tea".parse().unwrap(), None, 10, None).await.unwrap();
    let said: Vec<_> = tea.messages.iter().map(|m| m.text.as_ref().unwrap().as_str()).collect();
    assert_eq!((all.entries.len(), said), (9, vec!["green, please", "black"]));
    assert_eq!((tea.messages[0].reactions[0].count, tea.messages[1].reply_to), (1, Some(Seq(3))));
    let policy = PolicyChange { locked: Some(true), ..PolicyChange::default() };
    let kind = DraftKind::Room { topic: None, policy: Some(policy) };
    let locked = log.append(Draft { author: Person::house(), room: "tea".parse().unwrap(), kind }).await;
    assert!(matches!(locked, Ok(Outcome::Appended(_))), "{locked:?}");
    let said = log.append(Draft::say(Person::stdin(), "tea".parse().unwrap(), "x".parse().unwrap())).await;
    assert!(matches!(said, Err(LogError::Refused(Refusal::Denied(Denied::Locked)))), "{said:?}");
    log.close().await;
    assert_eq!(holdline_server::log::maintenance::check(&path).unwrap().faults, Vec::<String>::new());
}
