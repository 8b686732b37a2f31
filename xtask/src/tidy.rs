//! `cargo xtask tidy`: checks the house rules that no other tool checks. A rule is a function from the tree to complaints,
//! one file each, with tests that show it failing.

mod circles;
mod decisions;
mod imports;
mod shape;
mod tree;
mod words;

use anyhow::{Result, ensure};
use xshell::Shell;

use crate::say;
use tree::{Complaint, Tree};

/// The rules.
const RULES: [fn(&Tree) -> Vec<Complaint>; 5] =
    [shape::check, imports::check, circles::check, decisions::check, words::check];

/// Prints every complaint, and fails if there is one.
pub(crate) fn command(sh: &Shell) -> Result<()> {
    let tree = Tree::read(&sh.current_dir())?;
    let complaints: Vec<_> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    for complaint in &complaints {
        say::line(complaint.to_string());
    }
    ensure!(complaints.is_empty(), "{} complaints about {} files", complaints.len(), tree.files.len());
    say::line(format!("{} files are tidy", tree.files.len()));
    Ok(())
}
