//! A thin HTTP client: one request, one response or an error. Retries nothing.

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

/// The time limit for connecting: on loopback, only a full accept queue takes longer.
const CONNECT: Duration = Duration::from_secs(3);

/// A client for one server address.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    /// The value of `Authorization` for requests that have none of their own.
    bearer: Option<String>,
}

/// A complete response.
pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request.
pub(crate) struct ApiRequest<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl<'a> ApiRequest<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn with_body(method: Method, path: &'a str, body: impl Into<Bytes>) -> Self {
        Self { method, path, headers: vec![("content-type", "application/json".into())], body: body.into() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl HttpClient {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        Self { client: Client::builder(TokioExecutor::new()).build(connector), address, bearer: None }
    }

    /// The same client with somebody's session, as the value of `Authorization`.
    pub(crate) fn signed_in(&self, bearer: &str) -> Self {
        Self { bearer: Some(bearer.to_owned()), ..self.clone() }
    }

    /// The value of `Authorization` for requests that have none of their own.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// Sends a request and reads the whole response.
    pub(crate) async fn send(&self, request: ApiRequest<'_>, limit: Duration) -> Result<ApiResponse> {
        let answer = async {
            let response = self.send_streaming(request).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.context("the answer was cut")?.to_bytes();
            Ok(ApiResponse { status: head.status.as_u16(), headers: head.headers, body })
        };
        timeout(limit, answer).await.map_err(|_| anyhow!("no answer in time"))?
    }

    /// Sends a request and returns the response with an unread body.
    pub(crate) async fn send_streaming(&self, request: ApiRequest<'_>) -> Result<Response<Incoming>> {
        let ApiRequest { method, path, headers, body } = request;
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(uri).body(Full::new(body))?;
        let bearer = self.bearer.iter().map(|bearer| ("authorization", bearer.clone()));
        for (name, value) in bearer.chain(headers) {
            request.headers_mut().insert(name, HeaderValue::from_str(&value)?);
        }
        request.headers_mut().insert(HOST, HeaderValue::from_str(&self.address.to_string())?);
        self.client.request(request).await.context("no answer")
    }
}

impl ApiResponse {
    /// The response's `Retry-After`.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    }

    /// Status and the beginning of the body, for error messages.
    pub(crate) fn describe(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(200).collect();
        format!("{} {text}", self.status)
    }
}
