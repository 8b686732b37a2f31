//! The faults of a request.

use std::time::Duration;

use fastrand::Rng;

/// The fault of one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    /// No fault: request and response are passed on.
    None,
    /// The connection is cut before the server gets the request.
    CutBefore,
    /// Cuts both connections if there is no response after this time.
    CutHeld(Duration),
    /// The request is delayed.
    DelayRequest(Duration),
    /// The response is delayed.
    DelayAnswer(Duration),
    /// The response is passed on in small chunks.
    Chunks,
    /// The response is cut after this fraction of its length.
    Truncate(f64),
    /// The proxy answers with an error, and the server gets no request.
    Refuse(u16),
    /// The proxy answers with an error after the server has executed the request.
    RefuseAfter(u16),
    /// The server gets the request twice in succession; the second response is passed on.
    Duplicate,
    /// The server gets the request twice at the same time; the response to the first is passed on.
    DuplicateConcurrently,
    /// The server executes the request, but the response is dropped.
    DropAnswer,
}

impl Fault {
    /// Chooses a fault at random; three of five requests have none.
    pub(super) fn draw(rng: &mut Rng) -> Self {
        if rng.u8(..5) < 3 {
            return Self::None;
        }
        let gateway = [502, 503, 504][rng.usize(..3)];
        match rng.u8(..11) {
            0 => Self::CutBefore,
            1 => Self::CutHeld(millis(rng, 3000)),
            2 => Self::DelayRequest(millis(rng, 300)),
            3 => Self::DelayAnswer(millis(rng, 300)),
            4 => Self::Chunks,
            5 => Self::Truncate(rng.f64()),
            6 => Self::Refuse(gateway),
            7 => Self::RefuseAfter(gateway),
            8 => Self::Duplicate,
            9 => Self::DuplicateConcurrently,
            _ => Self::DropAnswer,
        }
    }
}

fn millis(rng: &mut Rng, most: u64) -> Duration {
    Duration::from_millis(rng.u64(1..most))
}
