//! `POST /api/v1/rotate-secret`: a new version of the log's secret, which signs sessions. Sessions of earlier versions go on for
//! a grace time, in which those that are used are signed anew.

use std::time::Duration;

use holdline_shared::{Person, ProblemCode, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{AccessChange, Secret};
use crate::log::{Draft, Log, LogError, wall_clock};

/// The longest grace time and the usual one, in days. No session is older than the longest.
const DAYS: (u32, u32) = (90, 7);

#[derive(Deserialize, ToSchema)]
struct RotationBody {
    /// The days, from 0 to 90, for which earlier sessions go on; 7 unless given. With 0 they all end at once.
    #[serde(default)]
    grace_days: Option<u32>,
}

/// The answer.
#[derive(Serialize, ToSchema)]
struct Rotated {
    /// The end of earlier sessions that are not used before.
    grace_until: Timestamp,
}

pub(crate) const ROTATE_SECRET: Description =
    Description::new("Gives the log a new secret for signing sessions; for admins")
        .for_people()
        .takes::<RotationBody>()
        .answers::<Rotated>(200);

/// Makes a new version of the secret in the caller's name; the log refuses that to everybody but admins and the owner.
pub(crate) async fn rotate_secret(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let body: RotationBody = call.read_json().await?;
    let (most, usual) = DAYS;
    let days = body.grace_days.unwrap_or(usual);
    if days > most {
        let detail = format!("grace_days is a number from 0 to {most}, not {days}");
        return Err(ApiError::new(ProblemCode::InvalidBody, detail));
    }
    let (grace_until, draft) = draft(author, Duration::from_secs(u64::from(days) * 24 * 60 * 60));
    app.hub.publish(draft).await?;
    Ok(Reply::json(200, &Rotated { grace_until })?)
}

/// Makes a new version of the secret in the name of the owner, for a program that has the log open.
pub async fn rotate_log_secret(log: &dyn Log, grace: Duration) -> Result<(), LogError> {
    log.append(draft(Person::house(), grace).1).await.map(drop)
}

fn draft(author: Person, grace: Duration) -> (Timestamp, Draft) {
    let grace_until = wall_clock().plus(grace);
    let change = AccessChange::SecretRotated { salt: Secret::make().reveal().to_owned(), grace_until };
    (grace_until, Draft::access(author, change))
}
