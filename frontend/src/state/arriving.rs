//! Navigation to a room and to a place in it: where the reader resumes, and what is new there.

use holdline_shared::{History, RoomName, Seq};

use super::{Goal, Page, Snapshot, State};

impl State {
    /// Goes to another page, or to another message of the room on the screen.
    pub(super) fn go_to(&mut self, page: Page) {
        let is_other = self.ui.page.room() != page.room();
        self.rooms.leave_all_but(page.room());
        if let Page::Room(name, message) = &page {
            self.rooms.enter(name);
            let new_from = self.rooms.get(name).and_then(|room| room.unread.first().copied());
            self.ui.change(name, |ui| {
                ui.deleting = None;
                if is_other {
                    ui.ways_back.clear();
                    ui.new_from = new_from;
                    let kept = ui.place.take().map(Goal::Place);
                    ui.goal = kept.or(new_from.map(Goal::New)).or(Some(Goal::Newest));
                }
                if let Some(seq) = message {
                    ui.goal = Some(Goal::Message(*seq));
                }
            });
        }
        self.ui.go_to(page);
    }

    /// Adopts another tab's visited rooms; the one on the screen stays visited.
    pub(super) fn adopt_visited(&mut self, mut visited: Vec<RoomName>) {
        if let Some(current) = self.ui.page.room().filter(|current| !visited.contains(current)) {
            visited.insert(0, current.clone());
        }
        self.rooms.set_visited(visited);
    }

    /// Applies the newest page of a room's history.
    pub(super) fn join(&mut self, name: &RoomName, page: History) {
        let read_at = page.cursor;
        if self.rooms.seen.of(name) == Seq::START || !self.rooms.seen.is_of_log(read_at) {
            // The first visit: earlier messages are history, not news.
            self.rooms.read(name, read_at.seq);
        }
        let me = self.session.me.as_ref().map(|me| &me.id);
        self.rooms.change(name, |room, seen| room.join(page, seen, me));
        let Some(room) = self.rooms.get(name) else { return };
        self.outbox.settle(room.lines.newest_first(), me);
        self.outbox.settle_up_to(name, read_at.seq);
        let unread = room.unread.first().copied().filter(|_| !self.ui.is_at_end);
        if let Some(seq) = unread.filter(|_| self.ui.of(name).new_from.is_none()) {
            self.ui.change(name, |ui| {
                ui.new_from = Some(seq);
                if ui.goal == Some(Goal::Newest) {
                    ui.goal = Some(Goal::New(seq));
                }
            });
        }
    }

    /// Applies the messages around the one that the reader wants to see. If no message has its number, because the
    /// server removed it or the number belongs to an entry of another kind, the goal becomes the message before it.
    pub(super) fn jump(&mut self, name: &RoomName, before: Seq, page: History) {
        let nearest = page.messages.last().map(|message| message.seq);
        self.rooms.change(name, |room, _| room.jump(before, page));
        let Some(room) = self.rooms.get(name) else { return };
        let is_lacking = |goal: &Goal| matches!(goal, Goal::Message(seq) if room.may_lack(*seq) || room.line(*seq).is_none());
        if self.ui.of(name).goal.as_ref().is_some_and(is_lacking) {
            let nearest = nearest.filter(|seq| room.line(*seq).is_some());
            self.ui.change(name, |ui| ui.goal = nearest.map(Goal::Message));
        }
    }

    /// Shows the snapshot that the previous page left, with its age.
    pub(super) fn recall(&mut self, snapshot: Snapshot) {
        let Snapshot { room, me, page, complete_to } = snapshot;
        self.session.me.get_or_insert(me);
        self.join(&room, page);
        self.connection.recall(complete_to);
    }
}
