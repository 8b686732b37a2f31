//! The requests of people, through the router or over sockets.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt as _;

/// The way in which requests reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The router alone, without sockets.
    Router,
    /// Sockets, with event loops for polls.
    EventLoops,
    /// Sockets, without event loops.
    Plain,
}

/// Sends requests.
#[derive(Debug, Clone)]
pub(super) enum Transport {
    Router(Router),
    Sockets(reqwest::Client, SocketAddr),
}

/// Everybody's requests; each person has an address of their own.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) transport: Transport,
    pub(super) tokens: Vec<Option<String>>,
}

/// A request that one of several people sends.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The headers that do not change with every answer.
    pub(super) headers: Vec<(String, String)>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn json(&self) -> Value {
        parse(&self.text)
    }
}

pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

/// The part of a batch or of a page that is compared; nothing of a problem in a stream.
#[derive(Deserialize)]
pub(super) struct Told {
    #[serde(alias = "messages", default)]
    pub(super) entries: Vec<ToldEntry>,
}

#[derive(Deserialize)]
pub(super) struct ToldEntry {
    pub(super) seq: u64,
    pub(super) text: Option<String>,
}

/// The positions of the entries of a batch.
pub(super) fn seqs(batch: &str) -> BTreeSet<u64> {
    parse::<Told>(batch).entries.iter().map(|entry| entry.seq).collect()
}

/// The address from which this person comes, as the proxy in front says.
pub(super) fn address(who: usize) -> String {
    format!("192.0.2.{who}")
}

impl Ask {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None }
    }

    pub(super) fn new(method: &'static str, path: impl Into<String>, body: impl Into<Option<Value>>) -> Self {
        Self { method, path: path.into(), body: body.into() }
    }
}

impl Client {
    /// Makes the transport of a way: the router, or a client for sockets and the server's address.
    pub(super) fn new(router: Router, sockets: Option<(reqwest::Client, SocketAddr)>) -> Self {
        let sockets = sockets.map(|(http, address)| Transport::Sockets(http, address));
        Self { transport: sockets.unwrap_or(Transport::Router(router)), tokens: Vec::new() }
    }

    pub(super) async fn ask(&self, who: usize, ask: Ask) -> Answer {
        let response = self.begin(who, ask).await;
        let (head, body) = response.into_parts();
        let is_steady = |name: &str| !["date", "set-cookie", "x-request-id"].contains(&name);
        let mut headers: Vec<(String, String)> = head
            .headers
            .iter()
            .filter(|(name, _)| is_steady(name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        // A connection that is lost ends an answer, too.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: head.status.as_u16(), headers, text }
    }

    pub(super) async fn get(&self, who: usize, path: impl Into<String>) -> Answer {
        self.ask(who, Ask::get(path)).await
    }

    async fn begin(&self, who: usize, Ask { method, path, body }: Ask) -> Response<Body> {
        let mut request = Request::builder().method(method).header("x-forwarded-for", address(who));
        if let Some(Some(token)) = self.tokens.get(who) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(Value::String(text)) => text,
            Some(body) => {
                request = request.header("content-type", "application/json");
                body.to_string()
            }
            None => String::new(),
        };
        match &self.transport {
            Transport::Router(router) => {
                let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9)));
                let request = request.uri(path).header("host", "localhost").extension(peer);
                router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
            }
            Transport::Sockets(http, address) => {
                let request = request.uri(format!("http://{address}{path}")).body(body).unwrap();
                let response = http.execute(request.try_into().unwrap()).await.unwrap();
                Response::<reqwest::Body>::from(response).map(Body::new)
            }
        }
    }

    /// The status of a stream and its first event.
    pub(super) async fn first_event(&self, who: usize, path: &str) -> (u16, String) {
        let response = self.begin(who, Ask::get(path)).await;
        let status = response.status().as_u16();
        let (mut frames, mut text) = (response.into_body().into_data_stream(), String::new());
        while !text.contains("\n\n")
            && let Some(frame) = frames.next().await
        {
            text.push_str(std::str::from_utf8(&frame.unwrap()).unwrap());
        }
        (status, text)
    }
}
