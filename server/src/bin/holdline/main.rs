//! `holdline`: the server and the command-line client in one executable. Parses the command line and hands over.

mod client;
mod log;
mod send;
mod serve;
mod tail;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A self-hosted chat that needs nothing but ordinary HTTP requests.
#[derive(Parser)]
#[command(version, max_term_width = 100, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the chat: the page, the API and the classic routes
    Serve(serve::Serve),
    /// Send a message, or each line of standard input
    Send(send::Send),
    /// Follow rooms: print each message as a line
    Tail(tail::Tail),
    /// Check, back up, restore, export or import a log
    Log(log::Log),
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Serve(serve) => serve.run().map(|()| ExitCode::SUCCESS),
        Command::Send(send) => send.run(),
        Command::Tail(tail) => tail.run(),
        Command::Log(log) => log.run(),
    };
    ended.unwrap_or_else(|error| {
        client::say(format_args!("{error:#}"));
        ExitCode::FAILURE
    })
}
