//! Holdline's browser client.
pub mod state;
