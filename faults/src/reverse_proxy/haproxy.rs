//! haproxy with a server time-out that is shorter than the hold of a poll.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use fastrand::Rng;
use tokio::process::Command;

use super::process::{ProxyCommand, ReverseProxy, prepare};

/// Starts haproxy in front of `server`.
pub(super) async fn start(server: SocketAddr, folder: &Path, rng: &mut Rng) -> Result<ReverseProxy> {
    let address = prepare(folder, rng)?;
    let config = format!(
        "global
    maxconn 2000
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 5s
frontend front
    bind {address}
    default_backend holdline
backend holdline
    server holdline {server}
"
    );
    let file = folder.join("haproxy.cfg");
    fs::write(&file, config)?;
    let mut command = Command::new("haproxy");
    // A master process that can be told to reload, and a worker.
    command.arg("-W").arg("-f").arg(&file);
    ReverseProxy::start(ProxyCommand { command, address, reload: "USR2" }).await
}
