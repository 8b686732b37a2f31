//! Stub docs.
pub mod log;
mod random;
