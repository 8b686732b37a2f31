//! Compares the two ways of serving, event loops and hyper alone: both get the same bytes, over one hub, and
//! their output must be equal byte by byte, except for the time of day in `date`.

mod bodies;
mod chunks;
mod conversation;
mod doors;
mod fuzz;
mod half_closed;
mod heads;
mod holds;
mod idle;
mod limits;
mod pair;
mod pipelines;
mod polls;
mod publishes;
mod random;
mod refusals;
mod removals;
mod senders;
mod slow;
mod stalled;
mod stop;

pub(crate) use conversation::{Conversation, END, poll};
pub(crate) use pair::{Pair, Way};
