//! Whether all is well: the log has everything that was said, once and in order, and a tab shows the log.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Look, Screen};

/// Number and text of each message.
pub(super) type Log = Vec<(u64, String)>;

/// A text that says when it was said and by whom.
pub(super) fn text(number: usize, who: &str) -> String {
    format!("{number} of {who}")
}

/// Whether these texts and no others are in the log. What is there twice, or before what the same one said earlier, is
/// an error: no waiting helps.
pub(super) fn on_log(log: &Log, said: &[String]) -> Result<Look<()>> {
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
    Ok(Look::at(missing.is_empty(), || format!("a log without {missing:?}")))
}

/// Whether a tab shows the log, message by message, and nothing that is on its way.
pub(super) fn is_shown(log: &Log, screen: &Screen) -> bool {
    let shown = screen.messages.iter().map(|row| (row.seq, row.text.as_str()));
    log.iter().map(|(seq, text)| (Some(*seq), text.as_str())).eq(shown)
}

#[cfg(test)]
mod tests {
    use anyhow::Result;
    use holdline_e2e::Look;

    use super::{Log, on_log};

    #[test]
    fn knows_what_is_missing_twice_or_too_late() {
        let said = ["1 of A", "2 of B", "3 of A"].map(str::to_owned);
        let judge = |texts: &[&str]| -> Result<Look<()>> {
            let log: Log = (1..).zip(texts.iter().map(|&text| text.to_owned())).collect();
            on_log(&log, &said)
        };
        let (one, two, three) = ("1 of A", "2 of B", "3 of A");
        assert!(matches!(judge(&[one, three, two]), Ok(Look::Seen(()))), "different people's order is free");
        assert!(matches!(judge(&[one, two]), Ok(Look::NotYet(_))), "missing");
        assert!(judge(&[one, two, three, two]).is_err(), "twice");
        assert!(judge(&[three, one, two]).is_err(), "too late");
        assert!(judge(&[one, "3 of B"]).is_err(), "never said");
    }
}
