//! `holdline admin hooks`: the webhooks of a room.

use anyhow::Context;
use clap::{Args, Subcommand};
use holdline_shared::RoomName;
use serde_json::json;

use super::output::{column, time};
use super::owner::Owner;
use crate::client::say;

const ABOUT: &str = "\
A program posts to an incoming webhook as to Slack: curl -d '{\"text\": \"green\"}' ADDRESS. An outgoing webhook posts the \
room's messages to a program, signed with the key that is printed; PROTOCOL.md says how to check it.";

/// List, make and remove the webhooks of a room.
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(super) struct Hooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the webhooks of a room
    List {
        /// The room whose webhooks they are
        room: RoomName,
    },
    /// Make a webhook, and print the address of an incoming one or the key of an outgoing one: it is shown this one time
    Make(Make),
    /// Remove a webhook
    Remove {
        /// The room whose webhook it is
        room: RoomName,
        /// The webhook's id, from the list
        id: String,
    },
}

#[derive(Args)]
struct Make {
    /// The room into which it posts, or whose messages it is sent
    room: RoomName,

    /// The name under which an incoming webhook posts, and the name of an outgoing one in the list
    name: String,

    /// The address to which an outgoing webhook posts the room's messages [default: the webhook is an incoming one]
    #[arg(long, value_name = "URL")]
    to: Option<String>,
}

impl Hooks {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        match self.command {
            Command::List { room } => {
                let list = owner.server.get(&["rooms", room.as_str(), "hooks"], &[]).await?;
                let columns = &[
                    column("ID", "/id"),
                    column("WAY", "/way"),
                    column("NAME", "/name"),
                    column("TO", "/url"),
                    column("MADE BY", "/made_by"),
                    time("AT", "/at"),
                    column("STOPPED", "/stopped"),
                ];
                owner.output.list(&list, "hooks", columns)
            }
            Command::Make(make) => make.run(owner).await,
            Command::Remove { room, id } => {
                let answer = owner.server.delete(&["rooms", room.as_str(), "hooks", &id], &[]).await?;
                owner.output.line(&answer, "the webhook does not work any more")
            }
        }
    }
}

impl Make {
    async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let way = if self.to.is_some() { "outgoing" } else { "incoming" };
        let mut body = json!({ "way": way, "name": self.name });
        if let Some(url) = &self.to {
            body["url"] = url.as_str().into();
        }
        let made = owner.server.post(&["rooms", self.room.as_str(), "hooks"], &body).await?;
        let field = |name: &str| made[name].as_str().with_context(|| format!("the answer has no {name}"));
        if self.to.is_some() {
            owner.output.line(&made, field("key")?)?;
            say("this key signs what the webhook posts; it is not shown again");
        } else {
            let server = owner.address().await?;
            owner.output.line(&made, &format!("{}{}", server.trim_end_matches('/'), field("url")?))?;
            say("whoever has this address posts into the room; it is not shown again");
        }
        Ok(())
    }
}
