//! A real `holdline tail --json` as a process of ours: what it prints is what it was shown.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use holdline_shared::{Entry, RoomSelection, Seq};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::checker::{Hears, Ledger, Line, Wrong};

/// Starts one that reads from the beginning of the log; the future ends only when the process does, and dropping it
/// kills the process.
pub(crate) fn start(
    program: &Path,
    address: SocketAddr,
    rooms: RoomSelection,
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
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {} tail", program.display()))?;
    let output = child.stdout.take().context("tail has no standard output")?;
    Ok(async move {
        let reader = ledger.reader(name.clone(), rooms, Seq::START, Hears::Entries);
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str::<Entry>(&line) {
                // When it asked for the entry is not known.
                Ok(entry) => ledger.saw(reader, Line::default(), &[entry]),
                Err(error) => ledger.complain(Wrong::Unclear, format!("{name} printed {line}: {error}")),
            }
        }
        let ended = child.wait().await;
        ledger.complain(Wrong::Undelivered, format!("{name} ended by itself: {ended:?}"));
    })
}
