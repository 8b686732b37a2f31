//! The oldest entries that rooms still have. A reader that was told of a gap asks for them, so that the checker can
//! verify the gap.

use std::time::Duration;

use holdline_shared::{Batch, RoomList, RoomName, RoomSelection, Seq};
use serde::de::DeserializeOwned;

use crate::door::is_about_access;
use crate::http::{ApiRequest, HttpClient};

/// The time limit of a request, which the server answers at once.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// Reads the oldest entry of each of these rooms; `None` if the server does not answer.
pub(super) async fn oldest_entries(http: &HttpClient, rooms: &RoomSelection) -> Option<Vec<(RoomName, Seq)>> {
    let rooms = match rooms {
        RoomSelection::Named(names) => names.clone(),
        RoomSelection::All => {
            let list: RoomList = json(http, "/api/v1/rooms").await?;
            list.rooms.into_iter().map(|room| room.name).collect()
        }
    };
    let mut oldest = Vec::new();
    for room in rooms {
        let path = format!("/api/v1/poll?room={}&after=start&wait=0", room.as_str());
        let batch: Batch = json(http, &path).await?;
        // What says who may do what stays, however much before it is gone.
        let first = batch.entries.iter().find(|entry| !is_about_access(entry));
        oldest.extend(first.map(|entry| (room, entry.seq)));
    }
    Some(oldest)
}

/// Sends a `GET` and decodes the JSON of the answer.
pub(super) async fn json<T: DeserializeOwned>(http: &HttpClient, path: &str) -> Option<T> {
    let reply = http.send(ApiRequest::get(path), REQUEST_LIMIT).await.ok()?;
    serde_json::from_slice(&reply.body).ok()
}
