//! The scenarios: what is measured, in which cases, and for which variants of a peer. One file each.

mod burst;
mod cometd;
mod cores;
mod curve;
mod fanout;
mod growth;
mod hold;
mod join;
mod latency;
mod stage;

use anyhow::Result;

use crate::ledger::Tally;
pub(crate) use stage::Stage;

/// Something to measure.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) columns: &'static [Column],
    /// What else is measured when the first is asked for.
    pub(crate) variants: &'static [(&'static str, &'static str)],
    /// Peers that it makes sense for; empty means all.
    pub(crate) only: &'static [&'static str],
    pub(crate) cases: fn(Extent) -> Vec<Case>,
    pub(crate) measure: fn(&Stage<'_>, &Case, &str) -> Result<Sample>,
}

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// For the guard, in two minutes.
    Quick,
    /// What a person waits for.
    Usual,
    /// With ten million entries.
    Full,
}

/// One size of a scenario.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) label: String,
    pub(crate) size: usize,
    /// What varies, where one scenario varies several things.
    pub(crate) kind: &'static str,
}

/// A figure that a scenario brings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) digits: usize,
    /// Whether it is set in relation to the floor and to nchan.
    pub(crate) compared: bool,
}

/// What one measurement of one peer brought: a value for each column, none where it does not apply.
pub(crate) struct Sample {
    pub(crate) values: Vec<Option<f64>>,
    pub(crate) tally: Tally,
}

/// All, in the order in which they run.
pub(crate) const ALL: [&Scenario; 9] = [
    &hold::HOLD,
    &fanout::FANOUT,
    &burst::BURST,
    &latency::LATENCY,
    &cometd::COMETD,
    &join::JOIN,
    &growth::GROWTH,
    &curve::CURVE,
    &cores::CORES,
];

/// Their names.
pub fn names() -> [&'static str; ALL.len()] {
    ALL.map(|scenario| scenario.name)
}

impl Case {
    /// Cases that differ in a number.
    pub(crate) fn sizes(sizes: &[usize], unit: &str) -> Vec<Self> {
        let case = |size: &usize| Self { label: format!("{} {unit}", grouped(*size)), size: *size, kind: "" };
        sizes.iter().map(case).collect()
    }
}

impl Sample {
    /// These values; one that could not be divided does not apply.
    pub(crate) fn new(values: &[f64], tally: Tally) -> Self {
        Self { values: values.iter().map(|value| value.is_finite().then_some(*value)).collect(), tally }
    }
}

/// A column that is compared.
pub(crate) const fn compared(name: &'static str, digits: usize) -> Column {
    Column { name, digits, compared: true }
}

/// A column that stands for itself.
pub(crate) const fn plain(name: &'static str, digits: usize) -> Column {
    Column { name, digits, compared: false }
}

/// A number with commas.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
