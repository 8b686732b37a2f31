//! The beginnings of recent messages, so that a reaction can say what it is on. Bounded; older ones go by their number.

use std::collections::BTreeMap;

use holdline_shared::{MessageText, Seq};

use crate::printable::printable;

/// Messages that are remembered.
const KEPT: usize = 1_000;
/// Characters of each.
const LENGTH: usize = 24;

/// What recent messages began with.
#[derive(Default)]
pub(super) struct Recall(BTreeMap<Seq, String>);

impl Recall {
    /// Notes how a message reads now.
    pub(super) fn note(&mut self, seq: Seq, text: &MessageText) {
        let first =
            text.as_str().trim_start().split(['\n', '\u{2028}', '\u{2029}']).next().unwrap_or_default();
        let mut begin: String = first.chars().take(LENGTH).collect();
        if begin.len() < text.as_str().trim_start().len() {
            begin.truncate(begin.trim_end().len());
            begin.push('…');
        }
        // Cut first: what is left open then is closed.
        self.0.insert(seq, printable(&begin).into_owned());
        if self.0.len() > KEPT {
            self.0.pop_first();
        }
    }

    /// A message in a few words.
    pub(super) fn name(&self, seq: Seq) -> String {
        self.0.get(&seq).map_or_else(|| format!("message {seq}"), |begin| format!("“{begin}”"))
    }

    /// Forgets everything: the numbers mean others now.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_message_by_its_beginning() {
        let mut recall = Recall::default();
        recall.note(Seq(1), &"short".parse().unwrap());
        recall.note(Seq(2), &"first line\nsecond".parse().unwrap());
        recall.note(Seq(3), &"what is longer than anybody wants to read twice".parse().unwrap());
        let named = [1, 2, 3, 4].map(|seq| recall.name(Seq(seq)));
        assert_eq!(named, ["“short”", "“first line…”", "“what is longer than anyb…”", "message 4"]);
    }
}
