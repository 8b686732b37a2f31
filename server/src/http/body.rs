//! Request bodies: bounded in size and in time.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;
use holdline_shared::ProblemCode;
use holdline_shared::limits::BODY_BYTES;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// A body that takes longer than this comes from a stuck client; the longest valid one needs a second at modem speed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole body.
pub(super) async fn read(body: Body) -> Result<Bytes, Failure> {
    let collected = tokio::time::timeout(PATIENCE, Limited::new(body, BODY_BYTES).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let detail = format!("a request body has at most {BODY_BYTES} bytes");
            Err(Failure::new(ProblemCode::BodyTooLarge, detail))
        }
        Ok(Err(error)) => Err(Failure::parameter(format!("the body could not be read: {error}"))),
        Err(_) => {
            let detail = format!("the body did not arrive within {} seconds", PATIENCE.as_secs());
            Err(Failure::new(ProblemCode::RequestTimeout, detail))
        }
    }
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
