//! The expected end: the log has every published text once and in order, and each tab shows the log.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Check, Screen};

/// The number and the text of each message.
pub(super) type Log = Vec<(u64, String)>;

/// A text that contains its number and its author.
pub(super) fn text(number: usize, who: &str) -> String {
    format!("{number} of {who}")
}

/// Checks whether the log has exactly these texts. A duplicate, or a text before an earlier one of the same
/// author, is an error, because waiting would not help.
pub(super) fn check_log(log: &Log, said: &[String]) -> Result<Check<()>> {
    let mut last = BTreeMap::new();
    for (_, text) in log {
        ensure!(said.contains(text), "nobody has said {text:?}: {log:#?}");
        let (number, who) = text.split_once(" of ").context("not one of our texts")?;
        let number: usize = number.parse()?;
        let before = last.insert(who, number).unwrap_or_default();
        ensure!(before < number, "{text:?} is twice or too late in the log: {log:#?}");
    }
    let mut missing = said.to_vec();
    missing.retain(|said| log.iter().all(|(_, text)| text != said));
    Ok(Check::that(missing.is_empty(), || format!("a log without {missing:?}")))
}

/// Whether a tab shows exactly the messages of the log, and none that is pending.
pub(super) fn is_shown(log: &Log, screen: &Screen) -> bool {
    let shown = screen.messages.iter().map(|row| (row.seq, row.text.as_str()));
    log.iter().map(|(seq, text)| (Some(*seq), text.as_str())).eq(shown)
}

#[cfg(test)]
mod tests {
    use anyhow::Result;
    use holdline_e2e::Check;

    use super::{Log, check_log};

    #[test]
    fn knows_what_is_missing_twice_or_too_late() {
        let said = ["1 of A", "2 of B", "3 of A"].map(str::to_owned);
        let judge = |texts: &[&str]| -> Result<Check<()>> {
            let log: Log = (1..).zip(texts.iter().map(|&text| text.to_owned())).collect();
            check_log(&log, &said)
        };
        let (one, two, three) = ("1 of A", "2 of B", "3 of A");
        assert!(matches!(judge(&[one, three, two]), Ok(Check::Done(()))), "different people's order is free");
        assert!(matches!(judge(&[one, two]), Ok(Check::Pending(_))), "missing");
        assert!(judge(&[one, two, three, two]).is_err(), "twice");
        assert!(judge(&[three, one, two]).is_err(), "too late");
        assert!(judge(&[one, "3 of B"]).is_err(), "never said");
    }
}
