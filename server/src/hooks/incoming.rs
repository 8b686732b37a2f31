//! The payload of an incoming webhook: JSON or a form, in Slack's format, as the plain text of a message. Knows neither
//! the request nor the hook's key, and expects a body that is bounded already.

use std::borrow::Cow;

use holdline_shared::limits::TEXT_GRAPHEMES;
use holdline_shared::{InvalidText, MessageText, Nickname};
use serde::Deserialize;
use thiserror::Error;
use utoipa::ToSchema;

use super::slack_text::to_plain_text;

/// A message that a program posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IncomingMessage {
    pub(crate) text: MessageText,
    /// The name to show with this message in place of the hook's own name.
    pub(crate) shown_name: Option<Nickname>,
}

/// The reason why a body is not the payload of a webhook.
#[derive(Debug, Error)]
pub(crate) enum InvalidPayload {
    /// The body is neither an object nor a form with the field.
    #[error("send a JSON object, or a form with the field payload")]
    NoPayload,
    /// The payload is not an object in Slack's format.
    #[error("the payload is not a JSON object in Slack's format: {0}")]
    Json(#[from] serde_json::Error),
    /// Neither the text nor an attachment makes a message.
    #[error("the payload's text, and the text, title or fallback of its attachments, make no message: {0}")]
    Text(#[from] InvalidText),
}

/// The largest payload, in bytes: Slack's own limit is 40 kB of text.
pub(crate) const PAYLOAD_BYTES: usize = 64 * 1024;

/// The fields that count. Programs send many others, which concern Slack's layout.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SlackPayload {
    text: Option<String>,
    /// The name to show in place of the hook's own.
    username: Option<String>,
    attachments: Option<Vec<SlackAttachment>>,
}

/// A form with a payload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a schema; the form is read field by field")]
pub(crate) struct PayloadForm {
    /// The payload as JSON.
    payload: String,
}

#[derive(Deserialize, ToSchema)]
struct SlackAttachment {
    title: Option<String>,
    text: Option<String>,
    /// The summary for clients that do not show attachments.
    fallback: Option<String>,
}

impl IncomingMessage {
    /// Parses a body. One that begins with `{` is JSON, any other a form, whatever its media type, because `curl -d`
    /// names a form in either case. `may_wear` decides whether the message may be shown under a name; if not, or if the
    /// payload's `username` is not a nickname, the hook's own name is shown.
    pub(crate) fn parse(
        body: &[u8],
        may_wear: impl FnOnce(&Nickname) -> bool,
    ) -> Result<Self, InvalidPayload> {
        let json = if is_object(body) { Cow::Borrowed(body) } else { find_form_payload(body)? };
        let payload: SlackPayload = serde_json::from_slice(&json)?;
        let text = compose(&payload);
        let text = match MessageText::parse(&text) {
            Err(InvalidText::TooLong) => MessageText::parse(&shorten(&text)),
            other => other,
        }?;
        let name = payload.username.and_then(|name| Nickname::parse(&to_plain_text(&name)).ok());
        Ok(Self { text, shown_name: name.filter(may_wear) })
    }
}

impl SlackAttachment {
    /// The title and the text, or else the fallback.
    fn parts(&self) -> impl Iterator<Item = &str> {
        let visible = |part: &'_ Option<String>| part.as_ref().is_some_and(|part| !part.trim().is_empty());
        let fallback = if visible(&self.title) || visible(&self.text) { &None } else { &self.fallback };
        [&self.title, &self.text, fallback].into_iter().flatten().map(String::as_str)
    }
}

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{")
}

/// Finds the field `payload` of a form.
fn find_form_payload(body: &[u8]) -> Result<Cow<'_, [u8]>, InvalidPayload> {
    let mut fields = form_urlencoded::parse(body);
    let payload = fields.find_map(|(name, value)| (name == "payload").then_some(value));
    let payload = payload.filter(|payload| is_object(payload.as_bytes())).ok_or(InvalidPayload::NoPayload)?;
    Ok(payload.into_owned().into_bytes().into())
}

