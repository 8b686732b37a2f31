//! The guard: measures a little, and compares ratios to the baseline, and bytes as they are, with
//! `bench/expected.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::report::{Figures, Row};
use crate::{console, paths};

pub(crate) const SCENARIOS: [&str; 3] = ["hold", "fanout", "burst"];
pub(crate) const PEERS: [&str; 2] = ["holdline", "baseline"];

/// Share by which a ratio may be worse than the kept one. The machine alone moves it by a few percent.
const TOLERANCE: f64 = 0.15;

/// Bytes per poll that a figure may be worse besides: memory comes in pages, and few bytes a poll are few pages.
const PAGES: f64 = 200.0;

/// Ratios, and bytes, by name.
type Ratios = BTreeMap<String, f64>;

/// Compares, or keeps. Returns whether nothing got worse. A missing figure counts as worse when everything was measured.
pub(crate) fn judge(figures: &[Figures], is_whole: bool, accept: bool) -> Result<bool> {
    let path = kept();
    let now = ratios(figures);
    if accept {
        ensure!(is_whole, "what is kept comes from a whole run: --guard --accept without names");
        fs::write(&path, serde_json::to_string_pretty(&now)? + "\n")?;
        console::print(format!("kept {} figures in {}", now.len(), path.display()));
        return Ok(true);
    }
    let text = fs::read_to_string(&path)
        .with_context(|| format!("no {}; keep the first with --guard --accept", path.display()))?;
    let mut kept: Ratios = serde_json::from_str(&text)?;
    kept.retain(|name, _| is_whole || now.contains_key(name));
    let mut worse = worse(&kept, &now);
    for figures in figures {
        let failed = figures.rows.iter().filter(|row| row.failed > 0);
        worse.extend(failed.map(|row| format!("{}, {}, {}: failed", figures.scenario, row.case, row.peer)));
    }
    for line in &worse {
        console::print(line);
    }
    if worse.is_empty() {
        console::print("nothing got worse than what is kept");
    }
    Ok(worse.is_empty())
}

fn kept() -> PathBuf {
    paths::root().join("bench/expected.json")
}

/// The costs of `holdline`, by name.
fn ratios(figures: &[Figures]) -> Ratios {
    let mut ratios = Ratios::new();
    for figures in figures {
        for row in figures.rows.iter().filter(|row| row.peer.starts_with("holdline")) {
            for (at, column) in figures.columns.iter().enumerate() {
                let Some(cost) = cost(figures, row, at, &column.name) else { continue };
                let name = format!("{}, {}, {}: {}", figures.scenario, row.case, row.peer, column.name);
                ratios.insert(name, (cost * 1000.0).round() / 1000.0);
            }
        }
    }
    ratios
}

/// The cost in a column that depends neither on the machine's speed nor on its disk.
fn cost(figures: &Figures, row: &Row, at: usize, column: &str) -> Option<f64> {
    if column.starts_with("bytes") {
        // The baseline has so few bytes that a ratio would be noise.
        return row.spread(at).map(|spread| spread.median);
    }
    let ratio = figures.ratio(row, "baseline", at)?;
    // Rates and delays depend on the machine more than on the server.
    column.starts_with("CPU").then_some(ratio)
}

fn slack(name: &str) -> f64 {
    if name.contains(": bytes") { PAGES } else { 0.0 }
}

/// A line for each figure that got worse or is missing.
fn worse(kept: &Ratios, now: &Ratios) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, before) in kept {
        match now.get(name) {
            None => lines.push(format!("{name}: was {before:.2}, now nothing")),
            Some(after) if *after > before * (1.0 + TOLERANCE) + slack(name) => {
                let percent = (after / before - 1.0) * 100.0;
                lines.push(format!("{name}: was {before:.2}, now {after:.2}: {percent:.0} % worse"));
            }
            Some(_) => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_figures_are_named() {
        let of = |value: f64| Ratios::from([("fanout".to_owned(), value)]);
        assert!(worse(&of(1.2), &of(1.3)).is_empty());
        assert!(worse(&of(1.2), &of(0.5)).is_empty());
        assert_eq!(worse(&of(1.2), &of(1.5)), ["fanout: was 1.20, now 1.50: 25 % worse"]);
        assert_eq!(worse(&of(1.2), &Ratios::new()).len(), 1);
        let bytes = |value: f64| Ratios::from([("hold: bytes per held poll".to_owned(), value)]);
        assert!(worse(&bytes(180.0), &bytes(400.0)).is_empty());
        assert_eq!(worse(&bytes(180.0), &bytes(500.0)).len(), 1);
    }
}
