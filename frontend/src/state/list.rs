//! The list of rooms as the side bar shows it: those visited here first, then the others, each with what is new.

use std::rc::Rc;

use holdline_shared::RoomName;

use super::{Room, State};

/// A room in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: RoomName,
    /// Unread messages, as far as they are counted: in rooms that are followed.
    pub unread: usize,
    /// Whether there is something that was not seen.
    pub has_news: bool,
    /// People here now, by the last list.
    pub here: usize,
    /// Whether it can be forgotten.
    pub is_visited: bool,
    /// Whether it is on the screen.
    pub is_current: bool,
}

/// All rooms to show.
pub fn listed(state: &State) -> Vec<Listed> {
    // By name, so that rooms do not change their places while one moves between them; the lobby first.
    let is_lobby = |room: &&Rc<Room>| room.name.as_str() == "lobby";
    let visited =
        state.rooms.iter().filter(is_lobby).chain(state.rooms.iter().filter(|room| !is_lobby(room)));
    let mut names: Vec<&RoomName> = visited.map(|room| &room.name).collect();
    names
        .extend(state.list.iter().map(|summary| &summary.name).filter(|&name| !state.visited.contains(name)));
    names.into_iter().map(|name| list(state, name)).collect()
}

/// Unread messages in all rooms that are followed.
pub fn unread(state: &State) -> usize {
    state.rooms.iter().map(|room| room.unread).sum()
}

fn list(state: &State, name: &RoomName) -> Listed {
    let summary = state.list.iter().find(|summary| summary.name == *name);
    let unread = state.room_called(name).map_or(0, |room| room.unread);
    let is_current = state.current.as_ref() == Some(name);
    let head = summary.map(|summary| summary.head).unwrap_or_default();
    let has_news = unread > 0 || (!is_current && head > state.seen(name));
    Listed {
        name: name.clone(),
        unread,
        has_news,
        here: summary.map_or(0, |summary| summary.here),
        is_visited: state.visited.contains(name),
        is_current,
    }
}
