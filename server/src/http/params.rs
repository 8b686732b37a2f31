//! Parameters in the address, checked once.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;
use holdline_shared::{Emoji, RoomName, Seq};

use super::failure::Failure;

/// The parameters of the path.
pub(super) struct PathParams(RawPathParams);

impl<S: Send + Sync> FromRequestParts<S> for PathParams {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        params.map(Self).map_err(|e| Failure::parameter(format!("the address is not valid: {e}")))
    }
}

impl PathParams {
    /// `{room}`
    pub(super) fn room(&self) -> Result<RoomName, Failure> {
        Ok(RoomName::parse(self.find("room"))?)
    }

    /// `{seq}`
    pub(super) fn seq(&self) -> Result<Seq, Failure> {
        parse_seq(self.find("seq"))
    }

    /// `{emoji}`
    pub(super) fn emoji(&self) -> Result<Emoji, Failure> {
        Ok(Emoji::parse(self.find("emoji"))?)
    }

    fn find(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }
}

/// A message's number.
pub(super) fn parse_seq(text: &str) -> Result<Seq, Failure> {
    text.parse()
        .map(Seq)
        .map_err(|_| Failure::parameter(format!("a message's seq is a whole number, not {text:?}")))
}

/// The query's decoded names and values.
pub(super) fn query_pairs(uri: &Uri) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
}

/// The last value of a query's parameter.
pub(super) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    query_pairs(uri).filter(|(key, _)| key == name).last().map(|(_, value)| value.into_owned())
}
