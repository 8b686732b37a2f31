//! `holdline admin rooms`: rooms, their rules and their members.

mod members;
mod rules;

use std::io::IsTerminal as _;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use holdline_shared::RoomName;

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
        /// Do not ask again
        #[arg(long)]
        yes: bool,
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
            Command::Delete { room, yes } => {
                owner.server.members(&room).await?;
                if !yes {
                    confirm(&room)?;
                }
                let room = room.as_str();
                let answer = owner.server.delete(&["rooms", room], &[("confirm", room)]).await?;
                owner.output.line(&answer, &format!("{room} is gone, with everything in it"))
            }
        }
    }
}

/// Asks for the room's name, which nobody types by mistake.
fn confirm(room: &RoomName) -> anyhow::Result<()> {
    ensure!(std::io::stdin().is_terminal(), "deleting a room cannot be undone; --yes confirms it");
    crate::client::say(format_args!("type the name of the room to delete it for good: {room}"));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read standard input")?;
    ensure!(line.trim() == room.as_str(), "that is another name; nothing was deleted");
    Ok(())
}
