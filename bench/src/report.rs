//! Reports figures: a table on the terminal, JSON for programs, and the tables of docs/PERFORMANCE.md.

mod document;
mod figures;
mod statistics;
mod table;

use std::fs;

use anyhow::{Context as _, Result};

pub(crate) use document::write_document;
pub(crate) use figures::{Figures, Row};
use table::Table;

use crate::{console, paths};

/// Prints the table.
pub(crate) fn print(figures: &Figures) {
    console::print(format!("\n{}: {}", figures.scenario, figures.about));
    console::print(Table::of(figures).text());
}

/// Keeps the figures as JSON. Those of some peers alone have a file name of their own, so that the document never shows
/// them.
pub(crate) fn keep(figures: &Figures, is_whole: bool) -> Result<()> {
    let folder = paths::figures();
    fs::create_dir_all(&folder)?;
    let some = if is_whole { "" } else { "-some" };
    let path = folder.join(format!("{}{some}.json", figures.scenario));
    fs::write(&path, serde_json::to_string_pretty(figures)?)
        .with_context(|| format!("cannot write {}", path.display()))
}
