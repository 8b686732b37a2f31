//! The list of rooms as the side bar shows it: those visited here first, then the others, each with what is new.

use holdline_shared::{RoomName, RoomSummary, Seq, Visibility};

use super::{State, is_made_by_server, keyed};

/// A room in the list.
#[expect(clippy::struct_excessive_bools, reason = "a row is what its marks say, each by itself")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRoom {
    /// Its name.
    pub name: RoomName,
    /// The name that people read.
    pub title: String,
    /// The people who see it.
    pub visibility: Visibility,
    /// Whether nothing new is said in it.
    pub is_archived: bool,
    /// Unread messages, as far as they were counted.
    pub unread: usize,
    /// Whether there is something that was not seen.
    pub has_news: bool,
    /// Whether something typed for this room waits there.
    pub has_draft: bool,
    /// Whether the server has refused a message of this room.
    pub has_failed: bool,
    /// Whether the room was visited in this browser.
    pub is_visited: bool,
    /// Whether the room is on the screen.
    pub is_current: bool,
}

/// The rooms to show: the lobby first, archived rooms last.
pub fn listed_rooms(state: &State) -> Vec<ListedRoom> {
    // By title, so that rooms do not change their places while a reader moves between them; the lobby first.
    // A private room that the list does not have is none of the reader's any more.
    let is_theirs = |name: &&RoomName| !is_made_by_server(name) || state.rooms.summary(name).is_some();
    let known = state.rooms.known().iter().map(|room| &room.name).filter(is_theirs);
    let visited = keyed(known.map(|name| {
        let room = list(state, name, Seq::START);
        ((room.is_archived, name.as_str() != "lobby", room.title.clone(), name), room)
    }));
    let is_other = |summary: &&RoomSummary| state.rooms.get(&summary.name).is_none();
    let others = state.rooms.list.iter().filter(is_other);
    let others = others.map(|summary| list(state, &summary.name, summary.said));
    let (archived, others): (Vec<_>, Vec<_>) = others.partition(|room| room.is_archived);
    visited.into_iter().map(|(_, room)| room).chain(others).chain(archived).collect()
}

/// Unread messages in all rooms that are followed.
pub fn unread(state: &State) -> usize {
    state.rooms.known().iter().map(|room| room.unread.len()).sum()
}

fn list(state: &State, name: &RoomName, said: Seq) -> ListedRoom {
    let known = state.rooms.get(name);
    let is_current = state.ui.page.room() == Some(name);
    let writing = &state.ui.of(name).writing;
    let policy = state.rooms.standing(name).policy;
    ListedRoom {
        name: name.clone(),
        title: state.title_of(name),
        visibility: policy.visibility,
        is_archived: policy.archived,
        unread: known.map_or(0, |room| room.unread.len()),
        has_news: known.map_or_else(|| said > state.rooms.seen.of(name), |room| room.has_news()),
        has_draft: !is_current && writing.is_begun(),
        has_failed: state.outbox.has_failed(name),
        is_visited: known.is_some(),
        is_current,
    }
}
