//! nginx with its default settings except those of the case.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use fastrand::Rng;
use tokio::process::Command;

use super::process::{ProxyCommand, ReverseProxy, prepare};

/// How nginx connects to the server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Upstream {
    /// HTTP/1.1 with keep-alive, as most guides recommend.
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
    let http11 =
        "proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $http_host;";
    let more = match upstream {
        Upstream::Kept => http11.to_owned(),
        Upstream::Impatient => format!("{http11} proxy_read_timeout 5s;"),
        Upstream::Plain => "proxy_http_version 1.0;".to_owned(),
    };
    // By default nginx sends the address of `proxy_pass` as the host.
    let target = if matches!(upstream, Upstream::Plain) { server.to_string() } else { "holdline".to_owned() };
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
    upstream holdline {{ server {server}; keepalive 32; }}
    server {{
        listen {address};
        location / {{ proxy_pass http://{target}; {more} }}
    }}
}}
"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, config)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(&file).arg("-e").arg(folder.join("nginx.log"));
    ReverseProxy::start(ProxyCommand { command, address, reload: "HUP" }).await
}
