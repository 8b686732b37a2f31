//! `holdline admin rooms members`: who is in a room.

use clap::{ArgGroup, Args};
use holdline_shared::RoomName;
use serde_json::{Value, json};

use crate::admin::duration::Term;
use crate::admin::output::{column, time, until};
use crate::admin::owner::Owner;

/// List a room's members, or change them.
#[derive(Args)]
#[command(group(ArgGroup::new("change").args(["add", "admin", "mute", "unmute", "remove"])))]
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

    /// Let a muted person write again
    #[arg(long, value_name = "PERSON")]
    unmute: Option<String>,

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
        let (person, done) = match (&self.add, &self.admin, &self.mute, &self.unmute, &self.remove) {
            (Some(person), ..) => {
                body["role"] = "member".into();
                (person, format!("is a member of {room}"))
            }
            (_, Some(person), ..) => {
                body["role"] = "admin".into();
                (person, format!("is an admin of {room}"))
            }
            (_, _, Some(person), ..) => {
                body["muted_until"] = self.term.map(Term::end).into();
                (person, format!("is muted in {room} {}", until(&body["muted_until"])))
            }
            (.., Some(person), _) => {
                body["muted_until"] = Value::Null;
                (person, format!("may write in {room} again"))
            }
            (.., Some(person)) => (person, format!("is no member of {room} any more")),
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
        let present: Vec<Value> = list["members"].as_array().into_iter().flatten().map(of_member).collect();
        let id = server.person_or_guest(person, &present).await?;
        let path = ["rooms", room, "members", &id];
        let answer = if self.remove.is_some() {
            let query: Vec<_> = self.reason.iter().map(|reason| ("reason", reason.as_str())).collect();
            server.delete(&path, &query).await?
        } else {
            server.put(&path, &body).await?
        };
        let name = answer["person"]["name"].as_str().unwrap_or(person);
        // The server answers with the entry, unless there is nothing to write down.
        let nothing = if answer.is_null() { "nothing changed: " } else { "" };
        output.line(&answer, &format!("{nothing}{name} {done}"))
    }
}

fn of_member(member: &Value) -> Value {
    member["person"].clone()
}
