//! A table, for a terminal and in Markdown.

use std::fmt::Write as _;

use super::figures::Figures;
use super::statistics::Spread;

/// Peers that every figure is compared with.
const REFERENCES: [&str; 2] = ["baseline", "nchan"];

/// A head and rows of cells.
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes the table of a scenario: a row for each case and peer.
    pub(crate) fn of(figures: &Figures) -> Self {
        let mut head = vec![String::new(), "server".into()];
        let there = |peer: &&&str| figures.rows.iter().any(|row| row.peer == **peer);
        let references: Vec<_> = REFERENCES.iter().filter(there).collect();
        for column in &figures.columns {
            head.push(column.name.to_string());
            if column.compared {
                head.extend(references.iter().map(|peer| format!("× {peer}")));
            }
        }
        head.push("lost".into());
        head.push("doubled".into());
        head.push("out of order".into());
        let mut rows = Vec::new();
        let mut case = "";
        for row in &figures.rows {
            // A case is named once.
            let label = if row.case == case { String::new() } else { row.case.clone() };
            case = &row.case;
            let mut cells = vec![label, row.peer.clone()];
            for (at, column) in figures.columns.iter().enumerate() {
                cells.push(row.spread(at).map_or_else(|| "–".into(), |spread| cell(spread, column.digits)));
                if column.compared {
                    let ratios = references.iter().map(|peer| figures.ratio(row, peer, at));
                    cells.extend(
                        ratios.map(|ratio| ratio.map_or_else(|| "–".into(), |ratio| format!("{ratio:.2}"))),
                    );
                }
            }
            if row.failed > 0 {
                cells.push(format!("failed {} times", row.failed));
            } else {
                cells.push(share(row.tally.lost, row.tally.expected));
            }
            cells.push(row.tally.doubled.to_string());
            cells.push(row.tally.disordered.to_string());
            rows.push(cells);
        }
        Self { head, rows }
    }

    /// Formats the table in columns.
    pub(crate) fn text(&self) -> String {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width = |at: usize| lines().map(|cells| cells[at].chars().count()).max().unwrap_or(0);
        let widths: Vec<_> = (0..self.head.len()).map(width).collect();
        let mut text = String::new();
        for cells in lines() {
            for (at, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                // Words to the left, figures to the right. Writing to memory does not fail.
                let written =
                    if at < 2 { write!(text, "{cell:<width$}  ") } else { write!(text, "{cell:>width$}  ") };
                written.unwrap_or_default();
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }

    /// Formats the table as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<_> =
            (0..self.head.len()).map(|at| if at < 2 { "---" } else { "--:" }.to_owned()).collect();
        let mut text = line(&self.head);
        text.push_str(&line(&rule));
        self.rows.iter().for_each(|cells| text.push_str(&line(cells)));
        text
    }
}

/// Formats a median, with the least and the most in brackets.
fn cell(spread: Spread, digits: usize) -> String {
    let [median, least, most] = [spread.median, spread.least, spread.most].map(|value| number(value, digits));
    if least == most { median } else { format!("{median} ({least}–{most})") }
}

/// Formats a number with so many decimals, and commas between thousands.
fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let whole = whole.parse::<usize>().map_or_else(|_| whole.to_owned(), crate::scenario::grouped);
    if rest.is_empty() { whole } else { format!("{whole}.{rest}") }
}

/// Formats a loss with its percentage.
fn share(lost: u64, expected: u64) -> String {
    if lost == 0 {
        return "0".into();
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    let percent = lost as f64 * 100.0 / expected.max(1) as f64;
    format!("{lost} ({percent:.1} %)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Tally;
    use crate::report::Row;
    use crate::scenario::compared;

    #[test]
    fn table_has_medians_spreads_ratios_and_losses() {
        let row = |peer: &str, values: [f64; 3], lost| Row {
            passes: values.map(|value| vec![Some(value)]).into(),
            tally: Tally { lost, expected: 300, ..Tally::default() },
            ..Row::new("1,000 held", peer)
        };
        let figures = Figures {
            scenario: "hold".into(),
            about: String::new(),
            runs: 3,
            columns: vec![compared("bytes", 0)],
            rows: vec![row("baseline", [10.0, 20.0, 30.0], 0), row("node", [2000.0, 2400.0, 9000.0], 30)],
        };
        let table = Table::of(&figures);
        assert_eq!(
            table.markdown(),
            "|  | server | bytes | × baseline | lost | doubled | out of order |\n\
             | --- | --- | --: | --: | --: | --: | --: |\n\
             | 1,000 held | baseline | 20 (10–30) | 1.00 | 0 | 0 | 0 |\n\
             |  | node | 2,400 (2,000–9,000) | 200.00 | 30 (10.0 %) | 0 | 0 |\n"
        );
        assert_eq!(table.text().lines().count(), 3);
    }
}
