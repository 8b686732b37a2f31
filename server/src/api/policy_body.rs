//! The rules of a room in a request's body, before their texts are validated. A field that is unknown is refused: a rule with
//! a typing error would protect nothing.

use holdline_shared::limits::SLOW_SECONDS;
use holdline_shared::{PolicyChange, ProblemCode, Topic, Visibility, Writers};
use serde::Deserialize;
use utoipa::ToSchema;

use super::error::ApiError;

/// The rules to change; those that are absent stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyBody {
    visibility: Option<Visibility>,
    #[schema(value_type = Option<Topic>)]
    title: Option<String>,
    members_only: Option<bool>,
    writers: Option<Writers>,
    slow_seconds: Option<u32>,
    locked: Option<bool>,
    archived: Option<bool>,
}

impl PolicyBody {
    /// Validates the texts and numbers.
    pub(super) fn read(self) -> Result<PolicyChange, ApiError> {
        let Self { visibility, title, members_only, writers, slow_seconds, locked, archived } = self;
        let refuse = |detail: String| Err(ApiError::new(ProblemCode::InvalidBody, detail));
        if slow_seconds.is_some_and(|seconds| seconds > SLOW_SECONDS) {
            return refuse(format!("slow_seconds is at most {SLOW_SECONDS}"));
        }
        if visibility == Some(Visibility::Direct) {
            return refuse("POST /api/v1/direct opens a room for direct messages".to_owned());
        }
        let title = title.as_deref().map(Topic::parse).transpose()?;
        Ok(PolicyChange { visibility, title, members_only, writers, slow_seconds, locked, archived })
    }
}
