//! `/healthz` and `/metrics`, for those who run a server.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use holdline_shared::{RoomName, RoomSelection};

use super::App;
use super::failure::Failure;

/// `ok` while the log can be read.
pub(super) async fn healthz(State(app): State<App>) -> Result<Response, Failure> {
    let rooms = RoomSelection::Named(vec![RoomName::lobby()]);
    app.hub.log().read(rooms, app.hub.head()).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response())
}

/// A few figures in Prometheus' text format.
pub(super) async fn metrics(State(app): State<App>) -> Response {
    let mut text = String::new();
    let figures = [
        ("holdline_held_polls", "Requests that are being held right now.", app.hub.held() as u64),
        ("holdline_head_seq", "Position of the newest visible entry.", app.hub.head().0),
        ("holdline_rooms", "Rooms in the log.", app.hub.room_count() as u64),
    ];
    for (name, help, value) in figures {
        // Writing to a string cannot fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    }
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4"), (header::CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}
