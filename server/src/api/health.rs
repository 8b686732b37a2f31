//! `/healthz`, `/readyz` and `/metrics`, for operators.

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::reply::Reply;
use crate::hub::NotReady;
use crate::metrics::Exposition;

/// Answers `ok` unless only a restart of the process helps. Never waits.
pub(crate) async fn healthz(app: App, _: Call) -> Result<Reply, ApiError> {
    if app.hub.has_failed() { Err(NotReady::Failed.into()) } else { Ok(ok()) }
}

/// Answers `ok` while publishing and reading work.
pub(crate) async fn readyz(app: App, _: Call) -> Result<Reply, ApiError> {
    app.hub.readiness().await?;
    Ok(ok())
}

fn ok() -> Reply {
    Reply::new(200, Some("text/plain; charset=utf-8"), "ok\n")
}

/// Answers with figures in Prometheus' text format.
pub(crate) async fn metrics(app: App, _: Call) -> Result<Reply, ApiError> {
    let mut figures = Exposition::default();
    figures.gauge("holdline_held_polls", "Requests that are being held right now.", app.hub.held());
    figures.gauge("holdline_head_seq", "Position of the newest visible entry.", app.hub.head().0);
    figures.gauge("holdline_rooms", "Rooms in the log.", app.hub.room_count());
    app.hub.metrics().write(&mut figures);
    Ok(Reply::new(200, Some("text/plain; version=0.0.4"), figures.into_text()))
}
