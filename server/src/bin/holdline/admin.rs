//! `holdline admin …`: the work of a server's owner, over the admin socket beside the log. Each command is a request or two
//! of the protocol. Results go to standard output, as tables for people or as JSON for programs.

mod audit;
mod bans;
mod confirmation;
mod connection;
mod door;
mod duration;
mod hooks;
mod invites;
mod link;
mod output;
mod owner;
mod people;
mod rooms;
mod rotate_secret;
mod secret_input;
mod tokens;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use holdline_server::log::LogUrl;

use self::connection::Connection;
use self::output::Output;
use self::owner::Owner;
use crate::client::Address;
use crate::log::default_path;

const ABOUT: &str = "\
The commands reach a running server over the socket LOG-admin beside its log, which only the user who runs the server, \
and root, can open. Whoever has that user's rights has the log, and is the server's owner; no password is asked for.

Examples:
  holdline admin link                           become the first admin, or another one
  holdline admin door invite                    let in only whom you send a link
  holdline admin invites make --uses 6          one link for six friends
  holdline admin people ban mallory --for 7d --reason 'posts advertisements'
  holdline admin audit --json | jq .            who changed what, and when

Exit status: 0 if it was done; 1 if the server refused, or none runs on this log.";

/// The place in `--help` of the options that all commands share: after those of the command.
const LAST: usize = 100;

/// Change who may do what on your server.
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Admin {
    /// The log of the server, as in `holdline serve`: sqlite:PATH [default: holdline.db in your data folder]
    #[arg(long, env = "HOLDLINE_LOG", hide_env_values = true, value_name = "URL", global = true, display_order = LAST)]
    log: Option<LogUrl>,

    /// The address of the server for people, in the links that are printed [default: the server's own `--address`, or this
    /// machine's]
    #[arg(long, env = "HOLDLINE_ADDRESS", hide_env_values = true, value_name = "URL", global = true, display_order = LAST)]
    address: Option<Address>,

    /// Print the server's answers as JSON, for programs
    #[arg(long, global = true, display_order = LAST)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a link that makes whoever opens it an admin, once, within 15 minutes; works without a running server, too
    Link,
    /// Show how strangers come in, or change it
    Door(door::Door),
    /// List people; make admins, ban, erase, end sessions
    People(people::People),
    /// List, make and revoke links that let people in
    Invites(invites::Invites),
    /// List rooms; change their rules and members, delete them
    Rooms(rooms::Rooms),
    /// List, add and lift bans
    Bans(bans::Bans),
    /// List, make and revoke the tokens of programs
    Tokens(tokens::Tokens),
    /// List, make and remove the webhooks of a room
    Hooks(hooks::Hooks),
    /// Give the log another secret, which ends sessions at once or when they were not used for some days
    RotateSecret(rotate_secret::RotateSecret),
    /// Show who changed what, the newest first
    Audit(audit::Audit),
}

impl Admin {
    /// Runs the command, on a runtime of its own.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let log = match self.log {
            Some(LogUrl::Sqlite(path)) => path,
            Some(LogUrl::Memory) => {
                bail!("a server with `--log memory:` has no admin socket: nothing that is changed would last")
            }
            None => default_path()?,
        };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("no async runtime")?;
        let output = if self.json { Output::Json } else { Output::Tables };
        runtime.block_on(async {
            let server = Connection::open(&log)?;
            if let (Command::Link, None) = (&self.command, &server) {
                return link::without_server(&log, self.address.as_ref(), output).await;
            }
            let server = server.with_context(|| no_server(&log))?;
            self.command.run(&Owner { server, output, address: self.address }).await
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Command {
    async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        match self {
            Self::Link => link::over_socket(owner).await,
            Self::Door(door) => door.run(owner).await,
            Self::People(people) => people.run(owner).await,
            Self::Invites(invites) => invites.run(owner).await,
            Self::Rooms(rooms) => rooms.run(owner).await,
            Self::Bans(bans) => bans.run(owner).await,
            Self::Tokens(tokens) => tokens.run(owner).await,
            Self::Hooks(hooks) => hooks.run(owner).await,
            Self::RotateSecret(rotate) => rotate.run(owner).await,
            Self::Audit(audit) => audit.run(owner).await,
        }
    }
}

fn no_server(log: &Path) -> String {
    format!(
        "no server answers beside the log {}; is it running, with this --log, and did it warn that it has no admin socket?",
        log.display()
    )
}
