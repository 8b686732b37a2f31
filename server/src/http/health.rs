//! `/healthz`, `/readyz` and `/metrics`, for those who run a server.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use holdline_shared::ProblemCode;

use super::App;
use super::failure::Failure;
use crate::hub::NotReady;
use crate::log::LogError;
use crate::metrics::Exposition;

/// `ok` unless only a restart of the process helps. Asks nothing that could keep it waiting.
pub(super) async fn healthz(State(app): State<App>) -> Result<Response, Failure> {
    if app.hub.has_failed() { Err(NotReady::Failed.into()) } else { Ok(ok()) }
}

/// `ok` while publishing and reading work.
pub(super) async fn readyz(State(app): State<App>) -> Result<Response, Failure> {
    app.hub.readiness().await?;
    Ok(ok())
}

fn ok() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

impl From<NotReady> for Failure {
    fn from(reason: NotReady) -> Self {
        let code = match reason {
            NotReady::Closing => ProblemCode::ShuttingDown,
            _ => ProblemCode::LogUnavailable,
        };
        let detail = match reason {
            // The rest is for the server's own log.
            NotReady::Log(LogError::Unavailable(_)) => {
                "the log cannot be written or read; the server's own log says why".to_owned()
            }
            reason => reason.to_string(),
        };
        Self::new(code, detail)
    }
}

/// Figures in Prometheus' text format.
pub(super) async fn metrics(State(app): State<App>) -> Response {
    let mut figures = Exposition::default();
    figures.gauge("holdline_held_polls", "Requests that are being held right now.", app.hub.held());
    figures.gauge("holdline_head_seq", "Position of the newest visible entry.", app.hub.head().0);
    figures.gauge("holdline_rooms", "Rooms in the log.", app.hub.room_count());
    app.hub.metrics().write(&mut figures);
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4"), (header::CACHE_CONTROL, "no-store")];
    (headers, figures.into_text()).into_response()
}
