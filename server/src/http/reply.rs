//! Answers that work.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use holdline_shared::RoomName;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::App;
use super::failure::Failure;
use crate::log::{LogError, Outcome};

/// JSON that is encoded already.
pub(super) fn raw_json(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Anything as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(value).map_err(|e| LogError::Unavailable(e.to_string()))?;
    Ok(raw_json(status, body.into()))
}

/// Answers an append: with the entry, and `status` when it is new or 201 when it made a room; with no content when
/// nothing changed.
pub(super) fn outcome(status: StatusCode, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Appended(entry) => raw_json(status, entry.json.clone()),
        Outcome::Made(entry) => raw_json(StatusCode::CREATED, entry.json.clone()),
        Outcome::Repeated(entry) => raw_json(StatusCode::OK, entry.json.clone()),
        Outcome::Unchanged => (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-store")]).into_response(),
    }
}

/// Adds where the thing is that a `201` has made. Relative to the request's own address, so that it is right under every
/// prefix.
pub(super) fn at(location: &str, mut response: Response) -> Response {
    if response.status() == StatusCode::CREATED {
        let value = HeaderValue::from_str(location).ok();
        response.headers_mut().extend(value.map(|value| (header::LOCATION, value)));
    }
    response
}

/// A room's name as a part of an address.
pub(super) fn encoded(room: &RoomName) -> String {
    utf8_percent_encode(room.as_str(), NON_ALPHANUMERIC).to_string()
}

/// What every held answer carries: proxies are not to buffer it, and a stopping server lets the connection go.
pub(super) fn mark_held(app: &App, headers: &mut HeaderMap) {
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    if app.hub.is_closing() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}
