//! Writes the tables between the markers of docs/PERFORMANCE.md, from the figures that the runs have kept.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::figures::Figures;
use super::table::Table;
use crate::scenario::names;
use crate::{console, paths};

/// Writes the tables of all scenarios that have figures.
pub(crate) fn write_document() -> Result<()> {
    let path = paths::root().join("docs/PERFORMANCE.md");
    let mut text = fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
    for name in names() {
        let kept = paths::figures().join(format!("{name}.json"));
        let Ok(json) = fs::read_to_string(&kept) else { continue };
        let figures: Figures = serde_json::from_str(&json).with_context(|| format!("{}", kept.display()))?;
        text = between(&text, name, &Table::of(&figures).markdown())
            .with_context(|| format!("no markers for {name} in {}", path.display()))?;
    }
    text = between(&text, "machine", &machine()).context("no markers for the machine")?;
    fs::write(&path, text)?;
    console::note(format!("wrote {}", path.display()));
    Ok(())
}

/// Describes the machine, and the versions of the peers.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
        line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
    };
    let version = |program: &str, flag: &str| {
        let output = Command::new(program).arg(flag).output().ok()?;
        let text = [output.stdout, output.stderr].concat();
        Some(String::from_utf8_lossy(&text).trim().replace("nginx version: nginx/", ""))
    };
    let linux = read("/proc/sys/kernel/osrelease");
    let cores = crate::process::cores().map_or(0, |cores| cores.len());
    let mut text = format!(
        "Processor: {}, {cores} cores. Memory: {}. Linux {}.",
        value(&read("/proc/cpuinfo"), "model name"),
        value(&read("/proc/meminfo"), "MemTotal"),
        linux.trim().split('-').next().unwrap_or_default()
    );
    for (name, version) in [("nginx", version("nginx", "-v")), ("Node", version("node", "--version"))] {
        if let Some(version) = version {
            text = format!("{text} {name}: {version}.");
        }
    }
    text + "\n"
}

/// Replaces the text between the two markers of this name.
fn between(text: &str, name: &str, new: &str) -> Option<String> {
    let (open, close) = (format!("<!-- bench:{name} -->\n"), "<!-- /bench -->");
    let start = text.find(&open)? + open.len();
    let end = start + text[start..].find(close)?;
    Some(format!("{}{new}{}", &text[..start], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_changes_between_the_markers_alone() {
        let text = "a\n<!-- bench:hold -->\nold\n<!-- /bench -->\nb\n<!-- bench:burst -->\n<!-- /bench -->\n";
        assert_eq!(
            between(text, "hold", "new\n").unwrap(),
            "a\n<!-- bench:hold -->\nnew\n<!-- /bench -->\nb\n<!-- bench:burst -->\n<!-- /bench -->\n"
        );
        assert_eq!(between(text, "join", "new"), None);
    }
}
