//! The cases. A new case gets the next free number; numbers are never reused.

mod changes;
mod classic;
mod cursor;
mod events;
mod history;
mod hold;
mod presence;
mod problems;
mod publish;

use crate::case::Case;

/// Iterates over the cases in the page's order.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    let files = [
        cursor::CASES,
        hold::CASES,
        publish::CASES,
        history::CASES,
        changes::CASES,
        presence::CASES,
        events::CASES,
        classic::CASES,
        problems::CASES,
    ];
    files.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn page_lists_exactly_these_cases() {
        let page = include_str!("../../docs/CONFORMANCE.md");
        let listed: Vec<_> =
            page.lines().filter_map(|line| line.strip_prefix("| C")?.split_once(" | ")).collect();
        let listed: Vec<_> = listed
            .iter()
            .map(|(n, rest)| format!("C{n} {}", rest.split(" |").next().unwrap_or_default()))
            .collect();
        let ours: Vec<_> = super::all().map(|case| format!("{} {}", case.number, case.title)).collect();
        assert_eq!(listed, ours);
        let numbers: BTreeSet<_> = super::all().map(|case| case.number).collect();
        assert_eq!(numbers.len(), ours.len(), "every number is unique");
    }
}
