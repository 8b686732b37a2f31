//! Random numbers, and mutations of requests.

/// A repeatable sequence of numbers: `SplitMix64` (Steele, Lea and Flood, 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Makes a fresh seed.
    pub(crate) fn seed() -> u64 {
        use std::hash::{BuildHasher, RandomState};
        // Short, because people copy it.
        RandomState::new().hash_one(0) % 1_000_000
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// Whether an event happens that has a random of one in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A random element of `all`.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Draws random bytes, at most `most`.
    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// Mutates the bytes; may copy a part of `other`.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(20)).min(bytes.len());
        match self.below(8) {
            0 | 1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let twice = bytes[at..end].to_vec();
                bytes.splice(at..at, twice);
            }
            5 => {
                let from = self.below(other.len());
                bytes.splice(at.., other[from..].iter().copied());
            }
            6 => {
                let insert = *self.one_of(&[
                    &b"\r\n"[..],
                    b"\n",
                    b"\r\n\r\n",
                    b"\0",
                    b" ",
                    b"\t",
                    b":",
                    b"0",
                    b"%",
                    b"&",
                ]);
                bytes.splice(at..at, insert.iter().copied());
            }
            _ => bytes[at] = self.next().to_le_bytes()[0],
        }
    }

    /// Splits the bytes into at most `most` pieces.
    pub(crate) fn pieces(&mut self, bytes: &[u8], most: usize) -> Vec<Vec<u8>> {
        let mut cuts: Vec<_> = (0..self.below(most)).map(|_| self.below(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        cuts.windows(2).map(|cut| bytes[cut[0]..cut[1]].to_vec()).collect()
    }
}
