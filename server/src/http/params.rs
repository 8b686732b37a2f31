//! Parameters in the address, checked once.

use axum::extract::{FromRequestParts, Path};
use axum::http::Uri;
use axum::http::request::Parts;
use holdline_shared::{Emoji, RoomName, Seq};
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// `/rooms/{room}`
pub(super) struct RoomPath(pub(super) RoomName);

/// `/rooms/{room}/messages/{seq}`
pub(super) struct MessagePath(pub(super) RoomName, pub(super) Seq);

/// `/rooms/{room}/messages/{seq}/reactions/{emoji}`
pub(super) struct ReactionPath(pub(super) RoomName, pub(super) Seq, pub(super) Emoji);

impl<S: Send + Sync> FromRequestParts<S> for RoomPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let room: String = texts(parts, state).await?;
        Ok(Self(RoomName::parse(&room)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MessagePath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (room, seq): (String, String) = texts(parts, state).await?;
        Ok(Self(RoomName::parse(&room)?, parse_seq(&seq)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ReactionPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (room, seq, emoji): (String, String, String) = texts(parts, state).await?;
        Ok(Self(RoomName::parse(&room)?, parse_seq(&seq)?, Emoji::parse(&emoji)?))
    }
}

/// A query without parameters.
pub(super) struct NoParameters;

impl<S: Send + Sync> FromRequestParts<S> for NoParameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match query_pairs(&parts.uri).find(|(name, _)| !is_against_caches(name)) {
            Some((name, _)) => Err(Failure::parameter(format!("this address has no parameter {name:?}"))),
            None => Ok(Self),
        }
    }
}

/// Whether a parameter is one of those that many clients add against caches.
pub(super) fn is_against_caches(name: &str) -> bool {
    matches!(name, "_" | "random")
}

/// The path's parameters, decoded.
async fn texts<T, S>(parts: &mut Parts, state: &S) -> Result<T, Failure>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    let found = Path::<T>::from_request_parts(parts, state).await;
    found.map(|Path(texts)| texts).map_err(|_| Failure::parameter("the address is not text in UTF-8"))
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
