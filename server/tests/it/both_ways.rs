//! The two ways of serving, event loops and hyper alone, are impossible to tell apart: the same bytes are sent to both,
//! over one hub, and what comes back is compared byte by byte, but for the time of day in `date`.

mod bodies;
mod chunks;
mod fuzz;
mod half_closed;
mod heads;
mod holds;
mod idle;
mod limits;
mod mutation;
mod pair;
mod pipelines;
mod polls;
mod publishes;
mod refusals;
mod slow;
mod stalled;
mod stop;
mod talk;

pub(crate) use pair::{Pair, Way};
pub(crate) use talk::{END, Talk, poll};
