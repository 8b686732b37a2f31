//! What came of it: a table for the person, JSON for whoever computes with it, and the tables and plots of
//! docs/PERFORMANCE.md.

mod document;
mod figures;
mod plot;
mod statistics;
mod table;

use std::fs;

use anyhow::{Context as _, Result};

pub(crate) use document::write_documents;
pub(crate) use figures::{Figures, Row};
use table::Table;

use crate::{paths, say};

/// Says the table.
pub(crate) fn print(figures: &Figures) {
    say::line(format!("\n{}: {}", figures.scenario, figures.about));
    say::line(Table::of(figures).text());
}

/// Leaves the figures for later; those of some peers alone under a name of their own, so that they do not end up in the
/// document.
pub(crate) fn keep(figures: &Figures, is_whole: bool) -> Result<()> {
    let folder = paths::figures();
    fs::create_dir_all(&folder)?;
    let some = if is_whole { "" } else { "-some" };
    let path = folder.join(format!("{}{some}.json", figures.scenario));
    fs::write(&path, serde_json::to_string_pretty(figures)?)
        .with_context(|| format!("cannot write {}", path.display()))
}
