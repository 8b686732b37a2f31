//! Navigation to a room and to a place in it: where the reader resumes, and what is new there.

use std::rc::Rc;

use holdline_shared::{History, RoomName, Seq};

use super::{Goal, Notice, Page, Phase, Room, Snapshot, State, is_made_by_server};
use crate::words;

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
        let was_visited = |room: &&RoomName| self.rooms.visited.contains(room) && !visited.contains(room);
        if let Some(current) = self.ui.page.room().filter(was_visited) {
            visited.insert(0, current.clone());
        }
        self.rooms.set_visited(visited);
    }

    /// Whether the page may make this room if it is missing: the reader has asked for it, or was there or has written
    /// there, and this log never had the room. The lobby is always made. Looking at an address makes no room. A room
    /// that this log had was deleted, and is not made again; an address that names a message shows that the log had it.
    pub fn may_make(&self, room: &RoomName) -> bool {
        let names_message = matches!(&self.ui.page, Page::Room(name, Some(_)) if name == room);
        let was_there = self.rooms.visited.contains(room) || self.has_written(room);
        let is_gone = names_message || self.rooms.had(room);
        let is_theirs = *room == RoomName::lobby() || (was_there && !is_gone);
        !is_made_by_server(room) && (is_theirs || self.rooms.is_wanted(room))
    }

    /// Whether the reader has written something in a room that is not sent.
    pub fn has_written(&self, room: &RoomName) -> bool {
        self.outbox.of_room(room).next().is_some() || self.ui.of(room).writing.is_begun()
    }

    /// Shows that a room does not exist, unless the reader has left it.
    pub(super) fn show_missing(&mut self, name: &RoomName) {
        if self.ui.page.room() == Some(name) {
            self.close(name, Phase::Missing);
        }
    }

    /// Shows a reason in place of a room. A room in which the reader has written stays among their rooms, so that they
    /// find it.
    pub(super) fn close(&mut self, name: &RoomName, reason: Phase) {
        let is_kept = self.has_written(name) && self.rooms.visited.contains(name);
        self.rooms.close(name, reason, is_kept);
    }

    /// Applies the newest page of a room's history.
    fn apply_newest(&mut self, name: &RoomName, page: History) {
        let read_at = page.cursor;
        self.end_edits_of_old_log(read_at);
        self.rooms.confirm(name);
        if self.rooms.seen.of(name) == Seq::START || !self.rooms.seen.is_of_log(read_at) {
            // The first visit: earlier messages are history, not news.
            self.rooms.read(name, read_at.seq);
        }
        self.people.names.note_authors(&page);
        let me = self.session.id().cloned();
        self.rooms.change(name, |room, seen| room.join(page, seen, me.as_ref()));
        self.settle_edit(name);
        let Some(room) = self.rooms.get(name) else { return };
        self.outbox.settle(room.lines.newest_first(), me.as_ref());
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

    /// Joins a room with the newest page of its history, and leads a reader who has nothing new to read to the edit
    /// that an earlier page began.
    pub(super) fn join(&mut self, name: &RoomName, page: History) {
        self.apply_newest(name, page);
        let begun = self.unloaded_edit(name);
        if begun.is_some() && self.ui.of(name).goal == Some(Goal::Newest) {
            self.ui.change(name, |ui| ui.goal = begun.map(Goal::Message));
        }
        self.tell_of_absent_goal(name);
    }

    /// Tells the reader if the message that they want to see does not exist.
    fn tell_of_absent_goal(&mut self, name: &RoomName) {
        let Some(Goal::Message(seq)) = self.ui.of(name).goal else { return };
        let is_absent = |room: &Rc<Room>| room.line(seq).is_none() && !room.may_lack(seq);
        if self.rooms.get(name).is_some_and(is_absent) {
            self.ui.notice = Some(Notice::News(words::NO_SUCH_MESSAGE.to_owned()));
        }
    }

    /// Applies the messages around the one that the reader wants to see. If no message has its number, because the
    /// server removed it or the number belongs to an entry of another kind, the goal becomes the message before it.
    pub(super) fn jump(&mut self, name: &RoomName, before: Seq, page: History) {
        let nearest = page.messages.last().map(|message| message.seq);
        self.people.names.note_authors(&page);
        self.rooms.change(name, |room, _| room.jump(before, page));
        self.settle_edit(name);
        if let Some(edited) = self.unloaded_edit(name).filter(|seq| seq.next() == before) {
            self.end_edit_of(name, edited);
        }
        let Some(room) = self.rooms.get(name) else { return };
        let is_lacking = |goal: &Goal| match goal {
            Goal::Message(seq) => room.may_lack(*seq) || room.line(*seq).is_none(),
            _ => false,
        };
        if self.ui.of(name).goal.as_ref().is_some_and(is_lacking) {
            let nearest = nearest.filter(|seq| room.line(*seq).is_some());
            self.ui.notice = Some(Notice::News(words::NO_SUCH_MESSAGE.to_owned()));
            self.ui.change(name, |ui| ui.goal = nearest.map(Goal::Message));
        }
    }

    /// Shows the snapshot that the previous page left, with its age.
    pub(super) fn recall(&mut self, snapshot: Snapshot) {
        let Snapshot { room, me, page, complete_to } = snapshot;
        self.session.me.get_or_insert(me);
        self.apply_newest(&room, page);
        self.connection.recall(complete_to);
    }
}
