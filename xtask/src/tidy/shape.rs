//! The shape of a file: opens with its purpose, is not called `mod.rs`, and is not long without a reason.

use super::tree::{Complaint, SourceFile, Tree};

/// Lines above which the header must give a reason.
const LONG: usize = 400;

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    tree.rust().flat_map(|file| [header(file), name(file), length(file)]).flatten().collect()
}

fn header(file: &SourceFile) -> Option<Complaint> {
    let opens = file.text.starts_with("//!") || file.text.starts_with("#![doc");
    (!opens).then(|| file.complaint(1, "open the file with `//!`: what it is for, and what it will not do"))
}

fn name(file: &SourceFile) -> Option<Complaint> {
    file.path
        .ends_with("/mod.rs")
        .then(|| file.complaint(0, "name the file after its module, beside its folder"))
}

fn length(file: &SourceFile) -> Option<Complaint> {
    let lines = file.text.lines().count();
    let excused = file.text.lines().any(|line| line.starts_with("//! Long because "));
    let what = || format!("{lines} lines: split it, or say `//! Long because …` in its header");
    (lines > LONG && !excused).then(|| file.complaint(0, what()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn a_file_opens_with_its_header() {
        assert_eq!(complaints("a.rs", "//! Adds.\nfn f() {}"), 0);
        assert_eq!(complaints("a.rs", "#![doc = include_str!(\"../README.md\")]"), 0);
        assert_eq!(complaints("a.rs", "fn f() {}\n//! Late."), 1);
        assert_eq!(complaints("a.md", "No Rust."), 0);
    }

    #[test]
    fn a_module_is_named_after_itself() {
        assert_eq!(complaints("a/mod.rs", "//! Adds."), 1);
    }

    #[test]
    fn a_long_file_says_why() {
        let long = "fn f() {}\n".repeat(LONG);
        assert_eq!(complaints("a.rs", &format!("//! Adds.\n{long}")), 1);
        assert_eq!(complaints("a.rs", &format!("//! Long because it is a table.\n{long}")), 0);
    }
}
