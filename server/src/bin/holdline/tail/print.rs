//! Writes entries to standard output, as lines for people or as JSON for programs, each batch at once.

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
    /// For people.
    Lines(Lines),
}

/// A message of history, recognisable as one among entries.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    message: &'a Message,
    kind: &'static str,
}

impl Printer {
    /// JSON, or lines that name the room where there are several.
    pub(super) fn new(json: bool, names_rooms: bool) -> Self {
        if json { Self::Json } else { Self::Lines(Lines::new(TimeZone::system(), names_rooms)) }
    }

    /// Prints messages as they stand in history.
    pub(super) fn messages(&mut self, messages: &[Message]) -> anyhow::Result<()> {
        let mut text = String::new();
        for message in messages {
            match self {
                Self::Json => push_json(&mut text, &Said { message, kind: "message" })?,
                Self::Lines(lines) => lines.message(&mut text, message),
            }
        }
        write(&text)
    }

    /// Prints entries as they come; as JSON, those that are unknown to this version with all their fields.
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

    /// The log is another one; its numbers mean other messages.
    pub(super) fn forget(&mut self) {
        if let Self::Lines(lines) = self {
            lines.forget();
        }
    }
}

/// Whether printing failed because nobody reads any more, which is no failure.
pub(super) fn is_reader_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Resolves when the reader at the other end of a pipe is gone, which a quiet room would not show for long. Never
/// resolves where standard output is something else.
pub(super) async fn reader_gone() {
    // Unchecked leaves the pipe as it is, blocking, which is right: nothing is written through this one.
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
