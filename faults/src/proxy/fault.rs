//! What can be done to a request.

use std::time::Duration;

use fastrand::Rng;

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    /// Nothing: it is passed on, and so is its answer.
    None,
    /// The connection is cut before the server hears of it.
    CutBefore,
    /// Both connections are cut after this time, if there is no answer until then.
    CutHeld(Duration),
    /// The server hears of it late.
    DelayRequest(Duration),
    /// The client hears of the answer late.
    DelayAnswer(Duration),
    /// The answer is passed on in crumbs.
    Crumbs,
    /// The answer is cut after this part of it.
    Truncate(f64),
    /// The proxy answers by itself, the server hears nothing.
    Refuse(u16),
    /// The proxy answers by itself, and the server does what it was asked all the same.
    RefuseAfter(u16),
    /// The server gets it twice, one after the other; the second answer is passed on.
    Twice,
    /// The server gets it twice at the same time; the first's answer is passed on.
    TwiceAtOnce,
    /// The server does what it was asked; the client never hears of it.
    DropAnswer,
}

impl Fault {
    /// Three in five requests pass.
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
            4 => Self::Crumbs,
            5 => Self::Truncate(rng.f64()),
            6 => Self::Refuse(gateway),
            7 => Self::RefuseAfter(gateway),
            8 => Self::Twice,
            9 => Self::TwiceAtOnce,
            _ => Self::DropAnswer,
        }
    }
}

fn millis(rng: &mut Rng, most: u64) -> Duration {
    Duration::from_millis(rng.u64(1..most))
}
