//! Decision records are `docs/decisions/NNNN-title.md`, numbered from 0001 without holes: a number means one decision
//! for ever.

use super::tree::{Complaint, Tree};

const FOLDER: &str = "docs/decisions/";

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let records = tree.files.iter().filter_map(|file| Some((file, file.path.strip_prefix(FOLDER)?)));
    let mut complaints = Vec::new();
    let mut last = None;
    // The tree is in the order of names, so numbers only grow.
    for (file, name) in records {
        match number(name) {
            None => complaints.push(file.complaint(0, "name the file NNNN-title.md")),
            Some(number) if Some(number) == last => {
                complaints.push(file.complaint(0, format!("another decision has the number {number:04}")));
            }
            Some(number) => {
                let next = last.unwrap_or(0) + 1;
                if number != next {
                    complaints.push(file.complaint(0, format!("the next free number is {next:04}")));
                }
                last = Some(number);
            }
        }
    }
    complaints
}

/// The number of a record with a well-formed name.
fn number(name: &str) -> Option<u32> {
    let (digits, title) = name.strip_suffix(".md")?.split_once('-')?;
    let well_formed =
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !title.is_empty();
    well_formed.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(names: &[&str]) -> usize {
        let paths: Vec<_> = names.iter().map(|name| format!("{FOLDER}{name}")).collect();
        check(&Tree::of(&paths.iter().map(|path| (path.as_str(), "")).collect::<Vec<_>>())).len()
    }

    #[test]
    fn numbers_are_unique_and_without_holes() {
        assert_eq!(complaints(&["0001-one-log.md", "0002-polls.md"]), 0);
        assert_eq!(complaints(&["0001-one-log.md", "0001-polls.md"]), 1);
        assert_eq!(complaints(&["0001-one-log.md", "0003-polls.md"]), 1);
        assert_eq!(complaints(&["0000-none.md"]), 1);
        assert_eq!(complaints(&["notes.md"]), 1);
        assert_eq!(complaints(&["1-one.md"]), 1);
    }
}
