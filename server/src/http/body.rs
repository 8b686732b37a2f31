//! Request bodies: bounded in size and in time.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
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
        let body = read(request.into_body()).await?;
        if !body.is_empty() && !kind.as_deref().is_some_and(is_json) {
            let detail = "send JSON, with the header Content-Type: application/json";
            return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let json: &[u8] = if body.is_empty() { b"{}" } else { &body };
        if body.trim_ascii_start().first().is_some_and(|&first| first == b'[') {
            return Err(Failure::new(
                ProblemCode::InvalidBody,
                "the body is a JSON array; an object is expected",
            ));
        }
        serde_json::from_slice(json).map(Self).map_err(|error| {
            let code = if error.is_data() { ProblemCode::InvalidBody } else { ProblemCode::InvalidJson };
            Failure::new(code, error.to_string())
        })
    }
}

/// `application/json`, or another type that ends in `+json`.
fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}
