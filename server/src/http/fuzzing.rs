//! Targets of `fuzz/` that pass the router: what stands in bodies, forms, cookies and links. No input makes the server fail, and
//! none is a code that it did not make.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a fuzzer learns from a panic")]

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use futures_util::FutureExt as _;
use holdline_shared::{Person, Timestamp, Topic};
use http::{HeaderMap, Method, Request, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

use super::routes;
use crate::access::{AccessChange, Invite, InviteGives, Secret, make_id};
use crate::api::{App, HttpConfig, Limits, OwnerConnection};
use crate::hub::Hub;
use crate::log::{Draft, MemoryLog};

/// The operations that take a JSON body, with parameters that lead to something. Every second one of a target's inputs is sent
/// by the owner, the others by a stranger.
const WITH_BODY: [(Method, &str); 21] = [
    (Method::PUT, "/api/v1/rooms/tea"),
    (Method::POST, "/api/v1/rooms"),
    (Method::PUT, "/api/v1/rooms/lobby/members/aaaaaaaaaaaaaaaa"),
    (Method::POST, "/api/v1/rooms/lobby/hooks"),
    (Method::POST, "/api/v1/rooms/lobby/messages"),
    (Method::PATCH, "/api/v1/rooms/lobby/messages/1"),
    (Method::POST, "/api/v1/rooms/lobby/messages/1/report"),
    (Method::POST, "/api/v1/direct"),
    (Method::PUT, "/api/v1/people/aaaaaaaaaaaaaaaa/ban"),
    (Method::POST, "/api/v1/bans"),
    (Method::POST, "/api/v1/tokens"),
    (Method::POST, "/api/v1/session"),
    (Method::PUT, "/api/v1/door"),
    (Method::POST, "/api/v1/rotate-secret"),
    (Method::POST, "/api/v1/sign-in"),
    (Method::PATCH, "/api/v1/me"),
    (Method::PATCH, "/api/v1/people/aaaaaaaaaaaaaaaa"),
    (Method::POST, "/api/v1/invites"),
    (Method::POST, "/api/v1/redeem"),
    (Method::POST, "/api/v1/redeem/look"),
    (Method::POST, "/hooks/aaaaaaaaaaaaaaaaaaaaaaaaaaa"),
];

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A server in memory with one open invite, whose code nobody knows.
struct Server {
    router: Router,
    runtime: Runtime,
}

static SERVER: LazyLock<Server> = LazyLock::new(Server::new);

impl Server {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let hub = runtime.block_on(async {
            let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
            let invite = Invite {
                id: make_id(),
                code: Secret::make().hash(),
                gives: InviteGives::Admin,
                uses: 1,
                expires: Timestamp(u64::MAX >> 12),
                room: None,
                note: Topic::default(),
            };
            let made = AccessChange::InviteMade { invite };
            hub.publish(Draft::access(Person::house(), made)).await.unwrap();
            hub
        });
        let router = routes(App::new(hub, HttpConfig { limits: Limits::NONE, ..HttpConfig::default() }));
        Self { router, runtime }
    }

    /// The answer to a request, unless it is held.
    fn ask(&self, request: Request<Body>) -> Option<(StatusCode, HeaderMap)> {
        let answer = self.router.clone().oneshot(request);
        let answered = self.runtime.block_on(async { tokio::task::unconstrained(answer).now_or_never() });
        let (head, _) = answered?.unwrap().into_parts();
        assert_ne!(head.status, StatusCode::INTERNAL_SERVER_ERROR);
        Some((head.status, head.headers))
    }

    /// The answer to a request that is not held.
    fn answer(&self, request: Request<Body>) -> StatusCode {
        let answer = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        answer.status()
    }
}

fn request(method: Method, path: &str, media_type: &str, body: &[u8]) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    request.header(header::CONTENT_TYPE, media_type).body(Body::from(body.to_vec())).unwrap()
}

/// The code of an invite, alone and as the body of a request: none that the server has not made is of any use.
pub fn invite_code(bytes: &[u8]) {
    let code = String::from_utf8_lossy(bytes);
    let alone = serde_json::json!({ "code": code }).to_string();
    for path in ["/api/v1/redeem", "/api/v1/redeem/look"] {
        for body in [bytes, alone.as_bytes()] {
            let status = SERVER.answer(request(Method::POST, path, JSON, body));
            assert!(status.is_client_error(), "{path}: {status}");
        }
    }
    let link = format!("/join/{}", percent_encode(bytes, NON_ALPHANUMERIC));
    SERVER.answer(request(Method::GET, &link, JSON, b""));
}

/// The form of a poll, which says the same as the query.
pub fn poll_form(bytes: &[u8]) {
    let form = SERVER.ask(request(Method::POST, "/api/v1/poll", FORM, bytes));
    let encoded = percent_encode(bytes, UNSAFE).to_string();
    let query = SERVER.ask(request(Method::GET, &format!("/api/v1/poll?{encoded}"), FORM, b""));
    assert_eq!(form.map(|(status, _)| status), query.map(|(status, _)| status));
}

/// The characters that cannot stand in a query, without `%`, so that escapes are tried.
const UNSAFE: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// The cookies of a page of the classic routes.
pub fn classic_cookies(bytes: &[u8]) {
    let Ok(cookies) = http::HeaderValue::from_bytes(bytes) else { return };
    let mut subscribe = request(Method::GET, "/subscribe?wait=0&random=1", FORM, b"");
    subscribe.headers_mut().insert(header::COOKIE, cookies);
    let Some((status, headers)) = SERVER.ask(subscribe) else { return };
    assert_eq!(status, StatusCode::OK);
    for set in headers.get_all(header::SET_COOKIE) {
        let (name, _) = set.to_str().unwrap().split_once('=').unwrap();
        assert!(name.starts_with("holdline_cursor"), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';'), "{name}");
    }
}

/// The JSON body of an operation, which the first byte chooses. The server begins anew with each input, because some are accepted.
pub fn json_body(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else { return };
    let (by_owner, choice) = (choice % 2 == 0, usize::from(choice / 2));
    let (method, path) = WITH_BODY[choice % WITH_BODY.len()].clone();
    let mut request = request(method, path, JSON, body);
    if by_owner {
        request.extensions_mut().insert(OwnerConnection);
    }
    Server::new().answer(request);
}
