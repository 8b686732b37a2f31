//! The reply to a request, before a transport writes it: a status, a few headers, a body.

use std::borrow::Cow;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use holdline_shared::ProblemCode;
use serde::Serialize;

use super::request_id::RequestId;
use crate::log::{LogError, Outcome};

/// The media type of almost every answer.
const JSON: &str = "application/json";

/// The header that sets a cookie.
pub(super) const SET_COOKIE: &str = "set-cookie";

/// The header with the id of a request.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// The header of every answer over an encrypted connection: for a year the browser uses no other (RFC 6797). Without
/// `includeSubDomains`, because other hosts of the domain are not ours.
pub(crate) const STRICT_TRANSPORT: (&str, &str) = ("strict-transport-security", "max-age=31536000");

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `Content-Type`.
    pub(crate) media_type: Option<&'static str>,
    /// `Cache-Control`.
    pub(crate) caching: Option<&'static str>,
    /// Whether the request was held, so that proxies must not buffer the reply.
    pub(crate) was_held: bool,
    /// Whether the reply must close its connection. Otherwise the transport decides.
    pub(crate) closes: bool,
    /// Additional headers that few replies have.
    pub(crate) headers: Vec<(&'static str, Cow<'static, str>)>,
    pub(crate) body: ReplyBody,
    /// The code of a problem, for the metrics.
    pub(crate) problem: Option<ProblemCode>,
}

/// The body of a reply.
pub(crate) enum ReplyBody {
    Whole(Bytes),
    Stream(BoxStream<'static, Bytes>),
}

impl Reply {
    /// Makes a reply that must not be stored by caches.
    pub(crate) fn new(status: u16, media_type: Option<&'static str>, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            media_type,
            caching: Some("no-store"),
            was_held: false,
            closes: false,
            headers: Vec::new(),
            body: ReplyBody::Whole(body.into()),
            problem: None,
        }
    }

    /// Makes a reply of encoded JSON.
    pub(crate) fn encoded(status: u16, json: Bytes) -> Self {
        Self::new(status, Some(JSON), json)
    }

    /// Makes a reply of a value as JSON.
    pub(super) fn json(status: u16, value: &impl Serialize) -> Result<Self, LogError> {
        let json = serde_json::to_vec(value).map_err(|error| LogError::Unavailable(error.to_string()))?;
        Ok(Self::encoded(status, json.into()))
    }

    /// Makes the reply to an append: the entry, with `status` if it is new, or 201 if it created a room; an
    /// empty one if nothing changed.
    pub(super) fn outcome(status: u16, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Appended(entry) => Self::encoded(status, entry.json.clone()),
            Outcome::Made(entry) => Self::encoded(201, entry.json.clone()),
            Outcome::Repeated(entry) => Self::encoded(200, entry.json.clone()),
            Outcome::Unchanged => Self::new(204, None, Bytes::new()),
        }
    }

    /// Makes the reply to a poll.
    pub(crate) fn batch(json: Bytes, is_closing: bool) -> Self {
        Self::encoded(200, json).held(is_closing)
    }

    /// Marks the reply to a request that was held. A stopping server closes its connection.
    pub(super) fn held(self, is_closing: bool) -> Self {
        Self { was_held: true, closes: is_closing, ..self }
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a cookie that renews the caller's session, unless the operation has set it.
    #[must_use]
    pub(crate) fn renewing(self, cookie: Option<String>) -> Self {
        let has_one = self.headers.iter().any(|(name, _)| *name == SET_COOKIE);
        match cookie.filter(|_| !has_one) {
            Some(cookie) => self.with(SET_COOKIE, cookie),
            None => self,
        }
    }

    /// Adds the id of the request, unless the answer was held: the transports share these between requests.
    #[must_use]
    pub(crate) fn identified(self, id: &RequestId) -> Self {
        if self.was_held { self } else { self.with(REQUEST_ID, id.to_string()) }
    }

    /// Adds [`STRICT_TRANSPORT`] if the browser's connection is encrypted.
    #[must_use]
    pub(crate) fn over(self, is_tls: bool) -> Self {
        if is_tls { self.with(STRICT_TRANSPORT.0, STRICT_TRANSPORT.1) } else { self }
    }

    /// Adds to a `201` the address of what was made, relative to the address of the request, so that it is right under every
    /// prefix.
    #[must_use]
    pub(super) fn at(self, location: impl FnOnce() -> String) -> Self {
        if self.status == 201 { self.with("location", location()) } else { self }
    }

    /// The header about the connection, and the additional headers.
    pub(crate) fn further_headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let held = self.was_held.then_some(("x-accel-buffering", "no"));
        let close = self.closes.then_some(("connection", "close"));
        let further = self.headers.iter().map(|(name, value)| (*name, &**value));
        held.into_iter().chain(close).chain(further)
    }
}
