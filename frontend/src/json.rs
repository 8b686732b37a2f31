//! JSON, as far as the page needs it: a value, read from text and written to text. What serde derives for the
//! protocol's types would be a sixth of what every visitor loads; the tests read with this whatever serde writes.

mod decode;
mod parse;
mod write;

pub use decode::{Answered, Decode};
pub use write::{Object, quote};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`, also what is absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0 up; the protocol has no others.
    Number(u64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, its fields in the order in which they came.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads; `None` when it is not JSON, or has a number that the protocol never has.
    pub fn parse(text: &str) -> Option<Self> {
        parse::parse(text)
    }

    /// The field of this name; null when there is none.
    pub fn get(&self, name: &str) -> &Self {
        let Self::Object(fields) = self else { return &Self::Null };
        fields.iter().find(|(field, _)| field == name).map_or(&Self::Null, |(_, value)| value)
    }

    /// The string.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number.
    pub fn number(&self) -> Option<u64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The items.
    pub fn list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }
}
