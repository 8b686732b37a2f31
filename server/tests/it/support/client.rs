//! A client of the API: reqwest, with a token once there is a session.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holdline_server::AdminSocket;
use holdline_shared::{Batch, Cursor, Entry, EntryKind, History, MessageText, Person, PublishKey, Session};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::Reply;

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    session: Option<Session>,
}

/// Makes a client on the admin socket beside the log at `path`.
pub(crate) fn owner(path: &Path) -> Client {
    let http = reqwest::Client::builder().unix_socket(AdminSocket::beside(path)).no_proxy();
    let http = http.tls_certs_only([]).timeout(Duration::from_secs(60)).build().unwrap();
    // The address is part of every URL; the socket makes no use of it.
    Client::new(http, SocketAddr::from(([127, 0, 0, 1], 9)))
}

/// Makes a key that is unique in this run.
pub(crate) fn key() -> PublishKey {
    static LAST: AtomicU64 = AtomicU64::new(0);
    PublishKey::from_bytes(u128::from(LAST.fetch_add(1, Ordering::Relaxed)).to_be_bytes())
}

/// The texts of the messages among these entries.
pub(crate) fn texts(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .filter_map(|entry| match &entry.kind {
            EntryKind::Message { text, .. } => text.as_ref().map(MessageText::as_str),
            _ => None,
        })
        .collect()
}

impl Client {
    /// Makes the HTTP client that all clients of a test share; its connections belong to the test's runtime. Has a time
    /// limit that no request reaches.
    pub(crate) fn http() -> reqwest::Client {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // reqwest needs a provider even without TLS.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap()
    }

    /// Makes a client without a session.
    pub(crate) fn new(http: reqwest::Client, address: SocketAddr) -> Self {
        Self { http, base: format!("http://{address}"), session: None }
    }

    /// Makes a client with an existing session, which must be valid.
    pub(crate) async fn with_token(http: reqwest::Client, address: SocketAddr, token: &str) -> Self {
        let mut client = Self::new(http, address);
        let asked = client.request(Method::GET, "/api/v1/session").bearer_auth(token);
        let reply = Reply::from(asked.send().await.unwrap()).await.expect(200);
        let session = Session { token: Some(token.to_owned()), ..reply.json() };
        client.session = Some(session);
        client
    }

    /// The same client with another token, which need not hold.
    pub(crate) fn carrying(&self, token: &str) -> Self {
        let session = Session { person: Person::anonymous(), token: Some(token.to_owned()) };
        Self { session: Some(session), ..self.clone() }
    }

    /// Creates the session, or changes the nickname.
    pub(crate) async fn enters(&mut self, nickname: &str) -> &Person {
        let reply = self.post("/api/v1/session", &json!({ "nickname": nickname })).await;
        &self.session.insert(reply.json()).person
    }

    /// Takes the session of an answer.
    pub(crate) fn adopts(&mut self, reply: &Reply) -> &Person {
        &self.session.insert(reply.json()).person
    }

    /// The session's person.
    pub(crate) fn person(&self) -> &Person {
        &self.session.as_ref().unwrap().person
    }

    /// The session's token.
    pub(crate) fn token(&self) -> &str {
        self.session.as_ref().unwrap().token.as_deref().unwrap()
    }

    /// Starts a request with the session.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.session {
            Some(session) => request.bearer_auth(session.token.as_deref().unwrap()),
            None => request,
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let request = self.request(method, path);
        let request = body.iter().fold(request, RequestBuilder::json);
        Reply::from(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Publishes a message in the lobby.
    pub(crate) async fn says(&self, text: &str) -> Entry {
        self.says_in("lobby", text).await
    }

    /// Publishes a message in a room.
    pub(crate) async fn says_in(&self, room: &str, text: &str) -> Entry {
        self.publishes(room, key(), text).await.expect(201).json()
    }

    /// Publishes with a given key.
    pub(crate) async fn publishes(&self, room: &str, key: PublishKey, text: &str) -> Reply {
        let path = format!("/api/v1/rooms/{room}/messages");
        self.post(&path, &json!({ "key": key.to_string(), "text": text })).await
    }

    /// Publishes over the classic route.
    pub(crate) async fn shouts(&self, text: &str) {
        let request = self.request(Method::POST, "/publish").body(text.to_owned());
        let reply = Reply::from(request.send().await.unwrap()).await.expect(200);
        assert_eq!(reply.text(), "ok");
    }

    /// Creates a room.
    pub(crate) async fn makes_room(&self, room: &str) -> Entry {
        self.put(&format!("/api/v1/rooms/{room}"), &json!({})).await.expect(201).json()
    }

    /// Polls and expects a batch.
    pub(crate) async fn polls(&self, query: &str) -> Batch {
        self.poll(query).await.expect(200).json()
    }

    /// Polls.
    pub(crate) async fn poll(&self, query: &str) -> Reply {
        self.get(&format!("/api/v1/poll?{query}")).await
    }

    /// Reads the newest page of a room's history.
    pub(crate) async fn history(&self, room: &str) -> History {
        self.get(&format!("/api/v1/rooms/{room}/messages")).await.expect(200).json()
    }

    /// Reads a metric of the server, with its labels; zero if it is missing.
    pub(crate) async fn figure(&self, name: &str) -> u64 {
        let reply = self.get("/metrics").await.expect(200);
        let line =
            reply.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        line.unwrap_or_default()
    }

    /// Reads the log's head.
    pub(crate) async fn cursor(&self) -> Cursor {
        self.history("lobby").await.cursor
    }
}
