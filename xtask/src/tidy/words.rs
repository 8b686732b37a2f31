//! Words that must not stay: unfinished work belongs into an issue, and paths of one machine belong nowhere.

use super::tree::{Complaint, Tree};

/// Marks of unfinished work, in two halves so that this file passes.
const UNDONE: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
];

/// Beginnings of paths on one machine.
const MACHINE: [&str; 4] =
    [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in &tree.files {
        for (number, line) in file.lines() {
            let undone = UNDONE.iter().filter(|word| file.is_rust() && line.contains(*word));
            complaints.extend(
                undone.map(|word| file.complaint(number, format!("`{word}`: do it, or open an issue"))),
            );
            let machine = MACHINE.iter().filter(|path| names_machine(line, path));
            complaints.extend(
                machine.map(|path| file.complaint(number, format!("`{path}`: a path of somebody's machine"))),
            );
        }
    }
    complaints
}

/// Whether the line has this path at a word's beginning, not in the middle of a longer path.
fn names_machine(line: &str, path: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "_-.}".contains(c);
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn nothing_is_left_undone() {
        for word in UNDONE {
            assert_eq!(complaints("a.rs", &format!("// {word} later")), 1, "{word}");
        }
        assert_eq!(complaints("README.md", &format!("We forbid {}.", UNDONE[0])), 0);
    }

    #[test]
    fn no_machine_is_named() {
        for path in MACHINE {
            assert_eq!(complaints("README.md", &format!("see {path}me/notes")), 1, "{path}");
            assert_eq!(complaints("README.md", &format!("https://example.org{path}x")), 0, "{path}");
        }
    }
}
