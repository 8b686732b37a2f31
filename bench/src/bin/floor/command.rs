//! Parses the command line and serves.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use holdline_bench::{FloorOrders, serve_floor};

/// The least that a server can do for a held poll; what others are measured against.
#[derive(Parser)]
#[command(name = "floor", max_term_width = 100)]
struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,

    /// Wait so long for more messages before answering
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    coalesce_ms: u64,

    /// Lose every so manieth message, to show that losses are counted
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    lose_every: usize,
}

/// Serves until stopped.
pub(crate) fn run() -> Result<()> {
    let Arguments { listen, coalesce_ms, lose_every } = Arguments::parse();
    serve_floor(listen, FloorOrders { window: Duration::from_millis(coalesce_ms), lose_every })
}
