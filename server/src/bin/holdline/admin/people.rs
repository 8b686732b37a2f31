//! `holdline admin people`: members and bots.

use clap::{Args, Subcommand};
use serde_json::json;

use super::bans::{Reason, addresses, end};
use super::confirmation::Confirmation;
use super::output::{column, time};
use super::owner::Owner;

const ABOUT: &str = "\
A person is given by name or by id. Guests have no account and are not listed; `bans add` and `rooms members` take their \
id, which `tail --json` shows.";

/// List people; make admins, ban, erase, end sessions.
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(super) struct People {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// List members and bots
    List,
    /// Make somebody an admin, or no admin
    Admin {
        /// The member
        person: String,
        /// Whether they are an admin from now on
        #[arg(value_parser = ["on", "off"])]
        on: String,
    },
    /// Keep somebody out: ends their sessions, and closes what they have open
    Ban {
        /// The member
        person: String,
        /// Keep out everybody from the addresses from which they came lately, too: for `--for`, or a day
        #[arg(long)]
        visitor_too: bool,
        #[command(flatten)]
        reason: Reason,
    },
    /// Remove an account with its name, sessions and tokens
    Erase {
        /// The member
        person: String,
        /// Whether the messages stay, without the name, or go, too
        #[arg(long, value_parser = ["keep", "remove"])]
        messages: String,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// List somebody's sessions by device
    Sessions {
        /// The member
        person: String,
    },
    /// End all of somebody's sessions
    SignOut {
        /// The member
        person: String,
    },
}

impl People {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let Owner { server, output, .. } = owner;
        match self.command.unwrap_or(Command::List) {
            Command::List => {
                let list = server.get(&["people"], &[]).await?;
                let columns = &[
                    column("NAME", "/name"),
                    column("ID", "/id"),
                    column("KIND", "/kind"),
                    column("ADMIN", "/admin"),
                    column("ABOUT", "/about"),
                ];
                output.list(&list, "people", columns)
            }
            Command::Admin { person, on } => {
                let (id, is_admin) = (server.person(&person).await?, on == "on");
                let answer = server.patch(&["people", &id], &json!({ "admin": is_admin })).await?;
                let role = if is_admin { "an admin" } else { "no admin" };
                output.line(&answer, &format!("{person} is {role} from now on"))
            }
            Command::Ban { person, visitor_too, reason } => {
                let id = server.person_or_guest(&person, &[]).await?;
                let mut body = reason.body();
                body["visitor_too"] = visitor_too.into();
                let answer = server.put(&["people", &id, "ban"], &body).await?;
                let addresses = addresses(&answer, visitor_too);
                output.line(&answer, &format!("{person} is banned {}{addresses}", end(&answer)))
            }
            Command::Erase { person, messages, confirmation } => {
                let id = server.person_or_guest(&person, &[]).await?;
                confirmation.expect("erasing an account", &person)?;
                let answer = server.delete(&["people", &id], &[("messages", &messages)]).await?;
                let kept = if messages == "keep" { "stay, without the name" } else { "are deleted" };
                output.line(&answer, &format!("the account of {person} is erased; its messages {kept}"))
            }
            Command::Sessions { person } => {
                let id = server.person(&person).await?;
                let list = server.get(&["people", &id, "sessions"], &[]).await?;
                let columns = &[
                    column("ID", "/id"),
                    time("BEGUN", "/begun"),
                    time("LAST USE", "/used"),
                    column("DEVICE", "/device"),
                ];
                output.list(&list, "sessions", columns)
            }
            Command::SignOut { person } => {
                let id = server.person(&person).await?;
                let answer = server.delete(&["people", &id, "sessions"], &[]).await?;
                output.line(&answer, &format!("{person} is signed out everywhere"))
            }
        }
    }
}
