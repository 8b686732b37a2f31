//! `holdline health`: asks a server once whether it is ready. For health checks of containers and service managers, so
//! that an image needs no `curl`.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::time::timeout;

use crate::addresses::reachable;
use crate::client::{Address, Client, say};
use crate::serve::listen_addresses;

const EXAMPLES: &str = "\
Example:
  HEALTHCHECK CMD [\"holdline\", \"health\"]

Exit status: 0 if the server is ready, 1 if it is not or does not answer within five seconds.";

/// The time limit: shorter than that of usual health checkers.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// Ask a server whether it is ready, for container health checks.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Health {
    /// The server's address [default: this machine, at the port of `HOLDLINE_LISTEN` or 8080]
    #[arg(long, env = "HOLDLINE_SERVER", hide_env_values = true, value_name = "URL")]
    server: Option<Address>,
}

impl Health {
    /// Asks the server, on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let client = match self.server {
            Some(server) => Client::new(server, None)?,
            None => Client::direct(local_server()?)?,
        };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("no async runtime")?;
        let target = client.target();
        let answered = runtime.block_on(async { timeout(ANSWER_TIME, client.check_ready()).await });
        runtime.shutdown_background();
        match answered {
            Ok(Ok(())) => {
                // The exit status has the same information.
                let _ = writeln!(std::io::stdout(), "{target} is ready");
                return Ok(ExitCode::SUCCESS);
            }
            Ok(Err(error)) => say(format_args!("{target} is not ready: {error}")),
            Err(_) => say(format_args!("{target} has not answered for {} s", ANSWER_TIME.as_secs())),
        }
        Ok(ExitCode::FAILURE)
    }
}

/// The address of a server that runs with the same environment on this machine.
pub(crate) fn local_server() -> anyhow::Result<Address> {
    let listen = std::env::var("HOLDLINE_LISTEN").unwrap_or_default();
    let first = match listen.split(',').next().map(str::trim) {
        Some(first) if !first.is_empty() => {
            listen_addresses(first).map_err(anyhow::Error::msg).context("HOLDLINE_LISTEN")?.into_iter().next()
        }
        _ => None,
    };
    let address = first.map_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), reachable);
    Ok(format!("http://{address}").parse()?)
}
