//! Slack's markup as plain text: links, mentions and escaped characters. Emphasis such as `*bold*` stays as it is.

use std::borrow::Cow;

/// The beginnings of targets that Slack makes links of. Other text in angle brackets is not Slack's.
const LINKS: [&str; 4] = ["http://", "https://", "mailto:", "tel:"];

/// Replaces `<URL|LABEL>`, `<@PERSON>`, `<#CHANNEL>`, `<!COMMAND>` and the three escaped characters.
pub(super) fn to_plain_text(mut rest: &str) -> String {
    let mut plain = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(&unescape(before));
        rest = after;
        // The search ends at the next bracket or line, so that it takes the same time whatever the text is.
        let end = rest.find(['<', '>', '\n']).filter(|&end| rest[end..].starts_with('>'));
        match end.and_then(|end| Some((end, replace(&rest[..end])?))) {
            Some((end, text)) => {
                plain.push_str(&unescape(&text));
                rest = &rest[end + 1..];
            }
            None => plain.push('<'),
        }
    }
    plain.push_str(&unescape(rest));
    plain
}

/// The replacement of the markup between two angle brackets; `None` if the text there is no markup.
fn replace(markup: &str) -> Option<Cow<'_, str>> {
    let (target, label) = markup.split_once('|').unwrap_or((markup, ""));
    let name = target.get(1..).filter(|name| !name.is_empty());
    let shown = |name| if label.is_empty() { name } else { label };
    match target.chars().next()? {
        '@' => Some(format!("@{}", shown(name?).trim_start_matches('@')).into()),
        '#' => Some(format!("#{}", shown(name?).trim_start_matches('#')).into()),
        // `<!here>`, `<!subteam^ID|@group>`, `<!date^TIME^FORMAT|a date>`.
        '!' if label.is_empty() => Some(format!("@{}", name?.split('^').next().unwrap_or_default()).into()),
        '!' => Some(label.into()),
        _ if !LINKS.iter().any(|link| target.starts_with(link)) => None,
        _ => {
            let target = target.strip_prefix("mailto:").unwrap_or(target);
            // The target is always shown, because a label may claim another one.
            let says_more = !target.ends_with(label);
            Some(if says_more { format!("{label} ({target})").into() } else { target.into() })
        }
    }
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_readable_text() {
        for (markup, plain) in [
            ("see <https://example.com/a?b=1&amp;c=2>.", "see https://example.com/a?b=1&c=2."),
            ("<https://example.com/7|Build 7> failed", "Build 7 (https://example.com/7) failed"),
            ("<https://example.com|example.com>", "https://example.com"),
            ("<https://evil.example|https://bank.example>", "https://bank.example (https://evil.example)"),
            ("<https://example.com|>", "https://example.com"),
            ("<mailto:a@example.com|a@example.com>", "a@example.com"),
            ("<mailto:a@example.com|Ada>", "Ada (a@example.com)"),
            ("<@U024BE7LH> and <@U1|ada>, <@U1|@ada>", "@U024BE7LH and @ada, @ada"),
            ("<#C1|general> <#C2>", "#general #C2"),
            (
                "<!here> <!subteam^S1|@admins> <!subteam^S1> <!date^1^{date}|today>",
                "@here @admins @subteam today",
            ),
            ("&lt;b&gt; &amp;lt; &copy; &", "<b> &lt; &copy; &"),
            ("<https://example.com/?a=&lt;|&gt;>", "> (https://example.com/?a=<)"),
            ("*bold* _it_ `code`", "*bold* _it_ `code`"),
        ] {
            assert_eq!(to_plain_text(markup), plain, "{markup}");
        }
    }

    #[test]
    fn other_angle_brackets_stay() {
        for text in [
            "a < b > c",
            "Vec<String>",
            "<",
            "<<>>",
            "<@>",
            "<!>",
            "<|a>",
            "<javascript:1|a>",
            "<http://a\nb>",
            "<@ü",
        ] {
            assert_eq!(to_plain_text(text), text);
        }
        assert_eq!(to_plain_text("<<@U1>>"), "<@U1>");
        let many = "<".repeat(1 << 20);
        assert_eq!(to_plain_text(&many), many);
    }
}
