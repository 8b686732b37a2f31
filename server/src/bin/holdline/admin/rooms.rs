//! `holdline admin rooms`: rooms, their rules and their members.

mod members;
mod rules;

use clap::{Args, Subcommand};
use holdline_shared::RoomName;

use super::confirmation::Confirmation;
use super::output::{column, time};
use super::owner::Owner;

/// List rooms; change their rules and members, delete them.
#[derive(Args)]
pub(super) struct Rooms {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// List the most recently active rooms
    List,
    /// Change who sees a room and who writes in it
    Rules(rules::Rules),
    /// List a room's members, or change them
    Members(members::Members),
    /// Delete a room with everything in it
    Delete {
        /// The room; the lobby stays
        room: RoomName,
        #[command(flatten)]
        confirmation: Confirmation,
    },
}

impl Rooms {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        match self.command.unwrap_or(Command::List) {
            Command::List => {
                let list = owner.server.get(&["rooms"], &[]).await?;
                let columns = &[
                    column("ROOM", "/name"),
                    column("TITLE", "/title"),
                    column("VISIBILITY", "/visibility"),
                    column("ARCHIVED", "/archived"),
                    time("LAST ENTRY", "/at"),
                    column("TOPIC", "/topic"),
                ];
                owner.output.list(&list, "rooms", columns)
            }
            Command::Rules(rules) => rules.run(owner).await,
            Command::Members(members) => members.run(owner).await,
            Command::Delete { room, confirmation } => {
                owner.server.members(&room).await?;
                let room = room.as_str();
                confirmation.expect("deleting a room", room)?;
                let answer = owner.server.delete(&["rooms", room], &[("confirm", room)]).await?;
                owner.output.line(&answer, &format!("{room} is gone, with everything in it"))
            }
        }
    }
}
