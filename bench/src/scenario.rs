//! The scenarios: one file each, with its cases, its columns and its variants of peers.

mod burst;
mod cometd;
mod cores;
mod curve;
mod definition;
mod environment;
mod extent;
mod fanout;
mod growth;
mod hold;
mod join;
mod latency;
mod slow;

#[cfg(test)]
pub(crate) use definition::compared;
pub(crate) use definition::{Column, Sample, Scenario, grouped};
pub(crate) use environment::Environment;
pub(crate) use extent::Extent;

/// The scenarios in their order.
pub(crate) const ALL: [&Scenario; 10] = [
    &hold::HOLD,
    &fanout::FANOUT,
    &burst::BURST,
    &latency::LATENCY,
    &slow::SLOW,
    &cometd::COMETD,
    &join::JOIN,
    &growth::GROWTH,
    &curve::CURVE,
    &cores::CORES,
];

/// Their names.
pub(crate) fn names() -> [&'static str; ALL.len()] {
    ALL.map(|scenario| scenario.name)
}
