//! The text form of a snapshot, JSON.

use holdline_shared::{History, Person, RoomName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::state::Snapshot;

#[derive(Serialize, Deserialize)]
struct SnapshotForm {
    room: String,
    me: Person,
    page: History,
    complete_to: Timestamp,
}

/// Writes a snapshot as text.
pub fn write_snapshot(snapshot: Snapshot) -> String {
    let Snapshot { room, me, page, complete_to } = snapshot;
    let form = SnapshotForm { room: room.to_string(), me, page, complete_to };
    // These types always have a JSON form.
    serde_json::to_string(&form).unwrap_or_default()
}

/// Reads a snapshot from text; `None` if it is damaged or from another version.
pub fn read_snapshot(text: &str) -> Option<Snapshot> {
    let SnapshotForm { room, me, page, complete_to } = serde_json::from_str(text).ok()?;
    Some(Snapshot { room: RoomName::parse(&room).ok()?, me, page, complete_to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples;

    #[test]
    fn snapshot_is_read_as_it_was_written() {
        let page = samples::page("ben", &[2, 3], 4, true);
        let me = samples::person("ada");
        let snapshot = Snapshot { room: RoomName::lobby(), me, page, complete_to: Timestamp(9) };
        let text = write_snapshot(snapshot.clone());
        assert_eq!(read_snapshot(&text), Some(snapshot));
        for damaged in ["", "{}", &text[..text.len() - 1], &text.replace("\"lobby\",\"me", "\"a b\",\"me")] {
            assert_eq!(read_snapshot(damaged), None, "{damaged}");
        }
    }
}
