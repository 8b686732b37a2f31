//! A disk in virtual time, and the log on it: what is appended waits for a sync; a crash loses what waits. Otherwise it is
//! the real [`MemoryLog`], built anew from the disk at every start.

use std::cell::{Cell, RefCell};

use futures_util::FutureExt;
use holdline_server::log::{Draft, DraftKind, Log, MemoryLog};
use holdline_shared::{Entry, Epoch, Person, RoomName, RoomSelection, Seq};

use super::world::Sabotage;

/// What survives.
pub(super) struct Disk {
    pub(super) sabotage: Option<Sabotage>,
    /// Appends fail meanwhile.
    pub(super) is_full: Cell<bool>,
    /// The durable drafts of each life of the log; the last life is the present one.
    lives: RefCell<Vec<Vec<Draft>>>,
}

impl Disk {
    /// A disk on which all these rooms but the last were made.
    pub(super) fn new(rooms: &[RoomName], sabotage: Option<Sabotage>) -> Self {
        let made = rooms[..rooms.len() - 1].iter().map(|room| make(room.clone())).collect();
        Self { sabotage, is_full: Cell::new(false), lives: RefCell::new(vec![made]) }
    }

    /// Which life of the log this is, counted from 0.
    pub(super) fn life(&self) -> usize {
        self.lives.borrow().len() - 1
    }

    /// The epoch of the present life.
    pub(super) fn epoch(&self) -> Epoch {
        Epoch(self.life() as u64 + 1)
    }

    /// Makes a draft durable.
    pub(super) fn keep(&self, draft: Draft) {
        if let Some(drafts) = self.lives.borrow_mut().last_mut() {
            drafts.push(draft);
        }
    }

    /// The log is exported and imported: another epoch and other numbers, the same messages.
    pub(super) fn replace(&self) {
        let mut lives = self.lives.borrow_mut();
        let number = lives.len();
        let kept = lives.last().into_iter().flatten().filter_map(|draft| {
            let mut draft = draft.clone();
            match &mut draft.kind {
                DraftKind::Message { reply_to, .. } => *reply_to = None,
                DraftKind::Room { .. } => {}
                _ => return None,
            }
            Some(draft)
        });
        let mark = format!("import{number}").parse().ok().map(make);
        let imported = mark.into_iter().chain(kept).collect();
        lives.push(imported);
    }

    /// The log as the disk has it.
    pub(super) fn load(&self, life: usize) -> MemoryLog {
        let log = MemoryLog::new();
        for draft in self.lives.borrow().get(life).into_iter().flatten() {
            // What was refused then is refused now; the memory log answers at once.
            let _ = log.append(draft.clone()).now_or_never();
        }
        log
    }

    /// All entries of a life, in log order.
    pub(super) fn entries(&self, life: usize) -> Vec<Entry> {
        let log = self.load(life);
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(Seq::START, |entry| entry.seq);
            let Some(Ok(chunk)) = log.read(RoomSelection::All, after).now_or_never() else { return entries };
            if chunk.entries.is_empty() {
                return entries;
            }
            entries.extend(chunk.entries.iter().filter_map(|entry| entry.entry().cloned()));
        }
    }
}

fn make(room: RoomName) -> Draft {
    Draft { author: Person::house(), room, kind: DraftKind::Room { topic: None } }
}
