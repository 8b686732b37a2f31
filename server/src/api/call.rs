//! A request as operations see it, whichever transport brought it: the caller, the parameters, a few headers, and a body
//! that is read only when an operation asks for it.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use holdline_shared::{Emoji, PersonId, RoomName, Seq};
use http::{HeaderMap, header};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use super::caller::Caller;
use super::error::ApiError;
use super::json;
use crate::access::Denied;

/// A request.
pub(crate) struct Call {
    pub(crate) caller: Caller,
    /// The parameters in the path, decoded, in the order in which the route names them.
    pub(crate) path: Vec<String>,
    /// The text behind the `?`.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// The body of a request.
pub(crate) enum Body {
    Read(Bytes),
    /// Bounded in size and in time. The mutex is never locked: it lets operations share the call across an await.
    Unread(Mutex<BoxFuture<'static, Result<Bytes, ApiError>>>),
}

impl Call {
    /// `/rooms/{room}`
    pub(super) fn room(&self) -> Result<RoomName, ApiError> {
        Ok(RoomName::parse(self.parameter(0))?)
    }

    /// `/rooms/{room}/messages/{seq}`
    pub(super) fn message(&self) -> Result<(RoomName, Seq), ApiError> {
        Ok((self.room()?, parse_seq(self.parameter(1))?))
    }

    /// `/rooms/{room}/messages/{seq}/reactions/{emoji}`
    pub(super) fn reaction(&self) -> Result<(RoomName, Seq, Emoji), ApiError> {
        let (room, seq) = self.message()?;
        Ok((room, seq, Emoji::parse(self.parameter(2))?))
    }

    /// The only parameter of `/people/{id}`, `/hooks/{key}` and the like.
    pub(super) fn id(&self) -> &str {
        self.parameter(0)
    }

    /// `/rooms/{room}/members/{id}`
    pub(super) fn member(&self) -> Result<(RoomName, PersonId), ApiError> {
        Ok((self.room()?, parse_person(self.parameter(1))?))
    }

    /// `/rooms/{room}/hooks/{id}`
    pub(super) fn hook(&self) -> Result<(RoomName, PersonId), ApiError> {
        let id = PersonId::parse(self.parameter(1)).map_err(|_| Denied::UnknownName)?;
        Ok((self.room()?, id))
    }

    /// A parameter of the path; empty, and thus invalid, if the route has no such parameter.
    fn parameter(&self, number: usize) -> &str {
        self.path.get(number).map_or("", String::as_str)
    }

    /// The decoded names and values of the query.
    pub(super) fn query_pairs(&self) -> form_urlencoded::Parse<'_> {
        form_urlencoded::parse(self.query.as_bytes())
    }

    /// Refuses a query that has parameters.
    pub(super) fn expect_no_query(&self) -> Result<(), ApiError> {
        match self.query_pairs().find(|(name, _)| !is_cache_buster(name)) {
            Some((name, _)) => Err(ApiError::parameter(format!("this address has no parameter {name:?}"))),
            None => Ok(()),
        }
    }

    /// The parameters of these names in the query, which has no others and none twice.
    pub(super) fn parameters<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Option<String>; N], ApiError> {
        let mut values = [const { None }; N];
        for (name, value) in self.query_pairs().filter(|(name, _)| !is_cache_buster(name)) {
            let Some(at) = names.iter().position(|known| *known == name) else {
                let known = names.join(" and ");
                return Err(ApiError::parameter(format!(
                    "there is no parameter {name:?}; this address has {known}"
                )));
            };
            if values[at].replace(value.into_owned()).is_some() {
                return Err(ApiError::parameter(format!("{name} was given twice")));
            }
        }
        Ok(values)
    }

    /// A header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type of the body, without its parameters.
    pub(super) fn media_type(&self) -> &str {
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim()
    }

    /// Reads the whole body. A compressed body is refused, because it would be taken for plain text.
    pub(super) async fn read_body(&mut self) -> Result<Bytes, ApiError> {
        let is_plain = |value: &[u8]| value.trim_ascii().eq_ignore_ascii_case(b"identity");
        if !self.headers.get_all(header::CONTENT_ENCODING).iter().all(|value| is_plain(value.as_bytes())) {
            return Err(ApiError::media_type("send the body as it is, without Content-Encoding"));
        }
        match &mut self.body {
            Body::Read(bytes) => Ok(std::mem::take(bytes)),
            Body::Unread(reading) => reading.get_mut().await,
        }
    }

    /// Reads a JSON body. An absent body is `{}`, for requests in which everything is optional.
    pub(super) async fn read_json<T: DeserializeOwned>(&mut self) -> Result<T, ApiError> {
        let body = self.read_body().await?;
        if body.is_empty() {
            return json::parse(b"{}");
        }
        if !json::is_json(self.media_type()) {
            return Err(ApiError::media_type("send JSON, with the header Content-Type: application/json"));
        }
        json::parse(&body)
    }
}

/// Whether a parameter is one that many clients add to get past caches.
pub(super) fn is_cache_buster(name: &str) -> bool {
    matches!(name, "_" | "random")
}

/// Parses a person's id. Whatever is none is nobody's.
pub(super) fn parse_person(text: &str) -> Result<PersonId, ApiError> {
    PersonId::parse(text).map_err(|_| Denied::UnknownPerson.into())
}

/// Parses the number of a message.
pub(super) fn parse_seq(text: &str) -> Result<Seq, ApiError> {
    let seq = text.parse().map(Seq);
    seq.map_err(|_| ApiError::parameter(format!("a message's seq is a whole number, not {text:?}")))
}
