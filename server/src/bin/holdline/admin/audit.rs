//! `holdline admin audit`: who changed what, the newest first.

use clap::Args;
use holdline_shared::Seq;
use serde_json::{Value, json};

use super::output::{Output, column, plain, time, until};
use super::owner::Owner;

/// The ends that a change may have.
const ENDS: [&str; 4] = ["muted_until", "until", "expires", "grace_until"];

/// The fields that are shown as details, with the words for them.
const DETAILS: [(&str, &str); 16] = [
    ("seq", "message"),
    ("door", "door"),
    ("role", "role"),
    ("on", "admin"),
    ("is_bot", "bot"),
    ("gives", "gives"),
    ("uses", "uses"),
    ("verbs", "may"),
    ("rooms", "in"),
    ("keep_messages", "messages kept"),
    ("name", "name"),
    ("url", "to"),
    ("topic", "topic"),
    ("policy", ""),
    ("note", "note"),
    ("id", "id"),
];

/// Show who changed what, the newest first.
#[derive(Args)]
pub(super) struct Audit {
    /// Show what happened before this position, which the first column shows
    #[arg(long, value_name = "SEQ")]
    before: Option<u64>,
}

impl Audit {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let before = self.before.map(|before| Seq(before).to_string());
        let query: Vec<_> = before.iter().map(|before| ("before", before.as_str())).collect();
        let mut page = owner.server.get(&["audit"], &query).await?;
        if owner.output == Output::Tables {
            page["entries"].as_array_mut().into_iter().flatten().for_each(explain);
        }
        let columns = &[
            column("SEQ", "/seq"),
            time("AT", "/at"),
            column("BY", "/author"),
            column("CHANGE", "/done"),
            column("WHOM", "/whom"),
            column("ROOM", "/room"),
            time("UNTIL", "/until"),
            column("REASON", "/change/reason"),
            column("DETAILS", "/details"),
        ];
        owner.output.list(&page, "entries", columns)
    }
}

/// Adds the columns to a line: what was done, to whom, until when, and the rest.
fn explain(line: &mut Value) {
    let change = line["change"].take();
    let done = change.get("act").unwrap_or(&change["change"]);
    let whom = ["person", "visitor", "visitors"].iter().filter_map(|field| change.get(field)).map(plain);
    // A mute that outlasts another change is not the end of that.
    let is_mute = change.get("act").is_none_or(|act| act == "muted");
    let end = ENDS.iter().filter(|end| is_mute || **end != "muted_until").find_map(|end| change.get(end));
    let details = DETAILS.iter().filter_map(|(field, word)| words(word, change.get(field)?));
    let addresses = change.get("visitors_until").map(|end| format!("addresses {}", until(end)));
    line["whom"] = joined(whom).into();
    line["until"] = json!(end);
    line["details"] = joined(addresses.into_iter().chain(details)).into();
    line["done"] = done.clone();
    line["change"] = change;
}

/// A field in words: `no bot`, `uses 6`; of a field with fields, each of those.
fn words(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Bool(true) => Some(name.to_owned()),
        Value::Bool(false) => Some(format!("no {name}")),
        Value::Object(fields) => {
            Some(joined(fields.iter().filter_map(|(name, value)| words(&name.replace('_', " "), value))))
        }
        value => Some(format!("{name} {}", plain(value))),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_whom_a_change_is_about_until_when_and_the_rest() {
        let bo = json!({ "id": "b", "name": "Bo" });
        for (change, done, whom, until, details) in [
            (
                json!({ "change": "banned", "id": "x", "person": bo, "visitors": ["192.0.2.7", "2001:db8::"], "visitors_until": u64::MAX }),
                "banned",
                "Bo, 192.0.2.7,2001:db8::",
                Value::Null,
                "addresses for ever, id x",
            ),
            (
                json!({ "change": "unbanned", "id": "x", "visitor": "192.0.2.7" }),
                "unbanned",
                "192.0.2.7",
                Value::Null,
                "id x",
            ),
            (
                json!({ "change": "member", "act": "muted", "person": bo, "role": "none", "muted_until": 7 }),
                "muted",
                "Bo",
                json!(7),
                "role none",
            ),
            (
                json!({ "change": "member", "act": "removed", "person": bo, "role": "none", "until": 8, "muted_until": 7 }),
                "removed",
                "Bo",
                json!(8),
                "role none",
            ),
            (
                json!({ "change": "reported", "seq": 12, "person": bo }),
                "reported",
                "Bo",
                Value::Null,
                "message 12",
            ),
            (json!({ "change": "admin", "person": bo, "on": false }), "admin", "Bo", Value::Null, "no admin"),
            (
                json!({ "change": "invite_made", "id": "i", "gives": { "device": "b" }, "uses": 1, "expires": 9, "note": "" }),
                "invite_made",
                "",
                json!(9),
                "device b, uses 1, id i",
            ),
            (
                json!({ "change": "room", "topic": "", "policy": { "visibility": "public", "locked": true, "slow_seconds": 5 } }),
                "room",
                "",
                Value::Null,
                "locked, slow seconds 5, visibility public",
            ),
        ] {
            let mut line = json!({ "change": change });
            explain(&mut line);
            let shown = (&line["done"], &line["whom"], &line["until"], &line["details"]);
            assert_eq!(shown, (&json!(done), &json!(whom), &until, &json!(details)), "{change}");
        }
    }
}
