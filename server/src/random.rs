//! Random bytes from the operating system. Aborts the process if there are none, because nothing could be signed or
//! named: the only place that may.

/// Returns `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no random numbers; stopping");
        std::process::abort();
    }
    bytes
}

/// Returns a random number, for epochs and the like.
pub(crate) fn word() -> u64 {
    u64::from_le_bytes(bytes())
}
