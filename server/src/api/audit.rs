//! `GET /api/v1/audit`: who changed what, the newest first, for admins of the server.

use holdline_shared::{ProblemCode, Seq};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::bans::require_admin;
use super::call::{Call, parse_seq};
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::reply::Reply;
use crate::access::AuditLine;

/// The number of lines of a page, and of entries that are read at once.
const LINES: usize = 100;

/// The answer.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    entries: Vec<AuditLine>,
    /// Whether there are older lines.
    more: bool,
}

pub(crate) const AUDIT: Description = Description::new("Who changed what, the newest first; for admins")
    .for_people()
    .query(&[Parameter::optional::<Seq>("before", "Only changes before this one")])
    .answers::<AuditPage>(200)
    .problems(&[ProblemCode::NotAllowed]);

/// Answers with a page of the changes that this admin may see: none of rooms that they may not read, but reports.
pub(crate) async fn audit(app: App, call: Call) -> Result<Reply, ApiError> {
    let [before] = call.parameters(["before"])?;
    let admin = require_admin(&app, &call)?.id.clone();
    let mut before = before.as_deref().map(parse_seq).transpose()?.unwrap_or(Seq(u64::MAX));
    let mut entries: Vec<AuditLine> = Vec::new();
    loop {
        let read = app.hub.log().access_entries(before, LINES).await?;
        let Some(last) = read.last() else { break };
        before = last.seq;
        let access = app.access.snapshot();
        entries.extend(read.iter().filter_map(|entry| AuditLine::new(&access, &admin, entry)));
        if entries.len() > LINES {
            break;
        }
    }
    let more = entries.len() > LINES;
    entries.truncate(LINES);
    Ok(Reply::json(200, &AuditPage { entries, more })?)
}
