//! An invalid request.

use holdline_shared::ProblemCode;

/// The sender of a request.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Who {
    Nobody,
    Ada,
    Bob,
}

/// An invalid request and its problem. `{said}` is a message of Ada's, `{deleted}` a deleted one, `{epoch}` the log's.
pub(super) struct Case(
    pub(super) Who,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) Vec<u8>,
    pub(super) ProblemCode,
);
