//! The schemas of types whose JSON differs from their fields; the other types derive theirs.

use std::ops::RangeInclusive;

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::{Cursor, ProblemCode, Seq};

/// Returns the schema of a text with a length in this range; a character has at least one byte, so a range of bytes
/// bounds characters, too.
pub(crate) fn text(description: &str, bytes: RangeInclusive<usize>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(description.trim()));
    text.min_length(Some(*bytes.start())).max_length(Some(*bytes.end())).into()
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("A reader's position; opaque, to be sent back unchanged")).into()
    }
}

impl ToSchema for Cursor {}

impl PartialSchema for Seq {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        number.description(Some("An entry's position in the log; they grow and may skip numbers")).into()
    }
}

impl ToSchema for Seq {}

impl PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        let codes = Self::ALL.iter().map(|code| code.as_str());
        let text = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes));
        text.description(Some(
            "The kind of a problem. Newer servers may send others; branch on the status then",
        ))
        .into()
    }
}

impl ToSchema for ProblemCode {}
