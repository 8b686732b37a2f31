//! The router inside another app, under a prefix, and behind a proxy that strips one.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::MemoryLog;
use holdline_server::{HttpConfig, ServeConfig, router, router_with};
use holdline_shared::{Entry, History, ProblemCode, RoomList, Session};
use reqwest::Method;
use serde_json::json;

use crate::support::{Reply, Server, key, trusting_loopback, until};

/// An app with its own state and pages.
async fn host() -> Server {
    host_with(HttpConfig::default()).await
}

async fn host_with(config: HttpConfig) -> Server {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let app = Router::new()
        .route("/", get(|State(name): State<&'static str>| async move { name }))
        .nest_service("/chat", router_with(hub.clone(), config))
        .with_state("the host's own page");
    Server::of(app, hub, ServeConfig::default()).await
}

#[tokio::test]
async fn host_app_keeps_its_own_pages() {
    let server = host().await;
    let visitor = server.visitor();
    assert_eq!(visitor.get("/").await.expect(200).text(), "the host's own page");
    assert_eq!(visitor.get("/api/v1/rooms").await.status, 404);
    assert_eq!(visitor.get("/chat/healthz").await.expect(200).text(), "ok\n");
    assert_eq!(visitor.get("/chat/api/v1/nothing").await.problem(), ProblemCode::UnknownRoute);
}

#[tokio::test]
async fn api_works_under_a_prefix() {
    let server = host().await;
    let visitor = server.visitor();
    let reply = visitor.post("/chat/api/v1/session", &json!({"nickname": "Ada"})).await.expect(201);
    assert!(reply.header("set-cookie").contains("; Path=/chat/;"), "{}", reply.header("set-cookie"));
    let session: Session = reply.json();
    let says = visitor
        .request(Method::POST, "/chat/api/v1/rooms/lobby/messages")
        .bearer_auth(session.token.unwrap());
    let history: History = visitor.get("/chat/api/v1/rooms/lobby/messages?limit=5").await.json();
    let poller = visitor.clone();
    let cursor = history.cursor;
    let held = tokio::spawn(async move {
        poller.get(&format!("/chat/api/v1/poll?room=lobby&after={cursor}&wait=25")).await
    });
    until("the poll is held", || server.hub.held() == 1).await;
    let says = says.json(&json!({"key": key().to_string(), "text": "hello"})).send().await.unwrap();
    let said: Entry = Reply::from(says).await.expect(201).json();
    assert_eq!(held.await.unwrap().json::<holdline_shared::Batch>().entries, [said]);
    let list: RoomList = visitor.get("/chat/api/v1/rooms").await.json();
    assert_eq!(list.rooms.len(), 1);
}

#[tokio::test]
async fn classic_routes_work_under_a_prefix() {
    let server = host().await;
    let mut page = server.connect().await;
    page.send("GET", "/chat/subscribe?random=1", "", b"").await;
    until("the page is held", || server.hub.held() == 1).await;
    let mut publisher = server.connect().await;
    assert_eq!(publisher.request("POST", "/chat/publish", "", b"hello").await.text(), "ok");
    let reply = page.reply().await.unwrap();
    assert_eq!(reply.text(), "hello");
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("holdline_cursor_chat_1=") && !cookie.contains("Path"), "{cookie}");
}

#[tokio::test]
async fn cookies_and_page_use_the_prefix_of_a_trusted_proxy() {
    let mut direct = ServeConfig::default();
    direct.http = trusting_loopback();
    for (server, inner, outer, name) in [
        (Server::with(HubConfig::default(), direct).await, "", "/talk/", "holdline_session_talk"),
        (host_with(trusting_loopback()).await, "/chat", "/talk/chat/", "holdline_session_talk.chat"),
    ] {
        let mut proxy = server.connect().await;
        let header = "X-Forwarded-Prefix: /talk\r\n";
        let session = proxy.request("POST", &format!("{inner}/api/v1/session"), header, b"").await;
        let cookie = session.header("set-cookie");
        assert!(
            cookie.starts_with(&format!("{name}=")) && cookie.contains(&format!("; Path={outer};")),
            "{cookie}"
        );
        let page = proxy.get(&format!("{inner}/"), header).await;
        assert!(
            page.text().contains(&format!("<base href=\"{outer}\" />")) || !page.text().contains("<base")
        );
    }
}

#[tokio::test]
async fn prefix_of_an_untrusted_client_is_ignored() {
    for (server, inner, base) in [(Server::start().await, "", "/"), (host().await, "/chat", "/chat/")] {
        let mut stranger = server.connect().await;
        let header = "X-Forwarded-Prefix: /talk\r\nX-Forwarded-Proto: https\r\n";
        let session = stranger.request("POST", &format!("{inner}/api/v1/session"), header, b"").await;
        let cookie = session.header("set-cookie");
        assert!(cookie.contains(&format!("; Path={base};")) && !cookie.contains("Secure"), "{cookie}");
    }
}

#[tokio::test]
async fn router_nests_in_an_app_with_any_state() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let app = Router::<u32>::new().nest("/chat", router(hub.clone())).with_state(7);
    let server = Server::of(app, hub, ServeConfig::default()).await;
    let visitor = server.visitor();
    visitor.get("/chat").await.expect(200);
    assert_eq!(visitor.get("/chat/api/v1/rooms/lobby/messages").await.json::<History>().messages, []);
}

#[tokio::test]
async fn page_has_the_mount_path_as_its_base() {
    let server = host().await;
    for path in ["/chat", "/chat/", "/chat/r/tea", "/chat/index.html"] {
        let page = server.visitor().get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        // An executable built without the client shows a page without a `<base>`.
        let says_where = page.text().contains(r#"<base href="/chat/" />"#);
        assert!(says_where || !page.text().contains("<base"), "{path}");
        // The client is loaded while the page arrives.
        let link = page.header("link");
        let client = link.strip_prefix('<').and_then(|link| link.split_once('>')).map(|(client, _)| client);
        assert_eq!(client.is_some(), says_where, "{link}");
        if let Some(client) = client {
            assert!(page.text().contains(client.strip_prefix("/chat/").unwrap()), "{client}");
            let client = server.visitor().get(client).await;
            assert_eq!(client.header("content-type"), "application/wasm");
        }
    }
}
