//! `POST /api/v1/rooms/{room}/messages/{seq}/report`: asks the server's admins to look at a message.

use bytes::Bytes;
use holdline_shared::{ProblemCode, Topic};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::AccessChange;
use crate::log::Draft;

#[derive(Deserialize, ToSchema)]
struct ReportBody {
    #[schema(value_type = Option<Topic>)]
    reason: Option<String>,
}

pub(crate) const REPORT: Description = Description::new("Asks the server's admins to look at a message")
    .for_people()
    .takes::<ReportBody>()
    .answers_empty(204)
    .problems(&[ProblemCode::InvalidTopic, ProblemCode::RateLimited]);

/// Notes the report, which stands in the audit.
pub(crate) async fn report(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    let (room, seq) = call.message()?;
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let body: ReportBody = call.read_json().await?;
    let reason = body.reason.as_deref().map(Topic::parse).transpose()?.unwrap_or_default();
    app.hub.publish(Draft::access(author, AccessChange::Reported { room, seq, reason })).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
