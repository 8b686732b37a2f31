//! The server's own log: lines on standard error, for people or for programs. Never contains the text of messages, and
//! never blocks or stops the server: lines that standard error does not accept are dropped and counted.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::stderr;

/// The format of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// For programs: one JSON object a line
    Json,
}

/// Starts logging. `RUST_LOG` sets the levels; `info` unless set.
pub(super) fn start(format: LogFormat) {
    let chosen = std::env::var("RUST_LOG").ok().filter(|chosen| !chosen.trim().is_empty());
    let parsed = chosen.as_deref().map(EnvFilter::try_new).transpose();
    let (filter, is_wrong) = match parsed {
        Ok(filter) => (filter.unwrap_or_else(|| EnvFilter::new("info")), false),
        Err(_) => (EnvFilter::new("info"), true),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| stderr::Lines)
        .log_internal_errors(false)
        .with_target(false);
    match format {
        LogFormat::Text => {
            stderr::describe_losses(|lost| format!("{} {LOSS} lines={lost}\n", jiff::Timestamp::now()));
            let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
            lines.with_ansi(is_terminal).init();
        }
        LogFormat::Json => {
            stderr::describe_losses(|lost| {
                let at = jiff::Timestamp::now().to_string();
                format!(
                    "{}\n",
                    serde_json::json!({ "timestamp": at, "level": "WARN", "message": LOSS, "lines": lost })
                )
            });
            lines.json().flatten_event(true).init();
        }
    }
    if is_wrong {
        tracing::warn!("RUST_LOG cannot be understood; the level is info");
    }
}

const LOSS: &str = "lines of this log were dropped: standard error did not take them";
