//! Polls over HTTP, with the outcome as an event for the subscription machine.

use std::time::Duration;

use holdline_shared::{Batch, Event, PollQuery};
use tokio::time::timeout;

use crate::http::{ApiRequest, HttpClient};

/// Polls once; a response that takes longer than `watchdog` is a time-out.
pub(crate) async fn poll(http: &HttpClient, query: &PollQuery, watchdog: Duration) -> Event {
    let path = format!("/api/v1/poll?{}", query.to_query_string());
    let Ok(answer) = timeout(watchdog, http.send(ApiRequest::get(&path), watchdog * 2)).await else {
        return Event::TimedOut;
    };
    match answer {
        Ok(reply) if reply.status == 200 => match serde_json::from_slice::<Batch>(&reply.body) {
            Ok(batch) => Event::Answered(batch),
            Err(error) => Event::Failed { why: error.to_string() },
        },
        Ok(reply) => Event::Refused {
            status: reply.status,
            problem: serde_json::from_slice(&reply.body).ok(),
            retry_after: reply.retry_after(),
        },
        Err(error) => Event::Failed { why: format!("{error:#}") },
    }
}
