//! Answers of the server on standard output: tables for people, JSON for programs. Both are escaped: names and texts in them
//! were chosen by strangers, and must not reach the owner's terminal as commands.

use std::io::Write as _;

use anyhow::Context;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::printable::{printable_json, printable_line};

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    Json,
    Tables,
}

/// A moment that is too late to have a date, after the year 9999.
const FOR_EVER: &str = "for ever";

/// A column of a table: its title, and the values by their JSON pointer.
pub(super) struct Column {
    title: &'static str,
    pointer: &'static str,
    is_time: bool,
}

/// A column of texts, numbers, lists or flags.
pub(super) const fn column(title: &'static str, pointer: &'static str) -> Column {
    Column { title, pointer, is_time: false }
}

/// A column of times.
pub(super) const fn time(title: &'static str, pointer: &'static str) -> Column {
    Column { title, pointer, is_time: true }
}

impl Output {
    /// Prints the list in the field `name` of an answer.
    pub(super) fn list(self, answer: &Value, name: &str, columns: &[Column]) -> anyhow::Result<()> {
        match self {
            Self::Json => write_json(answer),
            Self::Tables => {
                let rows = answer[name].as_array().map(Vec::as_slice).unwrap_or_default();
                write(&table(rows, columns, &TimeZone::system()))
            }
        }
    }

    /// Prints an answer as JSON, unless it is empty, or this line in its place.
    pub(super) fn line(self, answer: &Value, line: &str) -> anyhow::Result<()> {
        match self {
            Self::Json if answer.is_null() => Ok(()),
            Self::Json => write_json(answer),
            Self::Tables => write(&format!("{}\n", printable_line(line, "  "))),
        }
    }
}

/// An end, in words.
pub(super) fn until(end: &Value) -> String {
    match local_time(end, &TimeZone::system()) {
        Some(end) if end != FOR_EVER => format!("until {end}"),
        _ => FOR_EVER.to_owned(),
    }
}

/// The date and the time of a moment, in milliseconds since the Unix epoch. `None` if the value is no number.
fn local_time(moment: &Value, zone: &TimeZone) -> Option<String> {
    let moment = i64::try_from(moment.as_u64()?)
        .ok()
        .and_then(|moment| jiff::Timestamp::from_millisecond(moment).ok());
    let shown = moment.map(|moment| moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
    Some(shown.unwrap_or_else(|| FOR_EVER.to_owned()))
}

fn table(rows: &[Value], columns: &[Column], zone: &TimeZone) -> String {
    let titles = columns.iter().map(|column| column.title.to_owned()).collect();
    let cells = rows.iter().map(|row| columns.iter().map(|column| cell(row, column, zone)).collect());
    let lines: Vec<Vec<String>> = std::iter::once(titles).chain(cells).collect();
    let width =
        |number: usize| lines.iter().map(|line| line[number].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> =
            line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cell(row: &Value, column: &Column, zone: &TimeZone) -> String {
    let Some(value) = row.pointer(column.pointer) else { return String::new() };
    let text = if column.is_time { local_time(value, zone) } else { None };
    printable_line(&text.unwrap_or_else(|| plain(value)), "").replace(['\n', '\t'], " ")
}

/// A value as the cell of a table shows it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(fields) => fields.get("name").map_or_else(|| value.to_string(), plain),
        Value::Number(number) => number.to_string(),
    }
}

fn write_json(answer: &Value) -> anyhow::Result<()> {
    write(&format!("{}\n", printable_json(serde_json::to_string_pretty(answer)?)))
}

fn write(text: &str) -> anyhow::Result<()> {
    let written = std::io::stdout().lock().write_all(text.as_bytes());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COLUMNS: &[Column] = &[
        column("NAME", "/person/name"),
        column("ADMIN", "/admin"),
        time("SINCE", "/since"),
        column("ROOMS", "/rooms"),
    ];

    #[test]
    fn table_has_a_line_for_each_row() {
        let rows = [
            json!({"person": {"name": "Ada"}, "admin": true, "since": 1_795_737_600_000_u64, "rooms": ["tea", "lobby"]}),
            json!({"person": {"name": "Bea Longer"}, "admin": false, "rooms": null}),
            json!({"person": {"name": "Cy"}, "since": u64::MAX}),
            json!({"person": {"name": "Dee"}, "since": u64::MAX >> 12}),
        ];
        let shown = table(&rows, COLUMNS, &TimeZone::UTC);
        let expected = "\
NAME        ADMIN  SINCE             ROOMS
Ada         yes    2026-11-27 00:00  tea,lobby
Bea Longer
Cy                 for ever
Dee                for ever
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn end_without_a_date_is_no_end() {
        assert_eq!(until(&json!(u64::MAX)), "for ever");
        assert!(until(&json!(1_795_737_600_000_u64)).starts_with("until 2026-11-2"));
    }

    #[test]
    fn hostile_names_reach_no_terminal() {
        for c in (0..0x2100).filter_map(char::from_u32) {
            let rows = [
                json!({"person": {"name": format!("a{c}\u{1B}]0;pwned\u{7}{c}b")}, "rooms": [format!("{c}")]}),
            ];
            let shown = table(&rows, COLUMNS, &TimeZone::UTC);
            assert_eq!(shown.lines().count(), 2, "{c:?}: a name is no line of its own");
            assert!(shown.chars().all(|c| !c.is_control() || c == '\n'), "{shown:?}");
        }
    }
}
