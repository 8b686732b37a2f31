//! The publish key, which makes publishing idempotent.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// A UUID that a client creates for each message. (author, key) is unique in the log, so a client may repeat a publish until
/// it gets an answer and still publishes once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
pub struct PublishKey(Uuid);

/// The error for a text that is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a publish key is a UUID such as 7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f")]
pub struct InvalidKey;

impl PublishKey {
    /// Makes a version 4 UUID from 16 random bytes, which the caller supplies.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The UUID's bytes, as engines store them.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl FromStr for PublishKey {
    type Err = InvalidKey;
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidKey)
    }
}

impl fmt::Display for PublishKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

impl fmt::Debug for PublishKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublishKey({self})")
    }
}
