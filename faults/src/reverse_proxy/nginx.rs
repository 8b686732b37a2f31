//! nginx as `contrib/nginx.conf` has it, or with its defaults.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use fastrand::Rng;
use tokio::process::Command;

use super::process::{ProxyCommand, ReverseProxy, filled_in, prepare};

/// The protocol between nginx and the server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Upstream {
    /// HTTP/1.1, connections kept, as `contrib/nginx.conf` says.
    Kept,
    /// HTTP/1.1 with keep-alive and a read time-out of five seconds, less than the hold of any poll.
    Impatient,
    /// HTTP/1.0 with a new connection for each request, nginx's default.
    Plain,
}

/// Starts nginx in front of `server`.
pub(super) async fn start(
    server: SocketAddr,
    upstream: Upstream,
    folder: &Path,
    rng: &mut Rng,
) -> Result<ReverseProxy> {
    let address = prepare(folder, rng)?;
    let timeout = if matches!(upstream, Upstream::Impatient) { "5s" } else { "60s" };
    let site = match upstream {
        // `Host` is the upstream's address, as nginx has it by default.
        Upstream::Plain => {
            format!(
                "server {{ listen {address}; location / {{ proxy_pass http://{server}; proxy_http_version 1.0; }} }}"
            )
        }
        Upstream::Kept | Upstream::Impatient => filled_in(
            include_str!("../../../contrib/nginx.conf"),
            &[
                ("127.0.0.1:8080", server.to_string()),
                ("listen 80;", format!("listen {address};")),
                ("proxy_read_timeout 60s;", format!("proxy_read_timeout {timeout};")),
            ],
        )?,
    };
    let folder_text = folder.display();
    // Buffering is on by default.
    let config = format!(
        "daemon off;
worker_processes 2;
pid {folder_text}/nginx.pid;
error_log {folder_text}/nginx.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder_text}/body;
    proxy_temp_path {folder_text}/proxy;
    fastcgi_temp_path {folder_text}/fastcgi;
    uwsgi_temp_path {folder_text}/uwsgi;
    scgi_temp_path {folder_text}/scgi;
{site}
}}
"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, config)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(&file).arg("-e").arg(folder.join("nginx.log"));
    ReverseProxy::start(ProxyCommand { command, address, reload: "HUP" }).await
}
