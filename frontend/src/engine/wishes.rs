//! The leader's record of what the other tabs want polled. Pure.

use holdline_shared::limits::ROOMS_PER_POLL;
use holdline_shared::{Cursor, RoomName};
use litemap::LiteMap;

use crate::state::keyed;
use crate::wire::tabs::Wish;

/// The other tabs' wishes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wishes(Vec<Wish>);

impl Wishes {
    /// Records what a tab wants from now on.
    pub(super) fn put(&mut self, wish: Wish) {
        self.remove(&wish.tab);
        self.0.push(wish);
    }

    /// Forgets all wishes.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether a tab has said what it wants.
    pub(super) fn has(&self, tab: &str) -> bool {
        self.0.iter().any(|wish| wish.tab == tab)
    }

    /// Forgets a tab that is gone.
    pub(super) fn remove(&mut self, tab: &str) {
        self.0.retain(|wish| wish.tab != tab);
    }

    /// The rooms to poll, `mine` first, in the log that `position` belongs to: a room of a replaced log may no longer
    /// exist, and a poll that names one is refused as a whole.
    pub(super) fn rooms(&self, mine: &[RoomName], position: Option<Cursor>) -> Vec<RoomName> {
        let mut rooms = LiteMap::new_vec();
        for room in mine.iter().chain(self.current(position).flat_map(|wish| &wish.rooms)) {
            if rooms.len() < ROOMS_PER_POLL {
                rooms.insert(room.clone(), ());
            }
        }
        rooms.into_iter().map(|(room, ())| room).collect()
    }

    /// The rooms where the readers of all tabs are.
    pub(super) fn here(&self, mine: Option<&RoomName>, position: Option<Cursor>) -> Vec<RoomName> {
        let here = self.current(position).filter_map(|wish| wish.here.as_ref());
        let rooms = keyed(mine.into_iter().chain(here).map(|room| (room.clone(), ())));
        rooms.into_iter().map(|(room, ())| room).collect()
    }

    fn current(&self, position: Option<Cursor>) -> impl Iterator<Item = &Wish> {
        let is_other = move |wish: &Wish| {
            wish.of_log.zip(position).is_some_and(|(theirs, ours)| theirs.epoch != ours.epoch)
        };
        self.0.iter().filter(move |wish| !is_other(wish))
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::{Epoch, Seq};

    use super::*;
    use crate::state::samples::at;

    fn room(name: &str) -> RoomName {
        name.parse().unwrap()
    }

    fn wish(tab: &str, rooms: &[&str], here: Option<&str>) -> Wish {
        let rooms = rooms.iter().map(|name| room(name)).collect();
        Wish { tab: tab.to_owned(), rooms, here: here.map(room), of_log: Some(at(1)) }
    }

    #[test]
    fn union_of_all_tabs_is_polled() {
        let mut wishes = Wishes::default();
        wishes.put(wish("a", &["tea", "lobby"], Some("tea")));
        wishes.put(wish("b", &["zoo"], Some("tea")));
        let now = Some(at(9));
        assert_eq!(wishes.rooms(&[room("lobby")], now), [room("lobby"), room("tea"), room("zoo")]);
        assert_eq!(wishes.here(Some(&room("lobby")), now), [room("lobby"), room("tea")]);
        wishes.put(wish("a", &["lobby"], None));
        wishes.remove("b");
        assert_eq!(wishes.rooms(&[room("lobby")], now), [room("lobby")]);
        assert_eq!(wishes.here(None, now), []);
        let many: Vec<_> = (0..ROOMS_PER_POLL).map(|n| format!("a{n}")).collect();
        wishes.put(wish("c", &many.iter().map(String::as_str).collect::<Vec<_>>(), None));
        let rooms = wishes.rooms(&[room("zoo")], now);
        assert!(rooms.len() == ROOMS_PER_POLL && rooms.contains(&room("zoo")), "no more than a poll takes");
    }

    #[test]
    fn rooms_of_a_replaced_log_are_not_polled() {
        let mut wishes = Wishes::default();
        wishes.put(wish("a", &["tea"], Some("tea")));
        let now = Some(Cursor { epoch: Epoch(2), seq: Seq(3) });
        assert_eq!(wishes.rooms(&[room("lobby")], now), [room("lobby")]);
        assert_eq!(wishes.here(None, now), []);
        wishes.clear();
        assert!(!wishes.has("a"));
        wishes.put(Wish { of_log: None, ..wish("a", &["tea"], None) });
        assert_eq!(wishes.rooms(&[], now), [room("tea")], "an older page does not say of which log");
    }
}
