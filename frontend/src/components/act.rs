//! What a click means. Buttons in the conversation say it in `data-act`, and one listener hears them all: a thousand
//! messages with a dozen buttons each need no closures, and rows that did not change are not rendered again.

use holdline_shared::{Emoji, PublishKey, Seq};

/// What the reader wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Put a reaction on the message, or take it back.
    React(Emoji),
    /// Answer the message.
    Reply,
    /// Not to answer after all.
    Unreply,
    /// Change the message.
    Edit,
    /// Delete the message, if they say yes.
    Ask,
    /// Not to delete it after all.
    Keep,
    /// Delete it.
    Delete,
    /// See another message.
    Show(Seq),
    /// Get the messages before this one.
    Older(Seq),
    /// Send again what was refused.
    Retry(PublishKey),
    /// Take it back into the composer.
    Rewrite(PublishKey),
    /// Throw it away.
    Discard(PublishKey),
    /// See the newest.
    ToEnd,
    /// The notice was read.
    CloseNotice,
}

impl Act {
    /// Reads what stands in `data-act`.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let seq = || rest.parse().ok().map(Seq);
        Some(match word {
            "react" => Self::React(rest.parse().ok()?),
            "reply" => Self::Reply,
            "unreply" => Self::Unreply,
            "edit" => Self::Edit,
            "ask" => Self::Ask,
            "keep" => Self::Keep,
            "delete" => Self::Delete,
            "show" => Self::Show(seq()?),
            "older" | "load-older" => Self::Older(seq()?),
            "retry" => Self::Retry(rest.parse().ok()?),
            "rewrite" => Self::Rewrite(rest.parse().ok()?),
            "discard" => Self::Discard(rest.parse().ok()?),
            "end" => Self::ToEnd,
            "close-notice" => Self::CloseNotice,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_with_what_belongs_to_them() {
        assert_eq!(Act::parse("react 👍"), Some(Act::React("👍".parse().unwrap())));
        assert_eq!(Act::parse("older 7"), Some(Act::Older(Seq(7))));
        assert_eq!(Act::parse("reply"), Some(Act::Reply));
        let key = "7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f";
        assert_eq!(Act::parse(&format!("rewrite {key}")), Some(Act::Rewrite(key.parse().unwrap())));
        for other in ["", "react", "react x", "older x", "rooms", "retry 7"] {
            assert_eq!(Act::parse(other), None, "{other}");
        }
    }
}
