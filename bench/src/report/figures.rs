//! The figures of a scenario: for each case and peer all values of all passes, and what was lost.

use serde::{Deserialize, Serialize};

use super::statistics::{Spread, spread};
use crate::ledger::Tally;
use crate::scenario::{Column, Sample, Scenario};

/// One scenario's.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) scenario: String,
    pub(crate) about: String,
    pub(crate) runs: usize,
    pub(crate) columns: Vec<Named>,
    pub(crate) rows: Vec<Row>,
}

/// A column, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) digits: usize,
    pub(crate) compared: bool,
}

/// What one peer brought in one case.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) case: String,
    pub(crate) peer: String,
    /// Of each pass, one for each column.
    pub(crate) passes: Vec<Vec<Option<f64>>>,
    pub(crate) expected: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) disordered: u64,
    /// Passes that came to nothing.
    pub(crate) failed: usize,
}

impl From<&Column> for Named {
    fn from(column: &Column) -> Self {
        Self { name: column.name.to_owned(), digits: column.digits, compared: column.compared }
    }
}

impl Row {
    pub(crate) fn new(case: &str, peer: &str) -> Self {
        Self {
            case: case.to_owned(),
            peer: peer.to_owned(),
            passes: Vec::new(),
            expected: 0,
            lost: 0,
            doubled: 0,
            disordered: 0,
            failed: 0,
        }
    }

    pub(crate) fn add(&mut self, sample: Sample) {
        self.passes.push(sample.values);
        let Tally { expected, lost, doubled, disordered } = sample.tally;
        self.expected += expected;
        self.lost += lost;
        self.doubled += doubled;
        self.disordered += disordered;
    }

    /// A pass without values.
    pub(crate) fn fail(&mut self, columns: usize) {
        self.passes.push(vec![None; columns]);
        self.failed += 1;
    }

    fn tally(&self) -> Tally {
        let Self { expected, lost, doubled, disordered, .. } = *self;
        Tally { expected, lost, doubled, disordered }
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
            columns: scenario.columns.iter().map(Named::from).collect(),
            rows,
        }
    }

    /// Whether ours lost nothing, doubled nothing, kept the order, and did not fail.
    pub(crate) fn ours_is_clean(&self) -> bool {
        let ours = self.rows.iter().filter(|row| row.peer.starts_with("holdline"));
        ours.clone().all(|row| row.tally().is_clean() && row.failed == 0)
    }

    /// The peers, in their order.
    pub(crate) fn peers(&self) -> Vec<String> {
        let mut peers = Vec::new();
        for row in &self.rows {
            if !peers.contains(&row.peer) {
                peers.push(row.peer.clone());
            }
        }
        peers
    }

    /// The median of a row's column, by the column's name.
    pub(crate) fn median(&self, row: &Row, column: &str) -> Option<f64> {
        let at = self.columns.iter().position(|named| named.name == column)?;
        row.spread(at).map(|spread| spread.median)
    }

    /// A row in relation to another peer's in the same case: the median of what it was within each pass.
    pub(crate) fn ratio(&self, row: &Row, peer: &str, column: usize) -> Option<f64> {
        let other = self.rows.iter().find(|other| other.case == row.case && other.peer == peer)?;
        let pairs = row.values(column).zip(other.values(column));
        spread(pairs.filter_map(|(value, other)| Some(value? / other?))).map(|spread| spread.median)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(lost: u64) -> Figures {
        let row = |peer: &str, values: [f64; 3], lost| Row {
            passes: values.map(|value| vec![Some(value)]).into(),
            lost,
            ..Row::new("1,000", peer)
        };
        Figures {
            scenario: "fanout".into(),
            about: String::new(),
            runs: 3,
            columns: vec![Named { name: "CPU".into(), digits: 1, compared: true }],
            rows: vec![row("holdline", [6.0, 12.0, 7.0], lost), row("floor", [5.0, 10.0, 7.0], 0)],
        }
    }

    #[test]
    fn ratios_are_taken_within_a_pass() {
        let figures = figures(0);
        let ratio = figures.ratio(&figures.rows[0], "floor", 0).unwrap();
        assert!((ratio - 1.2).abs() < 1e-9);
        assert_eq!(figures.ratio(&figures.rows[0], "nchan", 0), None);
    }

    #[test]
    fn a_loss_of_ours_shows() {
        assert!(figures(0).ours_is_clean());
        assert!(!figures(1).ours_is_clean());
    }
}
