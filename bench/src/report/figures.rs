//! The figures of a scenario: for each case and peer all values of all passes, and the losses.

use serde::{Deserialize, Serialize};

use super::statistics::{Spread, spread};
use crate::ledger::Tally;
use crate::scenario::{Column, Sample, Scenario};

/// The figures of one scenario.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) scenario: String,
    pub(crate) about: String,
    pub(crate) runs: usize,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// The figures of one peer in one case.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) case: String,
    pub(crate) peer: String,
    /// A value for each column, in each pass.
    pub(crate) passes: Vec<Vec<Option<f64>>>,
    #[serde(flatten)]
    pub(crate) tally: Tally,
    /// Passes that failed.
    pub(crate) failed: usize,
}

impl Row {
    pub(crate) fn new(case: &str, peer: &str) -> Self {
        Self { case: case.to_owned(), peer: peer.to_owned(), ..Self::default() }
    }

    pub(crate) fn add(&mut self, sample: Sample) {
        self.passes.push(sample.values);
        self.tally += sample.tally;
    }

    /// Adds a failed pass, without values.
    pub(crate) fn fail(&mut self, columns: usize) {
        self.passes.push(vec![None; columns]);
        self.failed += 1;
    }

    /// The spread of a column.
    pub(crate) fn spread(&self, column: usize) -> Option<Spread> {
        spread(self.values(column).flatten())
    }

    fn values(&self, column: usize) -> impl Iterator<Item = Option<f64>> {
        self.passes.iter().map(move |values| values.get(column).copied().flatten())
    }
}

impl Figures {
    pub(crate) fn new(scenario: &Scenario, runs: usize, rows: Vec<Row>) -> Self {
        Self {
            scenario: scenario.name.to_owned(),
            about: scenario.about.to_owned(),
            runs,
            columns: scenario.columns.to_vec(),
            rows,
        }
    }

    /// Whether `holdline` lost nothing, doubled nothing, kept the order, and never failed.
    pub(crate) fn holdline_is_clean(&self) -> bool {
        let mut holdline = self.rows.iter().filter(|row| row.peer.starts_with("holdline"));
        holdline.all(|row| row.tally.is_clean() && row.failed == 0)
    }

    /// The ratio of a row to another peer's in the same case: the median of the ratios within each pass.
    pub(crate) fn ratio(&self, row: &Row, peer: &str, column: usize) -> Option<f64> {
        let other = self.rows.iter().find(|other| other.case == row.case && other.peer == peer)?;
        let pairs = row.values(column).zip(other.values(column));
        spread(pairs.filter_map(|(value, other)| Some(value? / other?))).map(|spread| spread.median)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::compared;

    fn figures(lost: u64) -> Figures {
        let row = |peer: &str, values: [f64; 3], lost| Row {
            passes: values.map(|value| vec![Some(value)]).into(),
            tally: Tally { lost, ..Tally::default() },
            ..Row::new("1,000", peer)
        };
        Figures {
            scenario: "fanout".into(),
            about: String::new(),
            runs: 3,
            columns: vec![compared("CPU", 1)],
            rows: vec![row("holdline", [6.0, 12.0, 7.0], lost), row("baseline", [5.0, 10.0, 7.0], 0)],
        }
    }

    #[test]
    fn ratio_is_taken_within_each_pass() {
        let figures = figures(0);
        let ratio = figures.ratio(&figures.rows[0], "baseline", 0).unwrap();
        assert!((ratio - 1.2).abs() < 1e-9);
        assert_eq!(figures.ratio(&figures.rows[0], "nchan", 0), None);
    }

    #[test]
    fn loss_of_holdline_is_reported() {
        assert!(figures(0).holdline_is_clean());
        assert!(!figures(1).holdline_is_clean());
    }
}
