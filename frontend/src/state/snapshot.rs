//! The data that a page leaves for the next one in the same tab, in case the server is then unreachable: the end of the
//! conversation, with the position in the log from which a poll continues without a gap.

use std::rc::Rc;

use holdline_shared::limits::HISTORY_DEFAULT;
use holdline_shared::{Cursor, History, Person, RoomName, Timestamp};

use super::{Line, Phase, State};

/// The screen as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The room.
    pub room: RoomName,
    /// The reader.
    pub me: Person,
    /// The newest messages, complete up to the page's cursor.
    pub page: History,
    /// The time up to which they are complete.
    pub complete_to: Timestamp,
}

impl Snapshot {
    /// Copies the screen at the moment `now`, of a page that has received everything up to `position`; `None` until the
    /// room is ready.
    pub fn of(state: &State, position: Cursor, now: Timestamp) -> Option<Self> {
        let room = state.room().filter(|room| room.phase == Phase::Ready)?;
        let me = state.session.me.clone()?;
        let gap = room.gaps.last().map(|gap| gap.before);
        // A message read later than the position would receive the same changes twice.
        let is_whole =
            |line: &&Rc<Line>| line.as_of <= position.seq && gap.is_none_or(|gap| line.message.seq >= gap);
        let newest = room.lines.newest_first().take_while(is_whole).take(HISTORY_DEFAULT);
        let mut messages: Vec<_> = newest.map(|line| line.message.clone()).collect();
        messages.reverse();
        let more = room.more || messages.len() < room.lines.len();
        let page = History { messages, cursor: position, more, topic: room.topic.clone() };
        let complete_to = state.connection.stale_since.unwrap_or(now);
        Some(Self { room: room.name.clone(), me, page, complete_to })
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::{Batch, Seq, Status};

    use super::*;
    use crate::state::samples::{at, page, person, said};
    use crate::state::{Action, Page};

    fn live() -> State {
        let lobby = RoomName::lobby();
        State::default()
            .after(Action::SignedIn(person("ada")))
            .after(Action::Went(Page::Room(lobby.clone(), None)))
            .after(Action::Joining(lobby.clone()))
            .after(Action::Joined(lobby, page("ben", &[2, 3], 3, true)))
            .after(Action::Connected(Status::Live, Timestamp(1)))
    }

    fn hear(state: State, seq: u64) -> State {
        let entries = vec![said(seq, "ben", "new")];
        let batch =
            Batch { entries, cursor: at(seq), wait: 25, presence: None, memberships: None, unreadable: 0 };
        state.after(Action::Heard(batch))
    }

    fn seqs(snapshot: &Snapshot) -> Vec<u64> {
        snapshot.page.messages.iter().map(|message| message.seq.0).collect()
    }

    #[test]
    fn next_page_shows_what_the_last_one_showed() {
        let snapshot = Snapshot::of(&hear(live(), 5), at(7), Timestamp(9)).unwrap();
        assert_eq!((seqs(&snapshot), snapshot.page.cursor, snapshot.page.more), (vec![2, 3, 5], at(7), true));
        assert_eq!(snapshot.complete_to, Timestamp(9));
        let restored = State::default().after(Action::Went(Page::Room(RoomName::lobby(), None)));
        let restored = restored.after(Action::Recalled(snapshot));
        let room = restored.room().unwrap();
        assert_eq!((room.lines.len(), room.phase.clone()), (3, Phase::Ready));
        assert_eq!(restored.session.me, Some(person("ada")));
        assert_eq!(restored.connection.stale_since, Some(Timestamp(9)));
        let later = hear(hear(restored, 5), 8);
        let shown: Vec<_> = later.room().unwrap().lines.newest_first().map(|line| line.message.seq).collect();
        assert_eq!(shown, [Seq(8), Seq(5), Seq(3), Seq(2)], "each once");
    }

    #[test]
    fn snapshot_is_as_old_as_its_screen() {
        let stale = live().after(Action::Connected(Status::Offline, Timestamp(4)));
        assert_eq!(Snapshot::of(&stale, at(3), Timestamp(9)).unwrap().complete_to, Timestamp(4));
    }

    #[test]
    fn snapshot_has_no_gap_and_nothing_newer_than_its_position() {
        let lobby = RoomName::lobby();
        let gap = live().after(Action::Joined(lobby, page("ben", &[8, 9], 9, true)));
        assert_eq!(seqs(&Snapshot::of(&gap, at(9), Timestamp(9)).unwrap()), [8, 9]);
        assert_eq!(seqs(&Snapshot::of(&gap, at(3), Timestamp(9)).unwrap()), [0; 0]);
        assert_eq!(Snapshot::of(&State::default(), at(3), Timestamp(9)), None);
    }
}
