//! Printing of entries on standard output, as lines for people or as JSON for programs, each batch in one write.

use std::collections::BTreeMap;
use std::future::pending;
use std::io::{ErrorKind, Write as _};
use std::os::fd::AsFd as _;

use anyhow::Context;
use holdline_shared::{Entry, Message, Seq};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use tokio::io::Interest;
use tokio::net::unix::pipe::Sender;

use super::lines::Lines;
use crate::printable::printable_json;

/// Standard output in one of two forms.
pub(super) enum Printer {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Lines(Lines),
}

/// A message of history with the `kind` of an entry.
#[derive(Serialize)]
struct HistoryMessage<'a> {
    #[serde(flatten)]
    message: &'a Message,
    kind: &'static str,
}

impl Printer {
    /// Makes a printer of JSON, or of lines with or without the rooms' names.
    pub(super) fn new(json: bool, shows_rooms: bool) -> Self {
        if json { Self::Json } else { Self::Lines(Lines::new(TimeZone::system(), shows_rooms)) }
    }

    /// Prints messages of history.
    pub(super) fn messages(&mut self, messages: &[Message]) -> anyhow::Result<()> {
        let mut text = String::new();
        for message in messages {
            match self {
                Self::Json => push_json(&mut text, &HistoryMessage { message, kind: "message" })?,
                Self::Lines(lines) => lines.message(&mut text, message),
            }
        }
        write(&text)
    }

    /// Prints entries; as JSON, those of unknown kinds with all their fields.
    pub(super) fn entries(
        &mut self,
        entries: &[Entry],
        unknown: &BTreeMap<Seq, Value>,
    ) -> anyhow::Result<()> {
        let mut text = String::new();
        for entry in entries {
            match self {
                Self::Json => match unknown.get(&entry.seq) {
                    Some(value) => push_json(&mut text, value)?,
                    None => push_json(&mut text, entry)?,
                },
                Self::Lines(lines) => lines.entry(&mut text, entry),
            }
        }
        write(&text)
    }

    /// Forgets the messages of a replaced log, whose positions have another meaning.
    pub(super) fn clear(&mut self) {
        if let Self::Lines(lines) = self {
            lines.clear();
        }
    }
}

/// Whether printing failed because the reader has closed the pipe, which is not an error.
pub(super) fn is_reader_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Resolves when the reader has closed the pipe, which would otherwise be noticed only at the next write. Never
/// resolves if standard output is not a pipe.
pub(super) async fn reader_gone() {
    // The unchecked conversion keeps the pipe blocking, as the writer needs it.
    let output = std::io::stdout().as_fd().try_clone_to_owned();
    let pipe = output.and_then(Sender::from_owned_fd_unchecked);
    if let Ok(pipe) = pipe
        && pipe.ready(Interest::ERROR).await.is_ok_and(|ready| ready.is_error() || ready.is_write_closed())
    {
        return;
    }
    pending::<()>().await;
}

fn push_json(text: &mut String, line: &impl Serialize) -> anyhow::Result<()> {
    text.push_str(&printable_json(serde_json::to_string(line)?));
    text.push('\n');
    Ok(())
}

fn write(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    written.context("cannot write to standard output")
}
