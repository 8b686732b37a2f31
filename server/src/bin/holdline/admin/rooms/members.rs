//! `holdline admin rooms members`: who is in a room.

use clap::{ArgGroup, Args};
use holdline_shared::RoomName;
use serde_json::json;

use crate::admin::duration::Term;
use crate::admin::output::{column, time};
use crate::admin::owner::Owner;

/// List a room's members, or change them.
#[derive(Args)]
#[command(group(ArgGroup::new("change").args(["add", "admin", "mute", "remove"])))]
pub(super) struct Members {
    /// The room
    room: RoomName,

    /// Make somebody a member, or an admin of the room a mere member
    #[arg(long, value_name = "PERSON")]
    add: Option<String>,

    /// Make somebody an admin of the room
    #[arg(long, value_name = "PERSON")]
    admin: Option<String>,

    /// Keep a member from writing for the time of --for
    #[arg(long, value_name = "PERSON", requires = "term")]
    mute: Option<String>,

    /// Remove somebody
    #[arg(long, value_name = "PERSON")]
    remove: Option<String>,

    /// The time for which it holds, as in 30m, 12h or 7d
    #[arg(long = "for", value_name = "TIME", requires = "mute")]
    term: Option<Term>,

    /// The reason, which the room reads
    #[arg(long, value_name = "TEXT", requires = "change")]
    reason: Option<String>,
}

impl Members {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let Owner { server, output, .. } = owner;
        let room = self.room.as_str();
        let list = server.members(&self.room).await?;
        let mut body = json!({});
        if let Some(reason) = &self.reason {
            body["reason"] = reason.as_str().into();
        }
        let (person, role) = match (&self.add, &self.admin, &self.mute, &self.remove) {
            (Some(person), ..) => (person, "member"),
            (_, Some(person), ..) => (person, "admin"),
            (_, _, Some(person), _) => (person, ""),
            (.., Some(person)) => {
                let id = server.person(person).await?;
                let query: Vec<_> = self.reason.iter().map(|reason| ("reason", reason.as_str())).collect();
                let answer = server.delete(&["rooms", room, "members", &id], &query).await?;
                return output.line(&answer, &format!("{person} is no member of {room} any more"));
            }
            _ => {
                let columns = &[
                    column("NAME", "/person/name"),
                    column("ID", "/person/id"),
                    column("ROLE", "/role"),
                    time("MUTED UNTIL", "/muted_until"),
                ];
                return output.list(&list, "members", columns);
            }
        };
        if !role.is_empty() {
            body["role"] = role.into();
        }
        if let Some(term) = self.term {
            body["muted_until"] = term.end().into();
        }
        let id = server.person(person).await?;
        let answer = server.put(&["rooms", room, "members", &id], &body).await?;
        output.line(&answer, &format!("{room}: {person} is changed"))
    }
}
