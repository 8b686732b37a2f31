//! Plots as SVG, legible on light and dark pages: bars of what a scenario compares, lines of what grows.

mod bars;
mod lines;
mod paper;

use super::figures::Figures;
use bars::bars;
use lines::{Line, lines};

/// File names and drawings for a scenario.
pub(crate) fn of(figures: &Figures) -> Vec<(String, String)> {
    match figures.scenario.as_str() {
        "hold" => vec![
            ("hold-bytes.svg".into(), bars(figures, "bytes after a delivery", None)),
            ("hold-cpu.svg".into(), bars(figures, "CPU µs to accept and hold", None)),
        ],
        "fanout" => vec![("fanout.svg".into(), bars(figures, "CPU µs per delivery", None))],
        // One answer for each message costs forty times as much; its bar is cut so that the others can be seen.
        "burst" => vec![("burst.svg".into(), bars(figures, "CPU µs per delivered message", Some(2.0)))],
        "curve" => vec![
            ("curve-answers.svg".into(), curve(figures, "answers/s to each")),
            ("curve-cpu.svg".into(), curve(figures, "CPU % of a core")),
            ("curve-delay.svg".into(), curve(figures, "p50 ms")),
        ],
        "growth" => vec![
            ("growth-bytes.svg".into(), growth(figures, "bytes per subscriber")),
            ("growth-cpu.svg".into(), growth(figures, "CPU µs per delivery")),
        ],
        _ => Vec::new(),
    }
}

/// A column against the rate that was reached.
fn curve(figures: &Figures, column: &str) -> String {
    let points = |peer: &str| {
        let rows = figures.rows.iter().filter(|row| row.peer == peer);
        rows.filter_map(|row| Some((figures.median(row, "messages/s")?, figures.median(row, column)?)))
            .collect()
    };
    let line = |peer: String| Line { points: points(&peer), name: peer };
    lines("messages/s", column, &figures.peers().into_iter().map(line).collect::<Vec<_>>())
}

/// A column against the number of subscribers.
fn growth(figures: &Figures, column: &str) -> String {
    let points = |peer: &str| {
        let rows = figures.rows.iter().filter(|row| row.peer == peer);
        let size = |case: &str| case.strip_suffix(" subscribers")?.replace(',', "").parse().ok();
        rows.filter_map(|row| Some((size(&row.case)?, figures.median(row, column)?))).collect()
    };
    let line = |peer: String| Line { points: points(&peer), name: peer };
    lines("subscribers", column, &figures.peers().into_iter().map(line).collect::<Vec<_>>())
}
