//! Randomness from the operating system. Without it nothing here could be signed or named, so there is no answer but to
//! stop: the one place that may.

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no random numbers; stopping");
        std::process::abort();
    }
    bytes
}

/// A random word, for epochs and the like.
pub(crate) fn word() -> u64 {
    u64::from_le_bytes(bytes())
}
