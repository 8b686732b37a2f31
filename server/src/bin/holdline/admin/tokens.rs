//! `holdline admin tokens`: the tokens by which programs act for a person or a bot.

use anyhow::Context;
use clap::{ArgGroup, Args, Subcommand};
use holdline_shared::RoomName;
use serde_json::json;

use super::output::column;
use super::owner::Owner;
use crate::client::say;

const ABOUT: &str = "\
A program sends the token as `Authorization: Bearer TOKEN`; `holdline send` and `tail` take it from HOLDLINE_TOKEN.";

/// List, make and revoke the tokens of programs.
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(super) struct Tokens {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// List the tokens
    List,
    /// Make a token, and print it: it is shown this one time
    Make(Make),
    /// End a token
    Revoke {
        /// The token's id, from the list
        id: String,
    },
}

#[derive(Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["person", "bot"])))]
struct Make {
    /// The member or bot in whose name the program acts
    person: Option<String>,

    /// The name of a new bot, for a program that speaks for nobody
    #[arg(long, value_name = "NAME")]
    bot: Option<String>,

    /// The acts that it allows
    #[arg(long, value_name = "VERB", value_delimiter = ',', default_value = "read,write", value_parser = ["read", "write", "react", "invite"])]
    verbs: Vec<String>,

    /// The rooms in which it is good [default: all that the person may read]
    #[arg(long = "room", value_name = "ROOM", value_delimiter = ',')]
    rooms: Vec<RoomName>,

    /// A note for the list, as in 'backup script'
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Tokens {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        match self.command.unwrap_or(Command::List) {
            Command::List => {
                let list = owner.server.get(&["tokens"], &[]).await?;
                let columns = &[
                    column("ID", "/id"),
                    column("PERSON", "/person"),
                    column("VERBS", "/verbs"),
                    column("ROOMS", "/rooms"),
                    column("NOTE", "/note"),
                ];
                owner.output.list(&list, "tokens", columns)
            }
            Command::Make(make) => make.run(owner).await,
            Command::Revoke { id } => {
                let answer = owner.server.delete(&["tokens", &id], &[]).await?;
                owner.output.line(&answer, "the token is not valid any more")
            }
        }
    }
}

impl Make {
    async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let mut body = json!({ "verbs": self.verbs });
        if let Some(person) = self.person {
            body["person"] = owner.server.person(&person).await?.into();
        }
        if let Some(bot) = self.bot {
            body["bot"] = bot.into();
        }
        if !self.rooms.is_empty() {
            body["rooms"] = self.rooms.iter().map(RoomName::as_str).collect();
        }
        if let Some(note) = self.note {
            body["note"] = note.into();
        }
        let made = owner.server.post(&["tokens"], &body).await?;
        let token = made["token"].as_str().context("the server's answer has no token")?;
        owner.output.line(&made, token)?;
        say("this token is not shown again; whoever has it acts in that name");
        Ok(())
    }
}
