//! A thin HTTP client: one request, one answer or a reason why there is none. Tries nothing twice.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{HOST, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

/// Nothing on loopback takes longer to connect to, unless its queue is full.
const CONNECT: Duration = Duration::from_secs(3);

/// Speaks to one address.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
}

/// An answer, complete.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn send(method: Method, path: &'a str, body: impl Into<Bytes>) -> Self {
        Self { method, path, headers: vec![("content-type", "application/json".into())], body: body.into() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Http {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        Self { client: Client::builder(TokioExecutor::new()).build(connector), address }
    }

    /// Asks, and reads the whole answer.
    pub(crate) async fn ask(&self, ask: Ask<'_>, limit: Duration) -> Result<Reply> {
        let answer = async {
            let response = self.open(ask).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.context("the answer was cut")?.to_bytes();
            Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
        };
        timeout(limit, answer).await.map_err(|_| anyhow!("no answer in time"))?
    }

    /// Asks, and leaves the body to be read.
    pub(crate) async fn open(&self, ask: Ask<'_>) -> Result<Response<Incoming>> {
        let mut request = Request::builder()
            .method(ask.method)
            .uri(format!("http://{}{}", self.address, ask.path))
            .body(Full::new(ask.body))?;
        for (name, value) in ask.headers {
            request.headers_mut().insert(name, HeaderValue::from_str(&value)?);
        }
        request.headers_mut().insert(HOST, HeaderValue::from_str(&self.address.to_string())?);
        self.client.request(request).await.context("no answer")
    }
}

impl Reply {
    /// The answer's `Retry-After`.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    }

    /// Status and body, for people.
    pub(crate) fn words(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(200).collect();
        format!("{} {text}", self.status)
    }
}
