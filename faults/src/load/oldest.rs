//! The oldest entries that rooms still have: a reader that was told of a gap asks for them, so that the checker can
//! tell whether there was one.

use std::time::Duration;

use holdline_shared::{Batch, RoomList, RoomName, RoomSelection, Seq};
use serde::de::DeserializeOwned;

use crate::http::{Ask, Http};

/// Time limit of a request. The server answers these at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// The oldest entry of each of these rooms; none when the server does not answer.
pub(super) async fn oldest_entries(http: &Http, rooms: &RoomSelection) -> Option<Vec<(RoomName, Seq)>> {
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
        oldest.extend(batch.entries.first().map(|entry| (room, entry.seq)));
    }
    Some(oldest)
}

/// Sends a `GET` and decodes the JSON of the answer.
pub(super) async fn json<T: DeserializeOwned>(http: &Http, path: &str) -> Option<T> {
    let reply = http.ask(Ask::get(path), PATIENCE).await.ok()?;
    serde_json::from_slice(&reply.body).ok()
}
