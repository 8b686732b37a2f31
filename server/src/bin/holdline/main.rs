//! `holdline`: the server and the command-line client in one executable. Parses the command line and runs the command.

mod addresses;
mod admin;
mod client;
mod command_line;
mod health;
mod input;
mod log;
mod printable;
mod send;
mod serve;
mod signals;
mod stderr;
mod tail;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A self-hosted chat that needs nothing but ordinary HTTP requests.
#[derive(Parser)]
#[command(name = "holdline", version, max_term_width = 100, propagate_version = true)]
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
    /// Change who may do what on your server: its door, people, rooms
    Admin(admin::Admin),
    /// Check, back up, restore, export or import a log, or rotate its secret
    Log(log::Log),
    /// Ask a server whether it is ready, for container health checks
    Health(health::Health),
}

impl Command {
    fn run(self) -> anyhow::Result<ExitCode> {
        // `serve` and `tail` handle signals themselves.
        if !matches!(self, Self::Serve(_) | Self::Tail(_)) {
            signals::exit_on_signal()?;
        }
        match self {
            Self::Serve(serve) => serve.run(),
            Self::Send(send) => send.run(),
            Self::Tail(tail) => tail.run(),
            Self::Admin(admin) => admin.run(),
            Self::Log(log) => log.run(),
            Self::Health(health) => health.run(),
        }
    }
}

fn main() -> ExitCode {
    stderr::report_panics();
    let code = match command_line::parse::<Arguments>() {
        Err(code) => code,
        Ok(arguments) => arguments.command.run().unwrap_or_else(|error| {
            client::say(format_args!("{error:#}"));
            ExitCode::FAILURE
        }),
    };
    stderr::flush();
    code
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn help_describes_every_command_and_argument() {
        let mut arguments = Arguments::command();
        arguments.build();
        let mut commands = vec![&arguments];
        while let Some(command) = commands.pop() {
            let name = command.get_bin_name().unwrap_or_default();
            assert!(command.get_about().is_some(), "{name}");
            let silent = command.get_arguments().find(|argument| argument.get_help().is_none());
            assert!(silent.is_none(), "{name}: {silent:?}");
            commands.extend(command.get_subcommands().filter(|command| command.get_name() != "help"));
        }
    }
}
