//! Repeatable random numbers: the same seed gives the same sequence.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};

/// A sequence of random numbers (`SplitMix64`, for which any seed is good).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Starts the sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Reads the seed from the environment, or takes one from the clock.
    pub fn seed(variable: &str) -> Result<u64> {
        match std::env::var(variable) {
            Ok(seed) => seed.parse().with_context(|| format!("{variable} is no number: {seed:?}")),
            Err(_) => Ok(u64::from(SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos())),
        }
    }

    /// The next random number, below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(mixed % end).unwrap_or_default()
    }

    /// A random element of `all`; `None` if it is empty.
    pub fn choose<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(all.len());
        all.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn repeats_itself_and_leaves_out_no_number() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            (0..100).map(|_| random.below(6)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
        assert!((0..6).all(|number| numbers(1).contains(&number)));
        assert_eq!(Random::new(1).choose::<u8>(&[]), None);
    }
}
