//! `holdline admin invites`: links that let people in.

use anyhow::Context;
use clap::{Args, Subcommand};
use holdline_shared::RoomName;
use serde_json::{Value, json};

use super::output::{Output, column, time};
use super::owner::Owner;
use crate::addresses::join_address;
use crate::client::say;

/// List, make and revoke links that let people in.
#[derive(Args)]
pub(super) struct Invites {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// List the links that were not revoked
    List,
    /// Make a link, and print it: it is shown this one time
    Make(Make),
    /// End a link; whoever came in by it stays
    Revoke {
        /// The link's id, from the list
        id: String,
    },
}

#[derive(Args)]
struct Make {
    /// The number of people whom the link lets in
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    uses: u32,

    /// The days for which it works
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    days: u32,

    /// The standing that it gives
    #[arg(long, value_name = "ROLE", default_value = "member", value_parser = ["guest", "member", "admin"])]
    role: String,

    /// A room of which it makes them members
    #[arg(long, value_name = "ROOM")]
    room: Option<RoomName>,

    /// A note for the list, as in 'for the choir'
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Invites {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        match self.command.unwrap_or(Command::List) {
            Command::List => {
                let mut list = owner.server.get(&["invites"], &[]).await?;
                if owner.output == Output::Tables {
                    name_makers(&mut list, &owner.server.people().await?);
                }
                let columns = &[
                    column("ID", "/id"),
                    column("ROLE", "/role"),
                    column("USED", "/used"),
                    column("OF", "/uses"),
                    time("EXPIRES", "/expires"),
                    column("ROOM", "/room"),
                    column("BY", "/by"),
                    column("NOTE", "/note"),
                ];
                owner.output.list(&list, "invites", columns)
            }
            Command::Make(make) => make.run(owner).await,
            Command::Revoke { id } => {
                let answer = owner.server.delete(&["invites", &id], &[]).await?;
                owner.output.line(&answer, "the link does not work any more")
            }
        }
    }
}

/// Puts names in place of the makers' ids.
fn name_makers(list: &mut Value, people: &[Value]) {
    for invite in list["invites"].as_array_mut().into_iter().flatten() {
        if let Some(person) = people.iter().find(|person| person["id"] == invite["by"]) {
            invite["by"] = person["name"].clone();
        }
    }
}

impl Make {
    async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let mut body = json!({ "uses": self.uses, "days": self.days, "role": self.role });
        if let Some(room) = self.room {
            body["room"] = room.as_str().into();
        }
        if let Some(note) = self.note {
            body["note"] = note.into();
        }
        let invite = owner.server.post(&["invites"], &body).await?;
        let code = invite["code"].as_str().context("the server's answer has no code")?;
        let address = join_address(&owner.address().await?, code);
        owner.output.line(&invite, &address)?;
        let (uses, days) = (self.uses, self.days);
        say(format_args!(
            "this link lets in {uses}, as {}, for {days} days; it is not shown again",
            self.role
        ));
        Ok(())
    }
}
