//! Plots as SVG.

use super::figures::Figures;

/// File names and drawings for a scenario.
pub(crate) fn of(_figures: &Figures) -> Vec<(String, String)> {
    Vec::new()
}
