//! Access tokens as programs present them. Never shown, not even by the error for a wrong one.

use std::ffi::OsStr;
use std::fmt;

use clap::builder::{TypedValueParser, ValueParserFactory};
use clap::error::ErrorKind;

/// The beginning of every token, by which people and scanners of leaked secrets know one.
const PREFIX: &str = "hlt_";

/// A token for a program.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccessToken(String);

impl AccessToken {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        (is_plain && text.starts_with(PREFIX) && text.len() > PREFIX.len()).then(|| Self(text.to_owned()))
    }

    /// The token's text, for the server alone.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// Parses tokens for clap, whose own error message would show the value.
#[derive(Clone)]
pub(crate) struct AccessTokenParser;

impl TypedValueParser for AccessTokenParser {
    type Value = AccessToken;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<AccessToken, clap::Error> {
        value.to_str().and_then(AccessToken::parse).ok_or_else(|| {
            let text = format!(
                "the value of --token or HOLDLINE_TOKEN is not a token, which begins with {PREFIX}\n"
            );
            clap::Error::raw(ErrorKind::ValueValidation, text).with_cmd(command)
        })
    }
}

impl ValueParserFactory for AccessToken {
    type Parser = AccessTokenParser;
    fn value_parser() -> AccessTokenParser {
        AccessTokenParser
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_recognised_and_never_shown() {
        let token = AccessToken::parse(" hlt_abc-DEF_123\n").unwrap();
        assert_eq!(token.reveal(), "hlt_abc-DEF_123");
        assert!(!format!("{token:?}").contains("abc"));
        for bad in ["", "hlt_", "abc", "hlt_a b", "hlt_a\u{1B}", "h2.a.b.c"] {
            assert_eq!(AccessToken::parse(bad), None, "{bad:?}");
        }
    }
}
