//! The server's own log: lines on standard error, for people or for programs. Never the text of messages.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How a line is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// For programs: one JSON object a line
    Json,
}

/// Starts it. `RUST_LOG` chooses what is worth a line; `info` unless set.
pub(super) fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match format {
        LogFormat::Text => {
            let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
            lines.with_ansi(is_terminal).init();
        }
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
