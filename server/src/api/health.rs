//! `/healthz`, `/readyz` and `/metrics`, for operators.

use holdline_shared::ProblemCode;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::hub::NotReady;
use crate::metrics::Levels;

pub(crate) const HEALTHZ: Description = Description::new("Whether the process works")
    .answers_as(200, TEXT)
    .problems(&[ProblemCode::LogUnavailable]);

pub(crate) const READYZ: Description = Description::new("Whether publishing and reading work")
    .answers_as(200, TEXT)
    .problems(&[ProblemCode::LogUnavailable, ProblemCode::ShuttingDown]);

pub(crate) const METRICS: Description =
    Description::new("Metrics for Prometheus, for those who run the server")
        .answers_as(200, "text/plain; version=0.0.4")
        .problems(&[
            ProblemCode::SessionRequired,
            ProblemCode::SessionInvalid,
            ProblemCode::NotAllowed,
            ProblemCode::Banned,
        ]);

const TEXT: &str = "text/plain; charset=utf-8";

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
    Reply::new(200, Some(TEXT), "ok\n")
}

/// Metrics in Prometheus' text format, for those who run the server: they tell how much goes on in all rooms.
pub(crate) async fn metrics(app: App, call: Call) -> Result<Reply, ApiError> {
    call.caller.check_operator(&app)?;
    let hub = &app.hub;
    let levels = Levels { held_polls: hub.held(), head: hub.head(), rooms: hub.room_count() };
    Ok(Reply::new(200, Some("text/plain; version=0.0.4"), hub.metrics().text(&levels)))
}
