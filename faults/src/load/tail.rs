//! A real `holdline tail --json` as a child process, whose output is recorded as deliveries.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use holdline_shared::{Entry, RoomSelection, Seq};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::checker::{Ledger, LedgerPosition, Receives, Violation};

/// Starts a tail from the beginning of the log, with a token if reading needs one. The future ends only when the process does; dropping it kills the
/// process.
pub(crate) fn start(
    program: &Path,
    address: SocketAddr,
    rooms: RoomSelection,
    token: Option<&str>,
    ledger: Arc<Ledger>,
    name: String,
) -> Result<impl Future<Output = ()> + Send + use<>> {
    let names = match &rooms {
        RoomSelection::All => vec!["*".to_owned()],
        RoomSelection::Named(names) => names.iter().map(|name| name.as_str().to_owned()).collect(),
    };
    let mut command = Command::new(program);
    command.args(["tail", "--json", "--since", "start", "--server", &format!("http://{address}")]);
    for room in names {
        command.args(["--room", &room]);
    }
    let mut child = command
        .envs(token.map(|token| ("HOLDLINE_TOKEN", token)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {} tail", program.display()))?;
    let output = child.stdout.take().context("tail has no standard output")?;
    Ok(async move {
        let reader = ledger.add_reader(name.clone(), rooms, Seq::START, Receives::Entries);
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str::<Entry>(&line) {
                // The time of the request is not known.
                Ok(entry) => ledger.record_entries(reader, LedgerPosition::default(), &[entry]),
                Err(error) => ledger.report(Violation::Unclear, format!("{name} printed {line}: {error}")),
            }
        }
        let ended = child.wait().await;
        ledger.report(Violation::Undelivered, format!("{name} ended by itself: {ended:?}"));
    })
}
