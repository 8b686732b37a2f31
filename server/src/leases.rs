//! Leases: a bounded number of things that each key may hold at once, such as the polls of a person or the connections of a
//! visitor. A lease ends when it is dropped. Waits for nothing, and answers nobody.

use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt as _};
use parking_lot::Mutex;

/// The number of maps to which the keys are spread, so that event loops seldom wait for each other.
const SHARDS: usize = 16;
/// The number of keys of a shard below which no sweep is worth its time.
const SWEPT_FROM: usize = 64;

/// The leases by key.
#[derive(Debug)]
pub(crate) struct Leases<K> {
    /// The number of leases of one key; `None` without a limit.
    most: Option<u32>,
    shards: [Mutex<Shard<K>>; SHARDS],
    hasher: RandomState,
}

/// A part of the keys. The references to a count, except for the one in the map, are the leases of its key.
#[derive(Debug)]
struct Shard<K> {
    counts: HashMap<K, Arc<()>>,
    /// The number of keys at which those without leases are removed.
    sweep_at: usize,
}

/// A lease, or a stand-in for one where nothing is counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lease {
    _count: Option<Arc<()>>,
}

impl<K: Eq + Hash + Clone> Leases<K> {
    /// Allows each key this many leases.
    pub(crate) fn new(most: Option<u32>) -> Self {
        let shards =
            std::array::from_fn(|_| Mutex::new(Shard { counts: HashMap::new(), sweep_at: SWEPT_FROM }));
        Self { most, shards, hasher: RandomState::default() }
    }

    /// Takes a lease; `None` if the key has as many as it may. Without a key, nothing is counted.
    pub(crate) fn acquire(&self, key: Option<&K>) -> Option<Lease> {
        let (Some(most), Some(key)) = (self.most, key) else { return Some(Lease::default()) };
        let mut shard = self.shard(key).lock();
        if let Some(count) = shard.counts.get(key) {
            // Others can only drop leases meanwhile.
            let may = Arc::strong_count(count) - 1 < most as usize;
            return may.then(|| Lease { _count: Some(count.clone()) });
        }
        if most == 0 {
            return None;
        }
        shard.sweep_if_due();
        let count = Arc::new(());
        shard.counts.insert(key.clone(), count.clone());
        Some(Lease { _count: Some(count) })
    }

    /// The limit; `None` without one.
    pub(crate) fn most(&self) -> Option<u32> {
        self.most
    }

    fn shard(&self, key: &K) -> &Mutex<Shard<K>> {
        #[expect(clippy::cast_possible_truncation, reason = "any bits of the hash will do")]
        let number = self.hasher.hash_one(key) as usize % SHARDS;
        &self.shards[number]
    }
}

impl<K: Eq + Hash> Shard<K> {
    /// Removes the keys without leases, each time that the number of keys has doubled.
    fn sweep_if_due(&mut self) {
        if self.counts.len() >= self.sweep_at {
            self.counts.retain(|_, count| Arc::strong_count(count) > 1);
            self.sweep_at = SWEPT_FROM.max(2 * self.counts.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(leases: &Leases<u32>) -> usize {
        leases.shards.iter().map(|shard| shard.lock().counts.len()).sum()
    }

    #[test]
    fn lease_ends_when_dropped() {
        let leases = Leases::new(Some(2));
        let first = leases.acquire(Some(&1)).unwrap();
        let second = leases.acquire(Some(&1)).unwrap();
        assert!(leases.acquire(Some(&1)).is_none());
        assert!(leases.acquire(Some(&2)).is_some() && leases.acquire(None).is_some());
        drop(first);
        let third = leases.acquire(Some(&1)).unwrap();
        assert!(leases.acquire(Some(&1)).is_none());
        drop((second, third));
        assert!(leases.acquire(Some(&1)).is_some());
    }

    #[test]
    fn none_is_unlimited_and_zero_allows_none() {
        let unlimited = Leases::new(None);
        assert!((0..1000).all(|_| unlimited.acquire(Some(&1)).is_some()) && keys(&unlimited) == 0);
        assert!(Leases::new(Some(0)).acquire(Some(&1)).is_none());
    }

    #[test]
    fn memory_is_bounded_under_a_million_keys() {
        let leases = Leases::new(Some(1));
        let held: Vec<_> = (0..5_000).map(|key| leases.acquire(Some(&key)).unwrap()).collect();
        for key in 0..1_000_000 {
            assert_eq!(leases.acquire(Some(&key)).is_some(), key >= 5_000);
        }
        assert!(keys(&leases) <= SHARDS * SWEPT_FROM + 3 * held.len(), "{}", keys(&leases));
    }

    #[test]
    fn threads_never_hold_more_than_the_limit() {
        let leases = Leases::new(Some(3));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        let held: Vec<_> = (0..4).map_while(|_| leases.acquire(Some(&1))).collect();
                        assert!(held.len() <= 3);
                    }
                });
            }
        });
        let held: Vec<_> = (0..4).filter_map(|_| leases.acquire(Some(&1))).collect();
        assert_eq!(held.len(), 3, "all others were dropped");
    }
}
