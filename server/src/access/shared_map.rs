//! A map whose clones share all that none of them has changed: a change copies one of 4,096 buckets. For snapshots with a
//! hundred thousand people, of which each change makes a new one. (The usual libraries of persistent maps have licences that
//! `deny.toml` does not let into a binary.)

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;

use foldhash::fast::FixedState;

/// The number of branches at the root, and of buckets at each of them. A change copies the pointers at the root and at one
/// branch, and the keys of one bucket: with 100,000 keys, 24.
const WIDTH: usize = 64;

/// The map. Not in the order of the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedMap<K, V> {
    branches: Arc<[Branch<K, V>; WIDTH]>,
    /// The number of keys; every request asks whether there are any.
    len: usize,
}

type Branch<K, V> = Arc<[Bucket<K, V>; WIDTH]>;
type Bucket<K, V> = Arc<BTreeMap<K, V>>;

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        let bucket = Bucket::default();
        let branch = Branch::from(std::array::from_fn(|_| bucket.clone()));
        Self { branches: Arc::new(std::array::from_fn(|_| branch.clone())), len: 0 }
    }
}

impl<K: Ord + Hash + Clone, V: Clone> SharedMap<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let (branch, bucket) = place_of(key);
        self.branches[branch][bucket].get(key)
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.branches.iter().flat_map(|branch| branch.iter()).flat_map(|bucket| bucket.iter())
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.part_mut(&key).insert(key, value).is_none() {
            self.len += 1;
        }
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if self.contains(key) { self.part_mut(key).get_mut(key) } else { None }
    }

    pub(super) fn get_or_default(&mut self, key: &K) -> &mut V
    where
        V: Default,
    {
        if !self.contains(key) {
            self.len += 1;
        }
        self.part_mut(key).entry(key.clone()).or_default()
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        if !self.contains(key) {
            return None;
        }
        self.len -= 1;
        self.part_mut(key).remove(key)
    }

    /// Keeps the values that pass, and copies only the buckets that have others.
    pub(super) fn retain(&mut self, passes: impl Fn(&V) -> bool) {
        let gone: Vec<K> =
            self.iter().filter(|(_, value)| !passes(value)).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.remove(&key);
        }
    }

    /// Changes the values that are chosen, and copies only the buckets that have some.
    pub(super) fn change_all(&mut self, is_chosen: impl Fn(&V) -> bool, change: impl Fn(&mut V)) {
        let keys: Vec<K> =
            self.iter().filter(|(_, value)| is_chosen(value)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.get_mut(&key).into_iter().for_each(&change);
        }
    }

    fn part_mut(&mut self, key: &K) -> &mut BTreeMap<K, V> {
        let (branch, bucket) = place_of(key);
        Arc::make_mut(&mut Arc::make_mut(&mut Arc::make_mut(&mut self.branches)[branch])[bucket])
    }
}

/// The branch and the bucket of a key: the same in every map, so that equal maps have equal buckets.
fn place_of<K: Hash>(key: &K) -> (usize, usize) {
    let hash = FixedState::default().hash_one(key);
    let digit = |hash: u64| usize::try_from(hash % WIDTH as u64).unwrap_or_default();
    (digit(hash), digit(hash / WIDTH as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_leaves_clones_as_they_were_and_copies_one_part() {
        let mut map: SharedMap<u32, u32> = SharedMap::default();
        assert!(map.is_empty() && map.get(&1).is_none() && map.get_mut(&1).is_none());
        (0..10_000).for_each(|number| map.insert(number, number));
        let before = map.clone();
        assert_eq!((map.remove(&7), map.remove(&7)), (Some(7), None));
        *map.get_mut(&7_000).unwrap() = 1;
        *map.get_or_default(&20_000) += 2;
        assert_eq!((before.get(&7), before.get(&7_000), before.get(&20_000)), (Some(&7), Some(&7_000), None));
        assert_eq!((map.get(&7_000), map.get(&20_000), map.values().count()), (Some(&1), Some(&2), 10_000));
        let is_shared = |branch: &usize| Arc::ptr_eq(&map.branches[*branch], &before.branches[*branch]);
        assert!((0..WIDTH).filter(is_shared).count() >= WIDTH - 3);
        assert_ne!(map, before);
        let mut same = SharedMap::default();
        (0..10_000).rev().for_each(|number| same.insert(number, number));
        assert_eq!(before, same, "whatever the order");
    }

    #[test]
    fn all_values_that_are_chosen_go_or_change() {
        let mut map: SharedMap<u32, u32> = SharedMap::default();
        (0..1_000).for_each(|number| map.insert(number, number));
        let before = map.clone();
        map.retain(|_| true);
        map.change_all(|_| false, |value| *value = 0);
        assert!(Arc::ptr_eq(&map.branches, &before.branches), "nothing was copied");
        map.retain(|value| value % 2 == 0);
        map.change_all(|value| *value < 10, |value| *value += 1);
        let mut all: Vec<u32> = map.values().copied().collect();
        all.sort_unstable();
        assert_eq!((all.len(), &all[..6]), (500, &[1, 3, 5, 7, 9, 10][..]));
    }
}
