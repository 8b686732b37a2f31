//! Chance that can be repeated: the same seed, the same throws.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};

/// Dice with as many sides as each throw needs (`SplitMix64`, which any seed suits).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always throw the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed that the environment names, or else one from the clock.
    pub fn seed(variable: &str) -> Result<u64> {
        match std::env::var(variable) {
            Ok(seed) => seed.parse().with_context(|| format!("{variable} is no number: {seed:?}")),
            Err(_) => Ok(u64::from(SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos())),
        }
    }

    /// A number below `sides`.
    pub fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let sides = u64::try_from(sides).unwrap_or(u64::MAX).max(1);
        usize::try_from(mixed % sides).unwrap_or_default()
    }

    /// One of these, unless there are none.
    pub fn choose<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = self.throw(all.len());
        all.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn repeats_itself_and_leaves_out_no_side() {
        let throws = |seed| {
            let mut dice = Dice::new(seed);
            (0..100).map(|_| dice.throw(6)).collect::<Vec<_>>()
        };
        assert_eq!(throws(1), throws(1));
        assert_ne!(throws(1), throws(2));
        assert!((0..6).all(|side| throws(1).contains(&side)));
        assert_eq!(Dice::new(1).choose::<u8>(&[]), None);
    }
}
