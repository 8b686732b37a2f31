//! The bodies of requests, field by field: as light as a type for each body, without the JSON tree that `serde_json`
//! would add to the client.

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// The fields of a body, in their order.
#[derive(Default)]
pub(super) struct Fields(Vec<(&'static str, Box<RawValue>)>);

impl Fields {
    /// Creates a body with this field.
    pub(super) fn of(name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        Self::default().with(name, value)
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        // Words, numbers and lists of them can always be written.
        self.0.extend(to_raw_value(value).ok().map(|value| (name, value)));
        self
    }

    /// Adds a field if there is a value for it.
    pub(super) fn maybe(self, name: &'static str, value: Option<&impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a text unless it is empty.
    pub(super) fn unless_empty(self, name: &'static str, text: &str) -> Self {
        if text.is_empty() { self } else { self.with(name, text) }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
