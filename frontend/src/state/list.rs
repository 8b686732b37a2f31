//! The list of rooms as the side bar shows it: those visited here first, then the others, each with what is new.

use holdline_shared::RoomName;

use super::State;

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
    let mut names: Vec<&RoomName> = state.visited.iter().collect();
    names.sort_unstable_by_key(|name| (name.as_str() != "lobby", name.as_str()));
    names
        .extend(state.list.iter().map(|summary| &summary.name).filter(|&name| !state.visited.contains(name)));
    names.into_iter().map(|name| list(state, name)).collect()
}

/// Unread messages in all rooms that are followed.
pub fn unread(state: &State) -> usize {
    state.rooms.values().map(|room| room.unread).sum()
}

fn list(state: &State, name: &RoomName) -> Listed {
    let summary = state.list.iter().find(|summary| summary.name == *name);
    let unread = state.rooms.get(name).map_or(0, |room| room.unread);
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
