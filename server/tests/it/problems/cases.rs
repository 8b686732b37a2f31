//! The table of invalid requests, each with the code of its problem.

use holdline_shared::ProblemCode::{self, *};
use serde_json::json;

use super::case::Case;
use super::case::Who::{self, Ada, Bob, Nobody};

const JSON: &str = "Content-Type: application/json\r\n";
const UUID: &str = "7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f";

/// Collects the cases.
pub(super) fn all() -> Vec<Case> {
    [polls(), publishes(), changes(), people(), routes()].into_iter().flatten().collect()
}

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

fn people() -> Vec<Case> {
    let post = |path, body: &str, code| case(Nobody, "POST", path, JSON, body, code);
    vec![
        post("/api/v1/session", r#"{"nickname": "Holdline"}"#, NameTaken),
        post("/api/v1/session", r#"{"nickname": "Eve", "password": 1}"#, InvalidBody),
        post("/api/v1/sign-in", r#"{"name": "Eve", "passphrase": "wrong horse"}"#, WrongSecret),
        post("/api/v1/sign-in", r#"{"name": "Eve"}"#, InvalidBody),
        post("/api/v1/sign-in", r#"{"name": "Eve", "passphrase": {"$ne": ""}}"#, InvalidBody),
        post("/api/v1/redeem", r#"{"code": "x"}"#, WrongSecret),
        post("/api/v1/redeem", r#"{"code": ["x"]}"#, InvalidBody),
        post("/api/v1/invites", "{}", SessionRequired),
        case(Ada, "POST", "/api/v1/invites", JSON, "{}", NotAllowed),
        case(Ada, "POST", "/api/v1/invites", JSON, r#"{"room": "nowhere"}"#, UnknownRoom),
        case(Ada, "POST", "/api/v1/invites", JSON, r#"{"room": "lobby"}"#, NotAllowed),
        case(Ada, "POST", "/api/v1/me/device-link", "", "", NotAllowed),
        case(Ada, "POST", "/api/v1/admin-link", "", "", NotAllowed),
        case(Ada, "PUT", "/api/v1/door", JSON, r#"{"door": "invite"}"#, NotAllowed),
        case(Ada, "PUT", "/api/v1/door", JSON, r#"{"door": "ajar"}"#, InvalidBody),
        case(Ada, "PATCH", "/api/v1/me", JSON, r#"{"passphrase": "1234567"}"#, InvalidBody),
        case(Ada, "PATCH", "/api/v1/me", JSON, r#"{"time_zone": "<b>"}"#, InvalidBody),
        case(Ada, "PATCH", "/api/v1/me", JSON, r#"{"about": "x"}"#, NotAllowed),
        case(Ada, "DELETE", "/api/v1/me", "", "", InvalidParameter),
        case(Ada, "DELETE", "/api/v1/me?messages=some", "", "", InvalidParameter),
        case(Ada, "DELETE", "/api/v1/invites/abc", "", "", UnknownItem),
        case(Ada, "DELETE", "/api/v1/me/sessions/abc", "", "", NotAllowed),
        case(Ada, "PATCH", "/api/v1/people/abc", JSON, r#"{"admin": true}"#, NotAllowed),
        case(Nobody, "GET", "/api/v1/people/abc", "", "", UnknownPerson),
        case(Nobody, "GET", "/api/v1/me", "", "", SessionRequired),
    ]
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
