//! haproxy as `contrib/haproxy.cfg` has it, with a server time-out that is shorter than a poll is held.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use fastrand::Rng;
use tokio::process::Command;

use super::{Front, Recipe, filled_in, place};

/// Starts one in front of `server`.
pub(crate) async fn haproxy(server: SocketAddr, folder: &Path, rng: &mut Rng) -> Result<Front> {
    let address = place(folder, rng)?;
    let config = filled_in(
        include_str!("../../../contrib/haproxy.cfg"),
        &[
            ("bind :80", format!("bind {address}")),
            ("127.0.0.1:8080", server.to_string()),
            ("timeout server 60s", "timeout server 5s".to_owned()),
        ],
    )?;
    let file = folder.join("haproxy.cfg");
    fs::write(&file, config)?;
    let mut command = Command::new("haproxy");
    // A master that is told to reload, and a worker.
    command.arg("-W").arg("-f").arg(&file);
    Front::start(Recipe { command, address, reload: "USR2" }).await
}
