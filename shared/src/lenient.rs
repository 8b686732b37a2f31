//! Lenient reading of values from a newer server, so that one unreadable value does not make a whole answer unreadable.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// A value, or something in a form that only a newer version knows.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Lenient<T> {
    Read(T),
    Unreadable(IgnoredAny),
}

impl<T> Lenient<T> {
    pub(crate) fn read(self) -> Option<T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Unreadable(IgnoredAny) => None,
        }
    }
}
