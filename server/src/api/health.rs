//! `/healthz`, `/readyz` and `/metrics`, for operators.

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::reply::Reply;
use crate::hub::NotReady;
use crate::metrics::Levels;

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

/// Metrics in Prometheus' text format, for whoever may read.
pub(crate) async fn metrics(app: App, call: Call) -> Result<Reply, ApiError> {
    call.caller.scope(&app)?;
    let hub = &app.hub;
    let levels = Levels { held_polls: hub.held(), head: hub.head(), rooms: hub.room_count() };
    Ok(Reply::new(200, Some("text/plain; version=0.0.4"), hub.metrics().text(&levels)))
}
