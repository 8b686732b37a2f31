//! The addresses from which people's requests came lately, as this process has seen them, for bans that concern the address,
//! too. Bounded in memory, and empty after a restart; decides nothing.

use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::time::Duration;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt as _};
use holdline_shared::PersonId;
use parking_lot::Mutex;
use tokio::time::Instant;

/// The number of maps to which people are spread, so that event loops seldom wait for each other.
const SHARDS: usize = 16;
/// The number of people in each half of a shard: 65,536 altogether, in 16 MB at most.
const PEOPLE: usize = 2_048;
/// The number of addresses of one person.
const VISITORS: usize = 4;
/// The time before a person's last request in which another address counts as theirs, too: a phone changes networks on the
/// way home, and whoever has the address of this morning may be somebody else.
const LATELY: Duration = Duration::from_secs(60 * 60);

/// The addresses by person.
#[derive(Debug)]
pub(super) struct Whereabouts {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

/// A part of the people. When the younger half is full, the older one is forgotten.
#[derive(Debug)]
struct Shard {
    young: HashMap<PersonId, Sightings>,
    old: HashMap<PersonId, Sightings>,
}

/// The addresses of one person with the time of the last request, the newest last.
type Sightings = Vec<(IpAddr, Instant)>;

impl Whereabouts {
    pub(super) fn new() -> Self {
        let shard = || Mutex::new(Shard { young: HashMap::new(), old: HashMap::new() });
        Self { shards: std::array::from_fn(|_| shard()), hasher: RandomState::default() }
    }

    /// Notes a request.
    pub(super) fn note(&self, person: &PersonId, visitor: IpAddr) {
        let mut shard = self.shard(person).lock();
        let now = Instant::now();
        if let Some(sightings) = shard.young.get_mut(person) {
            return see(sightings, visitor, now);
        }
        if shard.young.len() >= PEOPLE {
            shard.old = std::mem::take(&mut shard.young);
        }
        let mut sightings = shard.old.remove(person).unwrap_or_default();
        see(&mut sightings, visitor, now);
        shard.young.insert(person.clone(), sightings);
    }

    /// The address of the person's last request, and those of the hour before it.
    pub(super) fn visitors_of(&self, person: &PersonId) -> Vec<IpAddr> {
        let shard = self.shard(person).lock();
        let sightings = shard.young.get(person).or_else(|| shard.old.get(person));
        let Some((sightings, (_, last))) = sightings.and_then(|all| Some((all, all.last()?))) else {
            return Vec::new();
        };
        let late = sightings.iter().filter(|(_, seen)| last.duration_since(*seen) <= LATELY);
        late.map(|(visitor, _)| *visitor).collect()
    }

    fn shard(&self, person: &PersonId) -> &Mutex<Shard> {
        let hash = usize::try_from(self.hasher.hash_one(person) % SHARDS as u64).unwrap_or_default();
        &self.shards[hash]
    }
}

fn see(sightings: &mut Sightings, visitor: IpAddr, now: Instant) {
    match sightings.iter().rposition(|(seen, _)| *seen == visitor) {
        Some(at) => drop(sightings.remove(at)),
        None if sightings.len() >= VISITORS => drop(sightings.remove(0)),
        None => {}
    }
    sightings.push((visitor, now));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: usize) -> PersonId {
        PersonId::parse(&format!("p{number}")).unwrap()
    }

    fn address(number: u8) -> IpAddr {
        [203, 0, 113, number].into()
    }

    #[tokio::test(start_paused = true)]
    async fn last_addresses_are_known_and_earlier_ones_forgotten() {
        let whereabouts = Whereabouts::new();
        assert!(whereabouts.visitors_of(&person(1)).is_empty());
        for number in [1, 2, 1] {
            whereabouts.note(&person(1), address(number));
        }
        assert_eq!(whereabouts.visitors_of(&person(1)), [address(2), address(1)]);
        tokio::time::advance(LATELY).await;
        assert_eq!(whereabouts.visitors_of(&person(1)).len(), 2, "nobody came since");
        tokio::time::advance(Duration::from_secs(1)).await;
        whereabouts.note(&person(1), address(3));
        assert_eq!(whereabouts.visitors_of(&person(1)), [address(3)]);
        for number in 4..20 {
            whereabouts.note(&person(1), address(number));
        }
        assert_eq!(whereabouts.visitors_of(&person(1)), [16, 17, 18, 19].map(address));
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_and_whoever_is_there_stays_known() {
        let whereabouts = Whereabouts::new();
        for number in 0..80_000 {
            whereabouts.note(&person(number), address(1));
            if number % 1_000 == 0 {
                whereabouts.note(&person(0), address(2));
            }
        }
        for shard in &whereabouts.shards {
            let Shard { young, old } = &*shard.lock();
            assert!(young.len() + old.len() <= 2 * PEOPLE);
        }
        assert_eq!(whereabouts.visitors_of(&person(0)), [address(1), address(2)]);
        assert!(whereabouts.visitors_of(&person(1)).is_empty());
    }
}
