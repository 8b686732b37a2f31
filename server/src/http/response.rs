//! Converts replies and errors to axum's responses.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;

use super::protection::protect;
use crate::api::{ApiError, Reply, ReplyBody};

/// Headers of nearly every response, hyper's own included.
const HEADERS: usize = 12;

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        for (name, value) in [(header::CONTENT_TYPE, self.media_type), (header::CACHE_CONTROL, self.caching)]
        {
            headers.extend(value.map(|value| (name, HeaderValue::from_static(value))));
        }
        protect(headers);
        for (name, value) in self.further_headers() {
            // Values were checked before; an invalid one is left out entirely.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        if let Some(code) = self.problem {
            response.extensions_mut().insert(code);
        }
        *response.body_mut() = match self.body {
            ReplyBody::Whole(bytes) => Body::from(bytes),
            ReplyBody::Stream(stream) => Body::from_stream(stream.map(Ok::<_, Infallible>)),
        };
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Reply::from(self).into_response()
    }
}
