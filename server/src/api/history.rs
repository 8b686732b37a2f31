//! `GET /api/v1/rooms/{room}/messages`: a page of history.

use holdline_shared::limits::{HISTORY_DEFAULT, HISTORY_MAX};
use holdline_shared::{History, ProblemCode, Seq};

use super::app::App;
use super::call::{Call, is_cache_buster, parse_seq};
use super::description::{Between, Description, Parameter};
use super::error::ApiError;
use super::reply::Reply;

pub(crate) const HISTORY: Description = Description::new("A page of history, newest last")
    .for_readers()
    .query(&[
        Parameter::optional::<Seq>("before", "Only messages before this one"),
        Parameter::optional::<Between<1, HISTORY_MAX>>("limit", "The number of messages; 50 unless given"),
    ])
    .answers::<History>(200)
    .problems(&[ProblemCode::RateLimited]);

/// Answers with the newest messages, or with those before a given one.
pub(crate) async fn history(app: App, call: Call) -> Result<Reply, ApiError> {
    let room = call.room()?;
    let (mut before, mut limit) = (None, None);
    for (name, value) in call.query_pairs() {
        match &*name {
            "before" if before.is_none() => before = Some(parse_seq(&value)?),
            "limit" if limit.is_none() => limit = Some(parse_limit(&value)?),
            "before" | "limit" => {
                return Err(ApiError::parameter(format!("{name} was given twice; history has one")));
            }
            name if is_cache_buster(name) => {}
            other => {
                return Err(ApiError::parameter(format!(
                    "there is no parameter {other:?}; history has before and limit"
                )));
            }
        }
    }
    app.limits.read_history(&call.caller)?;
    let reader = call.caller.session().map(|person| person.id.clone());
    match app
        .hub
        .history(&call.caller.scope(&app)?, &room, before, limit.unwrap_or(HISTORY_DEFAULT), reader)
        .await?
    {
        Ok(history) => Ok(Reply::json(200, &history)?),
        Err(_) => Err(ApiError::unknown_room(&room)),
    }
}

fn parse_limit(text: &str) -> Result<usize, ApiError> {
    let limit = text.parse().ok().filter(|limit| (1..=HISTORY_MAX).contains(limit));
    limit.ok_or_else(|| {
        ApiError::parameter(format!("limit is a number from 1 to {HISTORY_MAX}, not {text:?}"))
    })
}
