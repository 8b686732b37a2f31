//! Random generators of the actors, all derived from the seed.

use fastrand::Rng;

/// Derives a random generator from the seed for one purpose.
pub(super) fn fork(seed: u64, who: &str, number: usize) -> Rng {
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
    for byte in who.bytes().chain(number.to_le_bytes()) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }
    Rng::with_seed(state)
}
