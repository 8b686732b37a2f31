//! `POST /api/v1/admin-link`: a link that makes whoever opens it an admin. It works once and for a quarter of an hour; only
//! its hash stands in the log.

use std::time::{Duration, SystemTime};

use holdline_shared::{Person, ProblemCode, Timestamp, Topic};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{AccessChange, Invite, InviteGives, Secret, make_id};
use crate::log::{Draft, Log, LogError};

/// The time in which the link works: enough to copy it into a browser.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A link that makes whoever opens it an admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct AdminLink {
    /// The secret, which stands behind `/join/` in the link.
    pub code: String,
    /// The end of the link's life.
    pub expires: Timestamp,
}

pub(crate) const ADMIN_LINK: Description =
    Description::new("Makes a link that makes an admin of whoever opens it; for admins")
        .for_people()
        .answers::<AdminLink>(201)
        .problems(&[ProblemCode::TooMany, ProblemCode::RateLimited]);

/// Makes a link in the name of the owner, for a program that has the log open.
pub async fn make_admin_link(log: &dyn Log) -> Result<AdminLink, LogError> {
    let (link, draft) = draft(Person::house());
    log.append(draft).await?;
    Ok(link)
}

/// Makes a link in the caller's name; the log refuses it to everybody but admins and the owner.
pub(crate) async fn admin_link(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (link, draft) = draft(call.caller.require_session()?.clone());
    app.limits.publish(&call.caller)?;
    app.hub.publish(draft).await?;
    Ok(Reply::json(201, &link)?)
}

fn draft(author: Person) -> (AdminLink, Draft) {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let expires = u64::try_from((since + LIFETIME).as_millis()).unwrap_or(u64::MAX);
    let (secret, expires) = (Secret::make(), Timestamp(expires));
    let invite = Invite {
        id: make_id(),
        code: secret.hash(),
        gives: InviteGives::Admin,
        uses: 1,
        expires,
        room: None,
        note: Topic::default(),
    };
    let link = AdminLink { code: secret.reveal().to_owned(), expires };
    (link, Draft::access(author, AccessChange::InviteMade { invite }))
}
