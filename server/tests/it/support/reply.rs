//! A complete response.

use bytes::Bytes;
use holdline_shared::{Problem, ProblemCode};
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

/// The status, headers and body of a response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) async fn from(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap() }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body, decoded from JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The value of a header; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem's code; panics if the response is not a problem.
    pub(crate) fn problem(&self) -> ProblemCode {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Problem = self.json();
        assert_eq!(self.status, problem.status);
        assert_eq!(self.status, problem.code.status());
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(!problem.detail.is_empty(), "the detail explains the problem");
        problem.code
    }

    /// Asserts the status and returns the response.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}
