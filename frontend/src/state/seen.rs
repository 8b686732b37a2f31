//! The position up to which each room was seen: the only record of it, shared by all tabs of the browser.

use holdline_shared::{Cursor, RoomName, Seq};
use litemap::LiteMap;

/// The last entry seen in each room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// A position in the log to which `rooms` refers.
    pub of_log: Option<Cursor>,
    /// The last entry seen, by room.
    pub rooms: LiteMap<RoomName, Seq>,
}

impl Seen {
    /// The last entry seen in this room.
    pub fn of(&self, name: &RoomName) -> Seq {
        self.rooms.get(name).copied().unwrap_or_default()
    }

    /// Records that a room was seen up to here.
    pub fn put(&mut self, name: &RoomName, seq: Seq) {
        let seen = self.rooms.entry(name.clone()).or_default();
        *seen = seq.max(*seen);
    }

    /// Whether the positions are of the same log as `cursor`.
    pub fn is_of_log(&self, cursor: Cursor) -> bool {
        self.of_log.is_some_and(|old| old.epoch == cursor.epoch)
    }

    /// Merges another tab's positions in the same log; positions in another log are ignored.
    pub fn merge(&mut self, other: &Self) {
        if other.of_log.is_some_and(|cursor| self.is_of_log(cursor)) {
            for (name, seq) in &other.rooms {
                self.put(name, *seq);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::at;

    fn seen(epoch: u64, rooms: &[(&str, u64)]) -> Seen {
        let mut cursor = at(1);
        cursor.epoch.0 = epoch;
        let rooms = rooms.iter().map(|(name, seq)| (name.parse().unwrap(), Seq(*seq)));
        Seen { of_log: Some(cursor), rooms: rooms.collect() }
    }

    #[test]
    fn tabs_agree_on_the_larger_part() {
        let mut mine = seen(1, &[("tea", 5), ("zoo", 2)]);
        mine.merge(&seen(1, &[("tea", 3), ("zoo", 9), ("cake", 4)]));
        assert_eq!(mine, seen(1, &[("tea", 5), ("zoo", 9), ("cake", 4)]));
        mine.merge(&seen(2, &[("tea", 90)]));
        assert_eq!(mine.of(&"tea".parse().unwrap()), Seq(5), "another log has other numbers");
    }
}
