//! A simulated disk with the log on it: appends wait for a sync, and a crash loses the waiting ones. The log is the
//! real [`MemoryLog`], rebuilt from the disk at every start.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures_util::FutureExt;
use holdline_server::Scope;
use holdline_server::log::{Draft, DraftKind, Log, MemoryLog};
use holdline_shared::{Entry, Epoch, RoomSelection, Seq};

use super::mutation::Mutation;
use super::plan::room_draft;

/// The durable state.
pub(super) struct Disk {
    pub(super) mutation: Option<Mutation>,
    /// Whether appends fail.
    pub(super) is_full: Cell<bool>,
    /// The durable drafts of each incarnation of the log; the last one is current.
    incarnations: RefCell<Vec<Vec<Draft>>>,
    /// The incarnations that were rebuilt for their entries. Rebuilding takes most of a run's time otherwise.
    rebuilt: RefCell<HashMap<usize, Rebuilt>>,
}

/// The entries that a number of drafts become.
struct Rebuilt {
    drafts: usize,
    entries: Rc<[Entry]>,
}

impl Disk {
    /// A disk with these drafts.
    pub(super) fn new(drafts: Vec<Draft>, mutation: Option<Mutation>) -> Self {
        let incarnations = RefCell::new(vec![drafts]);
        Self { mutation, is_full: Cell::new(false), incarnations, rebuilt: RefCell::default() }
    }

    /// The number of the current incarnation of the log, from 0.
    pub(super) fn incarnation(&self) -> usize {
        self.incarnations.borrow().len() - 1
    }

    /// The epoch of the current incarnation.
    pub(super) fn epoch(&self) -> Epoch {
        Epoch(self.incarnation() as u64 + 1)
    }

    /// Makes a draft durable.
    pub(super) fn keep(&self, draft: Draft) {
        if let Some(drafts) = self.incarnations.borrow_mut().last_mut() {
            drafts.push(draft);
        }
    }

    /// Exports and imports the log: a new epoch and new positions for the same messages.
    pub(super) fn replace(&self) {
        let mut incarnations = self.incarnations.borrow_mut();
        let number = incarnations.len();
        let kept = incarnations.last().into_iter().flatten().filter_map(|draft| {
            let mut draft = draft.clone();
            match &mut draft.kind {
                DraftKind::Message { reply_to, .. } => *reply_to = None,
                DraftKind::Room { .. } | DraftKind::Member(_) => {}
                _ => return None,
            }
            Some(draft)
        });
        let mark = format!("import{number}").parse().ok().map(room_draft);
        let imported = mark.into_iter().chain(kept).collect();
        incarnations.push(imported);
    }

    /// Rebuilds an incarnation of the log.
    pub(super) fn load(&self, incarnation: usize) -> MemoryLog {
        let log = MemoryLog::new();
        for draft in self.incarnations.borrow().get(incarnation).into_iter().flatten() {
            // Drafts that were refused are refused again; the memory log answers at once.
            let _ = log.append(draft.clone()).now_or_never();
        }
        log
    }

    /// The entries of an incarnation, in log order.
    pub(super) fn entries(&self, incarnation: usize) -> Rc<[Entry]> {
        let drafts = self.incarnations.borrow().get(incarnation).map_or(0, Vec::len);
        let mut known = self.rebuilt.borrow_mut();
        match known.get(&incarnation) {
            Some(rebuilt) if rebuilt.drafts == drafts => rebuilt.entries.clone(),
            _ => {
                let entries: Rc<[Entry]> = self.rebuild(incarnation).into();
                known.insert(incarnation, Rebuilt { drafts, entries: entries.clone() });
                entries
            }
        }
    }

    fn rebuild(&self, incarnation: usize) -> Vec<Entry> {
        let log = self.load(incarnation);
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map_or(Seq::START, |entry| entry.seq);
            let Some(Ok(chunk)) = log.read(&Scope::of_every_room(), RoomSelection::All, after).now_or_never()
            else {
                return entries;
            };
            if chunk.entries.is_empty() {
                return entries;
            }
            entries.extend(chunk.entries.iter().filter_map(|entry| entry.entry().cloned()));
        }
    }
}
