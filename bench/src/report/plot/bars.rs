//! Horizontal bars, a group for each case, a bar for each peer.

use super::super::figures::Figures;
use super::paper::{COLOURS, Paper, WIDTH, short};

const LEFT: f64 = 150.0;
const RIGHT: f64 = 80.0;
const BAR: f64 = 18.0;
const STEP: f64 = 23.0;
const GAP: f64 = 34.0;
const TOP: f64 = 34.0;

/// A column's medians. Bars longer than `longest` are cut; their figure says what they are.
pub(super) fn bars(figures: &Figures, column: &str, longest: Option<f64>) -> String {
    let values = figures.rows.iter().map(|row| figures.median(row, column));
    let values: Vec<_> =
        figures.rows.iter().zip(values).filter_map(|(row, value)| Some((row, value?))).collect();
    let most = values.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let most = longest.map_or(most, |longest| longest.min(most)).max(f64::MIN_POSITIVE);
    let cases = 1 + values.windows(2).filter(|two| two[0].0.case != two[1].0.case).count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of bars")]
    let mut paper = Paper::new(TOP + cases as f64 * GAP + values.len() as f64 * STEP + 8.0);
    paper.text(8.0, 20.0, "title", &format!("{column}: less is better"));
    let peers = figures.peers();
    let (mut y, mut case) = (TOP, "");
    for (row, value) in values {
        if row.case != case {
            case = &row.case;
            paper.text(8.0, y + 22.0, "title", case);
            y += GAP;
        }
        let colour = peers.iter().position(|peer| *peer == row.peer).unwrap_or(0);
        let cut = value > most * 1.0001;
        let length = (value.min(most) / most * (WIDTH - LEFT - RIGHT)).max(1.0);
        paper.text(LEFT - 8.0, y + 14.0, "end", &row.peer);
        paper.bar(LEFT, y, length, BAR, COLOURS[colour % COLOURS.len()]);
        let figure = if cut { format!("{} …", short(value)) } else { short(value) };
        paper.text(LEFT + length + 6.0, y + 14.0, "start", &figure);
        y += STEP;
    }
    paper.done(column)
}