/// The payload's text and then its attachments, each part on lines of its own.
fn compose(payload: &SlackPayload) -> String {
    let attachments = payload.attachments.iter().flatten().flat_map(SlackAttachment::parts);
    let mut text = String::new();
    for part in payload.text.as_deref().into_iter().chain(attachments) {
        let part = to_plain_text(part);
        let part = part.trim();
        if !part.is_empty() {
            let separator = if text.is_empty() { "" } else { "\n" };
            text.extend([separator, part]);
        }
    }
    // Build servers colour their output.
    text.retain(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    text
}

/// The beginning of a text that is too long for a message, with a mark at its end: a program would not read a refusal.
fn shorten(text: &str) -> String {
    text.chars().take(TEXT_GRAPHEMES - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<IncomingMessage, InvalidPayload> {
        IncomingMessage::parse(body.as_bytes(), |name| name.as_str() != "Ada")
    }

    fn text(body: &str) -> String {
        parse(body).unwrap().text.into()
    }

    #[test]
    fn json_and_form_carry_the_same_payload() {
        let json = r##"{"text": "build & test: 100 % passed", "channel": "#ci", "mrkdwn": true}"##;
        let form: String =
            form_urlencoded::Serializer::new(String::new()).extend_pairs([("payload", json)]).finish();
        for body in [json, &format!("\r\n {json}\n"), &form, &format!("token=x&{form}")] {
            assert_eq!(text(body), "build & test: 100 % passed", "{body}");
        }
    }

    #[test]
    fn attachments_are_lines_below_the_text() {
        for (body, expected) in [
            (r#"{"attachments": [{"fallback": "it failed"}]}"#, "it failed"),
            (
                r#"{"attachments": [{"title": "Build 7", "text": "it failed", "fallback": "7"}]}"#,
                "Build 7\nit failed",
            ),
            (r#"{"attachments": [{"title": "Build 7", "text": null, "fallback": "7"}]}"#, "Build 7"),
            (
                r#"{"text": "a", "attachments": [{"text": " "}, {}, {"text": "b"}, {"fallback": "c"}]}"#,
                "a\nb\nc",
            ),
            (r#"{"text": "a\u001b[31m\r\nb\u0000", "attachments": null}"#, "a[31m\nb"),
        ] {
            assert_eq!(text(body), expected, "{body}");
        }
    }

    #[test]
    fn other_bodies_are_refused() {
        for body in ["", "text", "text=a", "payload=", "payload=%5B%5D", "payload", "[]", "\"a\"", "null"] {
            assert!(matches!(parse(body), Err(InvalidPayload::NoPayload)), "{body}");
        }
        let deep = format!("{{\"blocks\":{}", "[".repeat(10_000));
        for body in [
            "{",
            r#"{"text": 1}"#,
            r#"{"text": ["a"]}"#,
            r#"{"text": {"a": "b"}}"#,
            r#"{"text": "a", "text": "b"}"#,
            r#"{"text": "a", "username": {}}"#,
            r#"{"text": "a", "attachments": "b"}"#,
            r#"{"text": "a", "attachments": [1]}"#,
            r#"{"text": "a", "attachments": [{"text": true}]}"#,
            r#"{"text": "a"} {"text": "b"}"#,
            "payload=%7B",
            &deep,
        ] {
            assert!(matches!(parse(body), Err(InvalidPayload::Json(_))), "{body}");
        }
        assert!(matches!(
            IncomingMessage::parse(b"{\"text\": \"\xff\"}", |_| true),
            Err(InvalidPayload::Json(_))
        ));
        for body in ["{}", r#"{"text": " \u0007 "}"#, r#"{"attachments": []}"#] {
            assert!(matches!(parse(body), Err(InvalidPayload::Text(InvalidText::Empty))), "{body}");
        }
    }

    #[test]
    fn long_text_is_shortened_visibly() {
        let long = text(&format!("{{\"text\": \"{}\"}}", "ä".repeat(50_000)));
        assert_eq!(long.chars().count(), TEXT_GRAPHEMES);
        assert!(long.ends_with("ä…"));
        let flags = "🇩🇪".repeat(TEXT_GRAPHEMES / 2);
        assert_eq!(text(&format!("{{\"text\": \"{flags}\"}}")), flags, "counted in graphemes");
    }

    #[test]
    fn username_is_shown_only_if_it_may_be_worn() {
        for (username, shown) in [
            ("\"CI &amp; CD\"", Some("CI & CD")),
            ("\"Ada\"", None),
            ("\"\"", None),
            ("\"a\\u202eb\"", None),
            ("null", None),
        ] {
            let message = parse(&format!("{{\"text\": \"a\", \"username\": {username}}}")).unwrap();
            assert_eq!(message.shown_name.as_ref().map(Nickname::as_str), shown, "{username}");
        }
        let long = parse(&format!("{{\"text\": \"a\", \"username\": \"{}\"}}", "b".repeat(33)));
        assert_eq!(long.unwrap().shown_name, None);
    }
}
