//! haproxy as `contrib/haproxy.cfg` has it, with a server time-out that is shorter than a poll is held.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use fastrand::Rng;
use tokio::process::Command;

use super::process::{ProxyCommand, ReverseProxy, filled_in, prepare};

/// Starts haproxy in front of `server`.
pub(super) async fn start(server: SocketAddr, folder: &Path, rng: &mut Rng) -> Result<ReverseProxy> {
    let address = prepare(folder, rng)?;
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
    // A master process that can be told to reload, and a worker.
    command.arg("-W").arg("-f").arg(&file);
    ReverseProxy::start(ProxyCommand { command, address, reload: "USR2" }).await
}
