//! A cache of the beginnings of recent messages, by which lines name the target of a reaction. Older messages are named
//! by their number.

use std::collections::BTreeMap;

use holdline_shared::{MessageText, Seq};

use crate::printable::printable;

/// The capacity in messages.
const KEPT: usize = 1_000;
/// The characters kept of each message.
const LENGTH: usize = 24;

/// The beginnings of recent messages.
#[derive(Default)]
pub(super) struct SnippetCache(BTreeMap<Seq, String>);

impl SnippetCache {
    /// Stores the current text of a message.
    pub(super) fn note(&mut self, seq: Seq, text: &MessageText) {
        let first =
            text.as_str().trim_start().split(['\n', '\u{2028}', '\u{2029}']).next().unwrap_or_default();
        let mut begin: String = first.chars().take(LENGTH).collect();
        if begin.len() < text.as_str().trim_start().len() {
            begin.truncate(begin.trim_end().len());
            begin.push('…');
        }
        // Escaped after cutting, so that directional text is closed.
        self.0.insert(seq, printable(&begin).into_owned());
        if self.0.len() > KEPT {
            self.0.pop_first();
        }
    }

    /// Names a message by its beginning, or by its number.
    pub(super) fn name(&self, seq: Seq) -> String {
        self.0.get(&seq).map_or_else(|| format!("message {seq}"), |begin| format!("“{begin}”"))
    }

    /// Forgets everything, when the log was replaced.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_named_by_its_beginning() {
        let mut snippets = SnippetCache::default();
        snippets.note(Seq(1), &"short".parse().unwrap());
        snippets.note(Seq(2), &"first line\nsecond".parse().unwrap());
        snippets.note(Seq(3), &"what is longer than anybody wants to read twice".parse().unwrap());
        let named = [1, 2, 3, 4].map(|seq| snippets.name(Seq(seq)));
        assert_eq!(named, ["“short”", "“first line…”", "“what is longer than anyb…”", "message 4"]);
    }
}
