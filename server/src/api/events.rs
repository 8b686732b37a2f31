//! `GET /api/v1/events`: the batches of a poll as Server-Sent Events.
//!
//! According to the HTML standard, an `EventSource` gives up for good at any status but 200. Therefore only
//! an invalid request is answered with an error status; a transient problem is sent as an event, after which
//! the browser reconnects.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use holdline_shared::{After, PollQuery, RoomSelection};

use super::app::App;
use super::call::Call;
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::limits::HoldLease;
use super::poll;
use super::reply::{Reply, ReplyBody};
use crate::hub::{Answer, PollError};
use crate::scope::Scope;

/// The period of keep-alives on a quiet stream: below the 30 s after which impatient proxies cut.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) const EVENTS: Description = Description::new("The batches of a poll as Server-Sent Events")
    .for_readers()
    .query(&[
        Parameter::required::<Vec<String>>("room", "Names of rooms, or * for every room"),
        Parameter::optional::<String>("after", "A cursor, start or now"),
    ])
    .answers_as(200, "text/event-stream")
    .problems(poll::PROBLEMS);

/// Streams batches for ever. The id of each event is the batch's cursor, which a browser sends back by
/// itself.
pub(crate) async fn events(app: App, call: Call) -> Result<Reply, ApiError> {
    if let Some((name, _)) =
        call.query_pairs().find(|(name, _)| ["here", "presence", "memberships", "wait"].contains(&&**name))
    {
        let why = format!("events have no parameter {name:?}; only a poll has it");
        return Err(ApiError::parameter(why));
    }
    let query = PollQuery::from_pairs(call.query_pairs())?;
    let resumed = call.header("last-event-id").filter(|id| !id.is_empty());
    let after = resumed.map_or(Ok(query.after), str::parse)?;
    let scope = call.caller.scope(&app)?;
    let held = app.limits.hold(&call.caller);
    drop(call);
    let (lease, first) = match held {
        Ok(lease) => (lease, look(&app, &scope, &query.rooms, after, Duration::ZERO).await),
        Err(refused) => (HoldLease::default(), Step::End(refused)),
    };
    // An invalid request shows here, while it can still be answered with an error status.
    let first = match first {
        Step::End(error) if !is_transient(error.problem().status) => return Err(error),
        step => step,
    };
    let is_closing = app.hub.is_closing();
    let next = Some((app, scope, query.rooms, lease, Next::Send(first)));
    let events = stream::unfold(next, |next| async move {
        let (app, scope, rooms, lease, next) = next?;
        let step = match next {
            Next::Send(step) => step,
            Next::PollFrom(after) => look(&app, &scope, &rooms, after, KEEP_ALIVE).await,
        };
        let goes_on = step.after().filter(|_| !app.hub.is_closing());
        Some((event(&step), goes_on.map(|after| (app, scope, rooms, lease, Next::PollFrom(after)))))
    });
    let reply = Reply::new(200, Some("text/event-stream"), Bytes::new()).held(is_closing);
    Ok(Reply { body: ReplyBody::Stream(events.boxed()), ..reply })
}

/// Whether a browser that reconnects may be answered with 200.
fn is_transient(status: u16) -> bool {
    status == 429 || status >= 500
}

/// The next step of the stream.
enum Next {
    Send(Step),
    PollFrom(After),
}

/// The result of a look at the log.
enum Step {
    /// Entries, or none within the time.
    Batch(Answer),
    /// Entries are missing; the stream goes on from the present.
    Gap(ApiError),
    /// The stream ends, and its reader reconnects with its last cursor.
    End(ApiError),
}

impl Step {
    /// The position from which the stream continues.
    fn after(&self) -> Option<After> {
        match self {
            Self::Batch(answer) => Some(After::At(answer.cursor)),
            Self::Gap(error) => error.problem().cursor.map(After::At),
            Self::End(_) => None,
        }
    }
}

async fn look(app: &App, scope: &Scope, rooms: &RoomSelection, after: After, wait: Duration) -> Step {
    match app.hub.poll(scope, rooms, after, wait, None).await {
        Ok(answer) => Step::Batch(answer),
        Err(error @ (PollError::EpochChanged(_) | PollError::Gap { .. })) => Step::Gap(error.into()),
        Err(error) => Step::End(error.into()),
    }
}

/// Formats an event. Browsers do not dispatch an event without data, but remember its id, so a quiet stream
/// moves the cursor too.
fn event(step: &Step) -> Bytes {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = match step {
        Step::Batch(answer) if answer.is_empty => write!(text, ": held\nid: {}\n\n", answer.cursor),
        Step::Batch(answer) => {
            let data = String::from_utf8_lossy(&answer.body);
            write!(text, "data: {data}\nid: {}\n\n", answer.cursor)
        }
        Step::Gap(error) | Step::End(error) => {
            let problem = error.problem();
            let name = if problem.cursor.is_some() { "gap" } else { "problem" };
            let data = serde_json::to_string(problem).unwrap_or_default();
            let id = problem.cursor.map(|cursor| format!("id: {cursor}\n")).unwrap_or_default();
            let retry = error.retry_after().unwrap_or(1) * 1000;
            write!(text, "retry: {retry}\nevent: {name}\ndata: {data}\n{id}\n")
        }
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::HttpConfig;
    use crate::hub::Hub;
    use crate::log::{Draft, MemoryLog};
    use crate::scope::tests::RoomsOnly;

    #[tokio::test]
    async fn stream_stays_within_its_scope() {
        let hub = Hub::open(std::sync::Arc::new(MemoryLog::new())).await.unwrap();
        for room in ["tea", "secret"] {
            let author = holdline_shared::Person::stdin();
            let draft = Draft::say(author, room.parse().unwrap(), room.parse().unwrap());
            hub.publish(draft).await.unwrap();
        }
        let app = App::new(hub, HttpConfig::default());
        let scope = RoomsOnly::new(&["tea"]).scope();
        let all = look(&app, &scope, &RoomSelection::All, After::Start, Duration::ZERO).await;
        let text = String::from_utf8(event(&all).to_vec()).unwrap();
        assert!(text.contains("tea") && !text.contains("secret"), "{text}");
        let secret = RoomSelection::Named(vec!["secret".parse().unwrap()]);
        let refused = look(&app, &scope, &secret, After::Start, Duration::ZERO).await;
        assert!(matches!(refused, Step::End(error) if error.problem().status == 404));
    }
}
