//! `holdline`: the server and the command-line client in one executable. Parses the command line and hands over.

mod serve;

use clap::{Parser, Subcommand};

/// A self-hosted chat that needs nothing but ordinary HTTP requests.
#[derive(Parser)]
#[command(version, about, max_term_width = 100, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the chat: the page, the API and the classic routes
    Serve(serve::Serve),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
    }
}
