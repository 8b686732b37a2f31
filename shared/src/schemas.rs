//! The schemas of types whose JSON is not that of their fields; the others derive theirs.

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::{Cursor, ProblemCode};

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("A reader's position; opaque, to be sent back unchanged")).into()
    }
}

impl ToSchema for Cursor {}

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
