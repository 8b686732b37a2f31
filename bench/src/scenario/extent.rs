//! The extent of a measurement.

/// The extent of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The minimum that the guard needs, in three minutes.
    Quick,
    /// The usual run.
    Usual,
    /// The usual run, with ten million entries.
    Full,
}
