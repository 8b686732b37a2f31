//! The wait lists of a keeper, by number and by feed: which of them were notified, which pause after a round of answers, and
//! which nobody needs any more. Looks at no poll.

use std::ops::{Index, IndexMut};
use std::sync::Arc;
use std::task::Waker;

use foldhash::{HashMap, HashMapExt as _};
use holdline_shared::Seq;
use slab::Slab;
use tokio::time::Instant;

use super::coalescer::Coalescer;
use super::feed::{Feed, WaitKey};
use super::ready_set::ReadySet;
use super::wait_list::{HeldId, PauseEnd, Phase, WaitList, index};

/// The wait lists of a keeper, one for each feed for which its polls wait.
pub(super) struct WaitLists {
    lists: Slab<WaitList>,
    by_key: HashMap<WaitKey, u32>,
    ready: Arc<ReadySet>,
    /// The lists in a pause, each once. They are not dropped meanwhile.
    pausing: Vec<u32>,
}

impl WaitLists {
    /// Makes an empty collection. `owner` is woken when [`WaitLists::take_woken`] has something to return.
    pub(super) fn new(owner: Waker) -> Self {
        Self {
            lists: Slab::new(),
            by_key: HashMap::new(),
            ready: Arc::new(ReadySet::new(owner)),
            pausing: Vec::new(),
        }
    }

    /// The list for a feed, if there is one.
    pub(super) fn find(&self, key: &WaitKey) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    /// The list for a feed, registered with it from now on.
    pub(super) fn registered(&mut self, feed: Arc<Feed>) -> u32 {
        if let Some(list) = self.find(feed.key()) {
            return list;
        }
        let number = index(self.lists.vacant_key());
        self.by_key.insert(feed.key().clone(), number);
        self.lists.insert(WaitList::new(feed, self.ready.token(number)));
        number
    }

    /// Whether a list was notified since the last call of [`WaitLists::take_woken`].
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The end of the first pause.
    pub(super) fn next_pass(&self) -> Option<Instant> {
        let lists = self.pausing.iter().filter_map(|list| self.lists.get(*list as usize));
        lists.filter_map(WaitList::pause).map(|pause| pause.until()).min()
    }

    /// Takes the lists that have to be passed: they were notified, and do not pause.
    pub(super) fn take_woken(&mut self, now: Instant, is_closing: bool) -> Vec<u32> {
        let mut woken = self.ready.take();
        // Some of the numbers may belong to lists that were dropped.
        woken.retain(|list| self.lists.get_mut(*list as usize).is_some_and(WaitList::wake));
        for list in std::mem::take(&mut self.pausing) {
            match self[list].end_pause(now, is_closing) {
                PauseEnd::GoesOn => self.pausing.push(list),
                PauseEnd::Over => self.drop_if_idle(list),
                PauseEnd::Woken => woken.push(list),
            }
        }
        woken
    }

    /// Registers a list with its feed again and takes its members, to pass it; `None` if it was dropped.
    pub(super) fn begin_pass(&mut self, number: u32) -> Option<Vec<HeldId>> {
        let list = self.lists.get_mut(number as usize)?;
        list.register();
        Some(std::mem::take(&mut list.members))
    }

    /// Begins the pause of a list after a round of answers.
    pub(super) fn pause(&mut self, number: u32, pause: Coalescer) {
        self[number].phase = Phase::Pausing(pause);
        self.pausing.push(number);
    }

    /// Whether a poll for which entries are ready has to wait for the end of a pause. If so, the list is
    /// passed at that time.
    pub(super) fn defers(&mut self, number: u32, after: Seq, now: Instant, is_closing: bool) -> bool {
        let list = &mut self[number];
        let defers = list.pause().is_some_and(|pause| pause.defers(after, now))
            && list.feed.is_beyond(after)
            && !is_closing;
        if defers {
            list.wake();
        }
        defers
    }

    /// Drops a list in which no poll waits, unless it pauses.
    pub(super) fn drop_if_idle(&mut self, number: u32) {
        let Some(list) = self.lists.get(number as usize) else { return };
        if list.members.is_empty() && list.pause().is_none() {
            let list = self.lists.remove(number as usize);
            self.by_key.remove(list.feed.key());
            list.unregister();
        }
    }
}

impl Index<u32> for WaitLists {
    type Output = WaitList;

    fn index(&self, number: u32) -> &WaitList {
        &self.lists[number as usize]
    }
}

impl IndexMut<u32> for WaitLists {
    fn index_mut(&mut self, number: u32) -> &mut WaitList {
        &mut self.lists[number as usize]
    }
}

impl Drop for WaitLists {
    fn drop(&mut self) {
        for (_, list) in &self.lists {
            list.unregister();
        }
    }
}
