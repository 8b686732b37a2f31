//! Runs the cases of docs/CONFORMANCE.md against a server and says which it passes. It only sends requests; the server
//! is somebody else's to start, and its rooms get a few messages more.

mod case;
mod cases;
mod server;

use std::process::ExitCode;

use clap::Parser;

use crate::case::run_all;
use crate::server::Server;

/// Runs the protocol's numbered cases against a server.
#[derive(Parser)]
struct Arguments {
    /// Where the server is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,

    /// Run the cases whose number or title has this in it
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // Installed once, here; a second installation would be the only error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::new(&arguments.url)?;
    let failed = run_all(&server, arguments.only.as_deref()).await;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
