//! `holdline admin rooms rules`: who sees a room and who writes in it.

use clap::{ArgGroup, Args};
use holdline_shared::RoomName;
use serde_json::{Map, Value, json};

use crate::admin::owner::Owner;

/// The flags, one of which must be given.
const RULES: [&str; 7] = ["visibility", "title", "guests", "writers", "slow", "lock", "archive"];

/// Change who sees a room and who writes in it.
#[derive(Args)]
#[command(group(ArgGroup::new("rule").required(true).multiple(true).args(RULES)))]
pub(super) struct Rules {
    /// The room
    room: RoomName,

    /// Who sees it
    #[arg(long, value_parser = ["public", "private"])]
    visibility: Option<String>,

    /// The name that is shown
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Whether guests may write
    #[arg(long, value_parser = ["on", "off"])]
    guests: Option<String>,

    /// Who writes
    #[arg(long, value_parser = ["everyone", "admins"])]
    writers: Option<String>,

    /// Seconds between two messages of one person; 0 for none
    #[arg(long, value_name = "SECONDS")]
    slow: Option<u32>,

    /// Whether nobody but its admins may write for now
    #[arg(long, value_parser = ["on", "off"])]
    lock: Option<String>,

    /// Whether it is over, and kept for reading
    #[arg(long, value_parser = ["on", "off"])]
    archive: Option<String>,
}

impl Rules {
    pub(super) async fn run(self, owner: &Owner) -> anyhow::Result<()> {
        let on = |flag: Option<String>| flag.map(|flag| Value::from(flag == "on"));
        let rules = [
            ("visibility", self.visibility.map(Value::from)),
            ("title", self.title.map(Value::from)),
            ("members_only", self.guests.map(|guests| Value::from(guests == "off"))),
            ("writers", self.writers.map(Value::from)),
            ("slow_seconds", self.slow.map(Value::from)),
            ("locked", on(self.lock)),
            ("archived", on(self.archive)),
        ];
        let policy: Map<String, Value> =
            rules.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        // The request would make the room.
        owner.server.members(&self.room).await?;
        let room = self.room.as_str();
        let answer = owner.server.put(&["rooms", room], &json!({ "policy": policy })).await?;
        owner.output.line(&answer, &format!("the rules of {room} are changed"))
    }
}
