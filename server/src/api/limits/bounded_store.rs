//! The state of a limiter for a bounded number of keys. Keys that find no place share one state, so that strangers with
//! many addresses neither use up the memory nor lift the limit. Keeps no time.

use std::collections::HashMap;
use std::sync::Arc;

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use parking_lot::Mutex;

use super::key::LimitKey;

/// The number of keys, 4 MB of them. A key is forgotten when its allowance is whole again.
pub(super) const KEYS: usize = 1 << 16;

/// The states by key, shared by its clones.
#[derive(Debug, Clone, Default)]
pub(super) struct BoundedStore(Arc<Mutex<States>>);

/// The states of keys, each the time at which the allowance is whole again.
#[derive(Debug, Default)]
struct States {
    by_key: HashMap<LimitKey, Nanos>,
    /// The common state of all other keys, while the map is full.
    of_others: Option<Nanos>,
}

impl BoundedStore {
    /// Gives a key the time back that one request took.
    pub(super) fn give_back(&self, key: &LimitKey, interval: Nanos) {
        let mut states = self.0.lock();
        let States { by_key, of_others } = &mut *states;
        if let Some(state) = by_key.get_mut(key).or(of_others.as_mut()) {
            *state = state.saturating_sub(interval);
        }
    }
}

impl StateStore for BoundedStore {
    type Key = LimitKey;

    fn measure_and_replace<T, F, E>(&self, key: &LimitKey, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut states = self.0.lock();
        let States { by_key, of_others } = &mut *states;
        if let Some(state) = by_key.get_mut(key) {
            let (outcome, next) = measure(Some(*state))?;
            *state = next;
            Ok(outcome)
        } else if by_key.len() < KEYS {
            let (outcome, next) = measure(None)?;
            by_key.insert(key.clone(), next);
            Ok(outcome)
        } else {
            let (outcome, next) = measure(*of_others)?;
            *of_others = Some(next);
            Ok(outcome)
        }
    }
}

impl ShrinkableKeyedStateStore<LimitKey> for BoundedStore {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut states = self.0.lock();
        states.by_key.retain(|_, state| *state > drop_below);
        let needed = states.by_key.len();
        states.by_key.shrink_to(2 * needed);
    }

    fn len(&self) -> usize {
        self.0.lock().by_key.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
