//! Runs the cases of docs/CONFORMANCE.md against a server and reports which ones pass. Only sends requests; the server
//! must be running, and its rooms get some additional messages.

mod case;
mod cases;
mod runner;
mod server;

use std::process::ExitCode;

use clap::Parser;

use crate::runner::run_all;
use crate::server::Server;

/// Runs the protocol's numbered cases against a server.
#[derive(Parser)]
struct Arguments {
    /// The server's URL
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,

    /// Run only the cases whose number or title contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // Fails only if a provider is installed already, which cannot happen here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::new(&arguments.url)?;
    let failed = run_all(&server, arguments.only.as_deref()).await;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
