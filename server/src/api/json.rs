//! Parses JSON bodies, and explains errors in terms of JSON, not of Rust.

use holdline_shared::ProblemCode;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// Whether a media type is `application/json`, or another one that ends in `+json`.
pub(super) fn is_json(media_type: &str) -> bool {
    media_type.eq_ignore_ascii_case("application/json") || media_type.to_ascii_lowercase().ends_with("+json")
}

/// Parses an object.
pub(super) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, ApiError> {
    // Serde would accept an array with the fields in their order.
    if json.trim_ascii_start().first().is_some_and(|&first| first == b'[') {
        let detail = "the body is a JSON array; an object is expected";
        return Err(ApiError::new(ProblemCode::InvalidBody, detail));
    }
    serde_json::from_slice(json).map_err(|error| {
        // A value of another type than text in the place of a word is a syntax error to serde, but not to JSON.
        let other_type = || serde_json::from_value::<T>(serde_json::from_slice(json).ok()?).err();
        let other_type = if error.is_data() { None } else { other_type() };
        let is_json = error.is_data() || other_type.is_some();
        let code = if is_json { ProblemCode::InvalidBody } else { ProblemCode::InvalidJson };
        ApiError::new(code, in_plain_words(&other_type.unwrap_or(error).to_string()))
    })
}

/// Rewords an error of `serde_json`.
fn in_plain_words(error: &str) -> String {
    let mut words = error.to_owned();
    for (theirs, ours) in [
        ("invalid type: map", "invalid type: object"),
        ("invalid type: sequence", "invalid type: array"),
        ("expected u64", "expected a whole number that is not negative"),
    ] {
        words = words.replacen(theirs, ours, 1);
    }
    // "expected struct NAME" means the whole body.
    match words.find("expected struct ") {
        Some(at) => {
            let end = words[at..].find(" at line").map_or(words.len(), |end| at + end);
            format!("{}expected an object{}", &words[..at], &words[end..])
        }
        None => words,
    }
}
