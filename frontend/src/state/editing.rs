//! Edits whose message is gone: what was typed moves to the composer, and the reader is told.

use std::rc::Rc;

use holdline_shared::{Cursor, RoomName, Seq};

use super::{Notice, RoomUi, State};
use crate::words;

impl State {
    /// Ends the edit of this message, if there is one, because the message cannot be changed any more.
    pub(super) fn end_edit_of(&mut self, name: &RoomName, gone: Seq) {
        let ui = self.ui.of(name);
        let Some(edit) = ui.writing.edit.as_ref().filter(|edit| edit.seq == gone) else { return };
        let has_text = edit.is_changed() && !edit.text.trim().is_empty();
        self.ui.change(name, |ui| {
            ui.writing.edit = None;
            if has_text {
                ui.writing.append(&edit.text);
            }
        });
        if has_text && self.ui.page.room() == Some(name) {
            self.ui.change(name, |ui| ui.composer_focus += 1);
            self.ui.notice = Some(Notice::News(words::EDITED_IS_GONE.to_owned()));
        }
    }

    /// Ends all edits if this position is of another log than that of what was seen: there, their numbers are those of
    /// something else.
    pub(super) fn end_edits_of_old_log(&mut self, now: Cursor) {
        if self.rooms.seen.of_log.is_none() || self.rooms.seen.is_of_log(now) {
            return;
        }
        let edit = |(room, ui): (&RoomName, &Rc<RoomUi>)| Some((room.clone(), ui.writing.edit.as_ref()?.seq));
        let edits: Vec<_> = self.ui.rooms().filter_map(edit).collect();
        for (room, seq) in edits {
            self.end_edit_of(&room, seq);
        }
    }

    /// Ends the edit in a room if its message turns out to be gone, although no poll has told of it.
    pub(super) fn settle_edit(&mut self, name: &RoomName) {
        let is_gone = |seq: &Seq| self.rooms.get(name).is_some_and(|room| room.is_gone(*seq));
        let editing = self.ui.of(name).writing.edit.as_ref().map(|edit| edit.seq);
        if let Some(gone) = editing.filter(is_gone) {
            self.end_edit_of(name, gone);
        }
    }

    /// The message that is being edited in a room but may be above all loaded ones, or in a gap.
    pub(super) fn unloaded_edit(&self, name: &RoomName) -> Option<Seq> {
        let ui = self.ui.of(name);
        let edit = ui.writing.edit.as_ref().filter(|edit| edit.is_changed())?;
        self.rooms.get(name).filter(|room| room.may_lack(edit.seq)).map(|_| edit.seq)
    }
}
