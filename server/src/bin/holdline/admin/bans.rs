//! `holdline admin bans`: people and addresses that are kept out.

use std::net::IpAddr;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::duration::Term;
use super::output::{column, time, until};
use super::owner::Owner;

/// List, add and lift bans.
#[derive(Args)]
pub(super) struct Bans {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// List the bans
    List,
    /// Keep out a person, or everybody from an address
    Add(Add),
    /// Lift a ban
    Lift {
        /// The ban's id, from the list
        id: String,
    },
}

#[derive(Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["person", "visitor"])))]
struct Add {
    /// The person's name or id; of a guest the id
    person: Option<String>,

    /// An address, for a time; of IPv6 the whole /64 network is meant
    #[arg(long, value_name = "ADDRESS", requires = "term")]
    visitor: Option<IpAddr>,

    /// Keep out everybody from the addresses from which the person came lately, too: for `--for`, or a day
    #[arg(long, requires = "person")]
    visitor_too: bool,

    #[command(flatten)]
    reason: Reason,
}

/// The end and the reason of a ban.
#[derive(Args)]
pub(super) struct Reason {
    /// The time for which it holds, as in 30m, 12h or 7d [default: until it is lifted]
    #[arg(long = "for", value_name = "TIME")]
    term: Option<Term>,

    /// The reason, which admins read in the audit
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Reason {
    /// The fields of a request.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({});
        if let Some(term) = self.term {
            body["until"] = term.end().into();
        }
        if let Some(reason) = &self.reason {
            body["reason"] = reason.as_str().into();
        }
        body
    }
}

/// The end of a ban, in words.
pub(super) fn end(ban: &Value) -> String {
    if ban["until"].is_null() { "until the ban is lifted".to_owned() } else { until(&ban["until"]) }
}

/// The addresses that a ban of a person concerns, in words.
pub(super) fn addresses(ban: &Value, were_asked_for: bool) -> String {
    let visitors: Vec<&str> =
        ban["visitors"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !visitors.is_empty() {
        return format!("; so is everybody from {}", visitors.join(", "));
    }
    let none = if were_asked_for { "; no address is known from which they came lately" } else { "" };
    none.to_owned()
}

impl Bans {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        match self.command.unwrap_or(Command::List) {
            Command::List => {
                let list = owner.server.get(&["bans"], &[]).await?;
                let columns = &[
                    column("ID", "/id"),
                    column("PERSON", "/person"),
                    column("ADDRESS", "/visitor"),
                    column("THEIR ADDRESSES", "/visitors"),
                    time("UNTIL", "/until"),
                    column("REASON", "/reason"),
                ];
                owner.output.list(&list, "bans", columns)
            }
            Command::Add(Add { person, visitor, visitor_too, reason }) => {
                let mut body = reason.body();
                body["visitor_too"] = visitor_too.into();
                let whom = person.clone().or(visitor.map(|visitor| visitor.to_string())).unwrap_or_default();
                if let Some(person) = person {
                    body["person"] = owner.server.person_or_guest(&person, &[]).await?.into();
                }
                if let Some(visitor) = visitor {
                    body["visitor"] = visitor.to_string().into();
                }
                let answer = owner.server.post(&["bans"], &body).await?;
                let addresses = addresses(&answer, visitor_too);
                owner.output.line(&answer, &format!("{whom} is banned {}{addresses}", end(&answer)))
            }
            Command::Lift { id } => {
                let answer = owner.server.delete(&["bans", &id], &[]).await?;
                owner.output.line(&answer, "the ban is lifted")
            }
        }
    }
}
