//! Request bodies: bounded in size and in time.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use bytes::{Bytes, BytesMut};
use holdline_shared::ProblemCode;
use holdline_shared::limits::BODY_BYTES;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// A body that takes longer than this comes from a stuck client; the longest valid one needs a second at modem speed.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much of a body that is too large is read and thrown away: a client that is still sending does not see an answer
/// that comes before it is done.
const DRAINED_BYTES: usize = 16 << 20;

/// The whole body.
pub(super) async fn read(body: Body) -> Result<Bytes, Failure> {
    tokio::time::timeout(PATIENCE, collect(body)).await.unwrap_or_else(|_| {
        let detail = format!("the body did not arrive within {} seconds", PATIENCE.as_secs());
        Err(Failure::new(ProblemCode::RequestTimeout, detail))
    })
}

async fn collect(mut body: Body) -> Result<Bytes, Failure> {
    let (mut kept, mut size) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Failure::parameter(format!("the body could not be read: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        size += data.len();
        if size <= BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if size > DRAINED_BYTES {
            break;
        }
    }
    if size > BODY_BYTES {
        let detail = format!("a request body has at most {BODY_BYTES} bytes");
        return Err(Failure::new(ProblemCode::BodyTooLarge, detail));
    }
    Ok(kept.freeze())
}

/// A JSON body. An absent body is `{}`, for requests in which everything is optional.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .map(str::to_owned);
        refuse_encoded(request.headers())?;
        let body = read(request.into_body()).await?;
        if !body.is_empty() && !kind.as_deref().is_some_and(is_json) {
            let detail = "send JSON, with the header Content-Type: application/json";
            return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let json: &[u8] = if body.is_empty() { b"{}" } else { &body };
        // Serde would take an array for the fields in their order.
        if body.trim_ascii_start().first().is_some_and(|&first| first == b'[') {
            let detail = "the body is a JSON array; an object is expected";
            return Err(Failure::new(ProblemCode::InvalidBody, detail));
        }
        serde_json::from_slice(json).map(Self).map_err(|error| {
            let code = if error.is_data() { ProblemCode::InvalidBody } else { ProblemCode::InvalidJson };
            Failure::new(code, in_plain_words(&error.to_string()))
        })
    }
}

/// A body that is compressed is refused: it would be taken for what it is not.
pub(super) fn refuse_encoded(headers: &HeaderMap) -> Result<(), Failure> {
    let is_plain = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    if headers.get_all(header::CONTENT_ENCODING).iter().all(is_plain) {
        return Ok(());
    }
    let detail = "send the body as it is, without Content-Encoding";
    Err(Failure::new(ProblemCode::UnsupportedMediaType, detail))
}

/// Rewords an error of `serde_json` in terms of JSON instead of Rust.
fn in_plain_words(error: &str) -> String {
    let mut words = error.to_owned();
    for (theirs, ours) in [
        ("invalid type: map", "invalid type: object"),
        ("invalid type: sequence", "invalid type: array"),
        ("expected u64", "expected a whole number that is not negative"),
    ] {
        words = words.replacen(theirs, ours, 1);
    }
    // "expected struct NAME", which is the whole body.
    match words.find("expected struct ") {
        Some(at) => {
            let end = words[at..].find(" at line").map_or(words.len(), |end| at + end);
            format!("{}expected an object{}", &words[..at], &words[end..])
        }
        None => words,
    }
}

/// A media type without its parameters.
pub(super) fn essence(kind: &str) -> &str {
    kind.split(';').next().unwrap_or_default().trim()
}

/// `application/json`, or another type that ends in `+json`.
fn is_json(kind: &str) -> bool {
    let essence = essence(kind);
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}
