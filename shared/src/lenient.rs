//! Lenient reading of values from a newer server, so that one unreadable value does not make a whole answer unreadable.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A value, or nothing when the JSON has a form that only a newer version knows.
pub(crate) struct Lenient<T>(Option<T>);

impl<T> Lenient<T> {
    pub(crate) fn read(self) -> Option<T> {
        self.0
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    /// Reads the value as raw JSON first, so that a failure to parse it stays within this value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(text.get()).ok()))
    }
}
