//! The list of rooms as the sidebar shows it: visited rooms first, then the others, each with its news.

use std::rc::Rc;

use holdline_shared::{RoomName, RoomSummary, Seq, Visibility};

use super::{Phase, Room, State, is_made_by_server, keyed};

/// A room in the list.
#[expect(clippy::struct_excessive_bools, reason = "a row is what its marks say, each by itself")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRoom {
    /// The room's name.
    pub name: RoomName,
    /// The displayed name.
    pub title: String,
    /// The people who see it.
    pub visibility: Visibility,
    /// Whether the room is archived.
    pub is_archived: bool,
    /// The number of known unread messages.
    pub unread: usize,
    /// Whether the room has anything unseen.
    pub has_news: bool,
    /// Whether unsent text waits in this room, which is not on the screen.
    pub has_draft: bool,
    /// Whether the server has refused a message of this room.
    pub has_failed: bool,
    /// Whether the room was visited in this browser.
    pub is_visited: bool,
    /// Whether the room is on the screen.
    pub is_current: bool,
}

/// Returns the rooms to show: visited rooms with the lobby first, then the others; archived rooms last in each group.
pub fn listed_rooms(state: &State) -> Vec<ListedRoom> {
    // Sorted by title, the lobby first, so that rooms keep their places while a reader moves between them. A private
    // room that is missing from the list is no longer the reader's. A missing room that is among the visited ones has
    // something that the reader wrote.
    let is_theirs = |name: &&RoomName| !is_made_by_server(name) || state.rooms.summary(name).is_some();
    let is_listed =
        |room: &&Rc<Room>| room.phase != Phase::Missing || state.rooms.visited.contains(&room.name);
    let existing = state.rooms.known().iter().filter(is_listed);
    let known = existing.map(|room| &room.name).filter(is_theirs);
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

/// Returns the number of unread messages in all followed rooms.
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
