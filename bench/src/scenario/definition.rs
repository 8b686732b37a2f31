//! The parts of a scenario.

use std::borrow::Cow;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::extent::Extent;
use crate::ledger::Tally;

/// A scenario.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) columns: &'static [Column],
    /// Pairs of a peer and a variant that is measured beside it.
    pub(crate) variants: &'static [(&'static str, &'static str)],
    /// Peers for which the scenario makes sense; empty means all.
    pub(crate) only: &'static [&'static str],
    pub(crate) cases: fn(Extent) -> Vec<Case>,
    pub(crate) measure: fn(&Environment<'_>, &Case, &str) -> Result<Sample>,
}

/// A scenario at one size.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) label: String,
    pub(crate) size: usize,
    /// The varied quantity, where a scenario varies several.
    pub(crate) kind: &'static str,
}

/// A column of figures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: Cow<'static, str>,
    pub(crate) digits: usize,
    /// Whether the table has ratios to the baseline and to nchan.
    pub(crate) compared: bool,
}

/// The values of one measurement of one peer, one for each column; `None` where the column does not apply.
pub(crate) struct Sample {
    pub(crate) values: Vec<Option<f64>>,
    pub(crate) tally: Tally,
}

impl Case {
    /// Cases of these sizes.
    pub(crate) fn sizes(sizes: &[usize], unit: &str) -> Vec<Self> {
        let case = |size: &usize| Self { label: format!("{} {unit}", grouped(*size)), size: *size, kind: "" };
        sizes.iter().map(case).collect()
    }
}

impl Sample {
    /// Makes a sample; a value that is not finite does not apply.
    pub(crate) fn new(values: &[f64], tally: Tally) -> Self {
        Self { values: values.iter().map(|value| value.is_finite().then_some(*value)).collect(), tally }
    }
}

/// A column with ratios.
pub(crate) const fn compared(name: &'static str, digits: usize) -> Column {
    Column { name: Cow::Borrowed(name), digits, compared: true }
}

/// A column without ratios.
pub(crate) const fn plain(name: &'static str, digits: usize) -> Column {
    Column { name: Cow::Borrowed(name), digits, compared: false }
}

/// Formats a number with commas.
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
