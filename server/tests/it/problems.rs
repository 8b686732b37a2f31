//! Long because it is a table: invalid requests, and the problems that answer them.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_server::Scope;
use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::{
    Chunk, Draft, Follower, Log, LogError, LoggedRoom, MemoryLog, Outcome, Page, Retention,
};
use holdline_shared::{Epoch, PersonId, ProblemCode, RoomName, RoomSelection, Seq};
use serde_json::json;

use crate::support::{Server, key};

use ProblemCode::*;

const JSON: &str = "Content-Type: application/json\r\n";
const UUID: &str = "7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f";

/// The sender of a request.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    Nobody,
    Ada,
    Bob,
}
use Who::{Ada, Bob, Nobody};

/// An invalid request and its problem. `{said}` is a message of Ada's, `{deleted}` a deleted one, `{epoch}` the log's.
struct Case(Who, &'static str, &'static str, &'static str, Vec<u8>, ProblemCode);

fn case(
    who: Who,
    method: &'static str,
    path: &'static str,
    headers: &'static str,
    body: impl Into<Vec<u8>>,
    code: ProblemCode,
) -> Case {
    Case(who, method, path, headers, body.into(), code)
}

fn message(text: &str) -> String {
    json!({ "key": UUID, "text": text }).to_string()
}

fn polls() -> Vec<Case> {
    let get = |path, code| case(Nobody, "GET", path, "", "", code);
    vec![
        get("/api/v1/poll", InvalidParameter),
        get("/api/v1/poll?room", InvalidRoom),
        get("/api/v1/poll?room=", InvalidRoom),
        get("/api/v1/poll?room=tea%20room", InvalidRoom),
        get("/api/v1/poll?room=%FF%FE", InvalidRoom),
        get("/api/v1/poll?room=%", InvalidRoom),
        get("/api/v1/poll?room=%E2%80%AE", InvalidRoom),
        get("/api/v1/poll?room=lobby&wait=-1", InvalidParameter),
        get("/api/v1/poll?room=lobby&wait=1.5", InvalidParameter),
        get("/api/v1/poll?room=lobby&wait=4294967296", InvalidParameter),
        get("/api/v1/poll?room=lobby&wait=", InvalidParameter),
        get("/api/v1/poll?room=lobby&since=1", InvalidParameter),
        get("/api/v1/poll?room=lobby&wait=0&wait=1", InvalidParameter),
        get("/api/v1/poll?room=lobby&after=now&after=start", InvalidParameter),
        get("/api/v1/events?room=lobby&after=now&after=start", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?limit=1&limit=2", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?before=9&before=8", InvalidParameter),
        get("/api/v1/rooms?limit=1", InvalidParameter),
        get("/api/v1/rooms/lobby/messages/1?x", InvalidParameter),
        get("/api/v1/poll?room=lobby&after=7", InvalidCursor),
        get("/api/v1/poll?room=lobby&after={epoch}-", InvalidCursor),
        get("/api/v1/poll?room=lobby&after={epoch}-18446744073709551616", InvalidCursor),
        get("/api/v1/poll?room=lobby&after={epoch}-18446744073709551615", EpochChanged),
        get("/api/v1/poll?room=lobby&after=00000000000000ff-1", EpochChanged),
        get("/api/v1/poll?room=nowhere", UnknownRoom),
        get("/api/v1/poll?room=lobby&room=nowhere&wait=0", UnknownRoom),
        get("/api/v1/poll?room=lobby&here=lobby", SessionRequired),
        case(
            Nobody,
            "GET",
            "/api/v1/poll?room=lobby&here=lobby",
            "Cookie: holdline_session=x\r\n",
            "",
            SessionInvalid,
        ),
        get("/api/v1/events?room=lobby&wait=1", InvalidParameter),
        get("/api/v1/events?room=lobby&here=lobby", InvalidParameter),
        get("/api/v1/events?room=lobby&presence=x", InvalidParameter),
        get("/api/v1/rooms/lobby/messages/99", UnknownMessage),
        get("/api/v1/rooms/lobby/messages/1", UnknownMessage),
        get("/api/v1/rooms/lobby/messages/18446744073709551615", UnknownMessage),
        get("/api/v1/rooms/lobby/messages/x", InvalidParameter),
        get("/api/v1/rooms/nowhere/messages/2", UnknownRoom),
        get("/api/v1/rooms/lobby/messages?limit=0", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?limit=201", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?limit=many", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?before=-1", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?before=99999999999999999999", InvalidParameter),
        get("/api/v1/rooms/lobby/messages?page=2", InvalidParameter),
        get("/api/v1/rooms/nowhere/messages", UnknownRoom),
        get("/api/v1/rooms/%FF/messages", InvalidParameter),
        get("/api/v1/rooms/%ZZ/messages", InvalidRoom),
        get("/api/v1/rooms/%2e%2e/messages", InvalidRoom),
        get("/api/v1/rooms/%00/messages", InvalidRoom),
    ]
}

fn publishes() -> Vec<Case> {
    let post =
        |headers, body: Vec<u8>, code| case(Ada, "POST", "/api/v1/rooms/lobby/messages", headers, body, code);
    let with = |body: &str, code| post(JSON, body.into(), code);
    vec![
        with("{", InvalidJson),
        with("hello", InvalidJson),
        with("{\"key\": \"\\ud800\"}", InvalidJson),
        with(&"[".repeat(1000), InvalidBody),
        with(&format!("{{\"x\": {}", "[".repeat(1000)), InvalidJson),
        post(JSON, b"\xff\xfe".into(), InvalidJson),
        with("[]", InvalidBody),
        with(r#" ["7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","hello"]"#, InvalidBody),
        with("{}", InvalidBody),
        with("null", InvalidBody),
        with(&json!({ "text": "no key" }).to_string(), InvalidBody),
        with(&json!({ "key": UUID, "text": 7 }).to_string(), InvalidBody),
        with(&json!({ "key": UUID, "text": null }).to_string(), InvalidBody),
        with(&json!({ "key": UUID, "text": "x", "reply_to": "x" }).to_string(), InvalidBody),
        with(&json!({ "key": UUID, "text": "x", "reply_to": -1 }).to_string(), InvalidBody),
        with(&json!({ "key": "1", "text": "x" }).to_string(), InvalidKey),
        with(&json!({ "key": UUID, "text": "x", "reply_to": 99 }).to_string(), UnknownMessage),
        with(&message(""), InvalidText),
        with(&message(" \n"), InvalidText),
        with(&message("a\u{0}b"), InvalidText),
        with(&message(&"x".repeat(4_001)), InvalidText),
        with(&message(&"x".repeat(100_000)), InvalidText),
        with(&message(&"x".repeat(200_000)), BodyTooLarge),
        post("", message("x").into(), UnsupportedMediaType),
        post("Content-Type: text/plain\r\n", message("x").into(), UnsupportedMediaType),
        post("Content-Type: \u{e9}\r\n", message("x").into(), UnsupportedMediaType),
        case(Nobody, "POST", "/api/v1/rooms/lobby/messages", JSON, message("x"), SessionRequired),
        case(
            Nobody,
            "POST",
            "/api/v1/rooms/lobby/messages",
            "Authorization: Bearer x\r\n",
            "",
            SessionInvalid,
        ),
        case(Ada, "POST", "/api/v1/rooms/nowhere/messages", JSON, message("x"), UnknownRoom),
        case(Ada, "POST", "/api/v1/rooms/a%20b/messages", JSON, message("x"), InvalidRoom),
        case(Ada, "POST", "/api/v1/rooms/lobby/messages", "Sec-Fetch-Site: cross-site\r\n", "", CrossSite),
        case(Ada, "POST", "/api/v1/rooms/lobby/messages?room=tea", JSON, message("x"), InvalidParameter),
        case(Ada, "PUT", "/api/v1/rooms/lobby?topic=x", JSON, "{}", InvalidParameter),
        case(Ada, "PATCH", "/api/v1/rooms/lobby/messages/1?x=1", JSON, r#"{"text":"x"}"#, InvalidParameter),
        case(Ada, "DELETE", "/api/v1/rooms/lobby/messages/1?x=1", "", "", InvalidParameter),
        case(
            Ada,
            "PUT",
            "/api/v1/rooms/lobby/messages/1/reactions/%F0%9F%91%8D?on=0",
            "",
            "",
            InvalidParameter,
        ),
        case(
            Ada,
            "DELETE",
            "/api/v1/rooms/lobby/messages/1/reactions/%F0%9F%91%8D?x",
            "",
            "",
            InvalidParameter,
        ),
        case(Nobody, "POST", "/api/v1/session?nickname=x", JSON, "{}", InvalidParameter),
        case(Ada, "GET", "/api/v1/session?x=1", "", "", InvalidParameter),
        case(Ada, "DELETE", "/api/v1/session?x=1", "", "", InvalidParameter),
        case(Nobody, "POST", "/api/v1/session", "Sec-Fetch-Site: cross-site\r\n", "", CrossSite),
        case(Nobody, "POST", "/publish", "Sec-Fetch-Site: cross-site\r\n", "hello", CrossSite),
        case(Nobody, "POST", "/publish", "Sec-Fetch-Site: same-site\r\n", "hello", CrossSite),
        case(Nobody, "POST", "/publish", "Origin: http://evil.example\r\n", "hello", CrossSite),
        case(Nobody, "POST", "/publish", "Origin: null\r\n", "hello", CrossSite),
        post(
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            message("x").into(),
            UnsupportedMediaType,
        ),
        case(Nobody, "GET", "/healthz", "Host: localhost\r\n", "", InvalidRequest),
    ]
}

fn changes() -> Vec<Case> {
    let text = r#"{"text": "x"}"#;
    let said = "/api/v1/rooms/lobby/messages/{said}";
    vec![
        case(Ada, "PATCH", said, JSON, r#"{"text": ""}"#, InvalidText),
        case(Ada, "PATCH", said, JSON, "{}", InvalidBody),
        case(Bob, "PATCH", said, JSON, text, NotAuthor),
        case(Bob, "DELETE", said, "", "", NotAuthor),
        case(Nobody, "DELETE", said, "", "", SessionRequired),
        case(Ada, "PATCH", "/api/v1/rooms/lobby/messages/{deleted}", JSON, text, MessageDeleted),
        case(Ada, "PATCH", "/api/v1/rooms/lobby/messages/99", JSON, text, UnknownMessage),
        case(Ada, "DELETE", "/api/v1/rooms/lobby/messages/1", "", "", UnknownMessage),
        case(Ada, "DELETE", "/api/v1/rooms/lobby/messages/18446744073709551615", "", "", UnknownMessage),
        case(Ada, "DELETE", "/api/v1/rooms/lobby/messages/18446744073709551616", "", "", InvalidParameter),
        case(Ada, "DELETE", "/api/v1/rooms/lobby/messages/one", "", "", InvalidParameter),
        case(Ada, "DELETE", "/api/v1/rooms/lobby/messages/-1", "", "", InvalidParameter),
        case(Ada, "DELETE", "/api/v1/rooms/nowhere/messages/{said}", "", "", UnknownRoom),
        case(Ada, "PUT", "/api/v1/rooms/lobby/messages/{said}/reactions/x", "", "", InvalidEmoji),
        case(Ada, "PUT", "/api/v1/rooms/lobby/messages/{said}/reactions/%FF", "", "", InvalidParameter),
        case(
            Ada,
            "PUT",
            "/api/v1/rooms/lobby/messages/{said}/reactions/%F0%9F%91%8D%F0%9F%91%8D",
            "",
            "",
            InvalidEmoji,
        ),
        case(
            Ada,
            "PUT",
            "/api/v1/rooms/lobby/messages/{deleted}/reactions/%F0%9F%91%8D",
            "",
            "",
            MessageDeleted,
        ),
        case(Ada, "PUT", "/api/v1/rooms/lobby/messages/{crowded}/reactions/%F0%9F%91%8D", "", "", TooMany),
        case(Ada, "PUT", "/api/v1/rooms/tea%20room", "", "", InvalidRoom),
        case(Ada, "PUT", "/api/v1/rooms/tea", JSON, r#"{"topic": 7}"#, InvalidBody),
        case(
            Ada,
            "PUT",
            "/api/v1/rooms/tea",
            JSON,
            json!({"topic": "x".repeat(201)}).to_string(),
            InvalidTopic,
        ),
        case(Nobody, "PUT", "/api/v1/rooms/tea", "", "", SessionRequired),
        case(
            Nobody,
            "POST",
            "/api/v1/session",
            JSON,
            json!({"nickname": "x".repeat(33)}).to_string(),
            InvalidNickname,
        ),
        case(Nobody, "POST", "/api/v1/session", JSON, "{\"nickname\": \"\u{202e}x\"}", InvalidNickname),
        case(Nobody, "POST", "/api/v1/session", JSON, r#"{"nickname": {}}"#, InvalidBody),
    ]
}

fn routes() -> Vec<Case> {
    let send = |method, path, code| case(Nobody, method, path, "", "", code);
    vec![
        send("POST", "/api/v1/poll", UnsupportedMediaType),
        send("DELETE", "/api/v1/poll", MethodNotAllowed),
        send("BREW", "/api/v1/rooms", MethodNotAllowed),
        send("GET", "/api/v1/rooms/lobby", MethodNotAllowed),
        send("PUT", "/api/v1/rooms/lobby/messages", MethodNotAllowed),
        send("PUT", "/api/v1/rooms/lobby/messages/2", MethodNotAllowed),
        send("GET", "/publish", MethodNotAllowed),
        send("POST", "/subscribe", MethodNotAllowed),
        send("DELETE", "/healthz", MethodNotAllowed),
        send("POST", "/", MethodNotAllowed),
        send("GET", "/api/v1", UnknownRoute),
        send("GET", "/api/v1/", UnknownRoute),
        send("GET", "/api/v1/poll/", UnknownRoute),
        send("GET", "/api/v2/poll", UnknownRoute),
        send("GET", "/api/v1/rooms/a/b", UnknownRoute),
        send("GET", "/API/v1/poll", UnknownRoute),
        send("POST", "/nowhere", UnknownRoute),
        send("GET", "/../../etc/passwd", UnknownRoute),
        send("GET", "/%2e%2e/%2e%2e/etc/passwd", UnknownRoute),
        send("GET", "//etc/passwd", UnknownRoute),
        case(Nobody, "GET", "/api/v1/nothing", "Accept: text/html\r\n", "", UnknownRoute),
    ]
}

/// Sends all requests; returns the codes of the answers.
async fn send_invalid_requests(cases: Vec<Case>) -> HashSet<ProblemCode> {
    let server = Server::start().await;
    let (ada, bob) = (server.person("Ada").await, server.person("Bob").await);
    let said = ada.says("hello").await.seq.to_string();
    let deleted = ada.says("never mind").await.seq.to_string();
    ada.delete(&format!("/api/v1/rooms/lobby/messages/{deleted}")).await.expect(200);
    let crowded = ada.says("so many").await.seq.to_string();
    for emoji in 0x1F600..0x1F620_u32 {
        let emoji: String =
            char::from_u32(emoji).unwrap().to_string().bytes().map(|b| format!("%{b:02X}")).collect();
        bob.put(&format!("/api/v1/rooms/lobby/messages/{crowded}/reactions/{emoji}"), &json!({}))
            .await
            .expect(200);
    }
    let epoch = ada.cursor().await.epoch.to_string();
    let head = server.hub.head();
    let mut met = HashSet::new();
    for Case(who, method, path, headers, body, code) in cases {
        let path = path.replace("{said}", &said).replace("{deleted}", &deleted);
        let path = path.replace("{crowded}", &crowded).replace("{epoch}", &epoch);
        let token = match who {
            Nobody => String::new(),
            Ada => format!("Authorization: Bearer {}\r\n", ada.token()),
            Bob => format!("Authorization: Bearer {}\r\n", bob.token()),
        };
        let mut connection = server.connect().await;
        let reply = connection.request(method, &path, &format!("{headers}{token}"), &body).await;
        let asked =
            format!("{method} {path} {headers:?} {}", String::from_utf8_lossy(&body[..body.len().min(80)]));
        assert_eq!(reply.status, code.status(), "{asked}: {}", reply.text());
        assert_eq!(reply.problem(), code, "{asked}");
        if code == MethodNotAllowed {
            assert!(!reply.header("allow").is_empty(), "{asked}");
        }
        met.insert(code);
    }
    assert_eq!(server.hub.head(), head, "nothing was appended");
    met
}

#[tokio::test]
async fn every_invalid_request_is_answered_with_its_problem() {
    let cases = [polls(), publishes(), changes(), routes()].into_iter().flatten().collect();
    let met = send_invalid_requests(cases).await;
    // Codes that a healthy server does not send; the tests below and those of the limits cover the rest.
    let elsewhere = [
        Gap,
        Internal,
        LogUnavailable,
        Overloaded,
        RateLimited,
        RequestTimeout,
        ShuttingDown,
        StorageFull,
        UnknownHost,
    ];
    for code in ProblemCode::ALL {
        assert!(met.contains(code) != elsewhere.contains(code), "{code}");
    }
}

#[tokio::test]
async fn too_many_rooms_in_one_poll_are_refused() {
    let server = Server::start().await;
    let rooms: String = (0..51).map(|n| format!("&room=r{n}")).collect();
    assert_eq!(server.visitor().poll(&rooms[1..]).await.problem(), InvalidParameter);
    let here: String = (0..51).map(|n| format!("&here=r{n}")).collect();
    let ada = server.person("Ada").await;
    assert_eq!(ada.poll(&format!("room=lobby{here}")).await.problem(), InvalidParameter);
}

/// A log that can be read but not written, for a given reason.
struct Failing(MemoryLog, LogError);

impl Log for Failing {
    fn epoch(&self) -> Epoch {
        self.0.epoch()
    }
    fn secret(&self) -> [u8; 32] {
        self.0.secret()
    }
    fn head(&self) -> Seq {
        self.0.head()
    }
    fn append(&self, _: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        ready(Err(self.1.clone())).boxed()
    }
    fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> BoxFuture<'static, Result<Chunk, LogError>> {
        self.0.read(scope, rooms, after)
    }
    fn page(
        &self,
        scope: &Scope,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        self.0.page(scope, room, before, limit, reader)
    }
    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.0.prune(keep)
    }
    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        self.0.rooms()
    }
    fn follow(&self, after: Seq, follower: Follower) -> BoxFuture<'static, Result<(), LogError>> {
        self.0.follow(after, follower)
    }
}

#[tokio::test]
async fn failing_log_is_answered_with_retry_after() {
    let secret = "/var/lib/holdline.db is on fire";
    for (error, code) in [
        (LogError::Busy, Overloaded),
        (LogError::Full, StorageFull),
        (LogError::Closed, ShuttingDown),
        (LogError::Unavailable(secret.to_owned()), LogUnavailable),
    ] {
        let log = Arc::new(Failing(MemoryLog::new(), error));
        let server = Server::on(log, HubConfig::default(), ServeConfig::default()).await;
        let ada = server.person("Ada").await;
        let reply = ada.publishes("lobby", key(), "hello").await;
        assert_eq!(reply.problem(), code);
        assert_eq!(reply.header("retry-after"), "2", "{code}");
        assert!(!reply.text().contains("fire"), "what went wrong inside stays inside");
        let classic = server.connect().await.request("POST", "/publish", "", b"hello").await;
        assert_eq!(
            (classic.status, classic.header("content-type")),
            (code.status(), "text/plain;charset=utf-8")
        );
        // Reading still works.
        ada.polls("room=lobby&after=start&wait=0").await;
    }
}
