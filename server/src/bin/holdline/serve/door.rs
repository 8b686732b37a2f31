//! `--door`: who gets in. Counts for a log without a door; afterwards admins change it while the server runs.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use holdline_server::log::Log;
use holdline_server::{choose_door, chosen_door};
use holdline_shared::Door;
use tracing::{info, warn};

/// The variable with the join password.
const PASSWORD: &str = "HOLDLINE_JOIN_PASSWORD";

/// The shortest join password, in characters.
const SHORTEST: usize = 8;

/// The choices, as `--help` and the refusal name them.
const DOORS: [(&str, Door, &str); 4] = [
    ("open", Door::Open, "everybody who can reach the server reads and writes"),
    ("password", Door::Password, "one password for all, from HOLDLINE_JOIN_PASSWORD or --join-password-file"),
    ("invite", Door::Invite, "those who were sent a link by an admin"),
    ("proxy", Door::Proxy, "those whom a trusted proxy names; see --proxy-user-header"),
];

/// The options about the door.
#[derive(Args)]
pub(super) struct DoorOptions {
    /// Who gets in, for the first start with a log; afterwards the log has it, and admins change it
    #[arg(long, env = "HOLDLINE_DOOR", value_parser = doors())]
    door: Option<Door>,

    /// A file with the password of --door password, in place of the environment variable
    #[arg(long, env = "HOLDLINE_JOIN_PASSWORD_FILE", value_name = "PATH")]
    join_password_file: Option<PathBuf>,
}

fn doors() -> impl clap::builder::TypedValueParser<Value = Door> {
    let values = DOORS.map(|(name, _, help)| PossibleValue::new(name).help(help));
    // The parser lets no other names through.
    PossibleValuesParser::new(values).map(|name| {
        DOORS.iter().find(|(known, ..)| *known == name).map_or(Door::Invite, |(_, door, _)| *door)
    })
}

impl DoorOptions {
    /// Settles the log's door, before anybody is let in.
    pub(super) async fn settle(
        &self,
        log: &dyn Log,
        addresses: &[IpAddr],
        has_proxy_login: bool,
    ) -> anyhow::Result<()> {
        let is_reachable = addresses.iter().any(|address| !address.to_canonical().is_loopback());
        let door = match (chosen_door(log), self.door) {
            (Some(door), Some(asked)) if door != asked => {
                let (door_name, asked) = (name(door), name(asked));
                info!(
                    door = door_name,
                    asked, "the log has its door; --door counts for a new log, and admins change it"
                );
                door
            }
            (Some(door), _) => door,
            (None, Some(door)) => {
                let password = if door == Door::Password { Some(self.password()?) } else { None };
                choose_door(log, door, password).await.context("the door cannot be written to the log")?;
                door
            }
            (None, None) if is_reachable => bail!("{}", refusal()),
            (None, None) => return Ok(()),
        };
        if door == Door::Proxy && !has_proxy_login {
            bail!(
                "the door is \"proxy\", but no proxy can name people: give --trusted-proxy, --proxy-user-header, \
                 --proxy-secret-header and the secret"
            );
        }
        if door == Door::Open && is_reachable {
            warn!(
                "the door is open: everybody who can reach this server reads everything and writes, under any name"
            );
        }
        Ok(())
    }

    fn password(&self) -> anyhow::Result<String> {
        let password = match &self.join_password_file {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the password from {}", path.display()))?,
            None => std::env::var(PASSWORD)
                .ok()
                .with_context(|| format!("--door password needs {PASSWORD} or --join-password-file"))?,
        };
        let password = password.trim_end_matches(['\r', '\n']);
        ensure!(password.chars().count() >= SHORTEST, "the join password has at least {SHORTEST} characters");
        Ok(password.to_owned())
    }
}

/// The refusal of a start without a door: a line, and one for each choice.
fn refusal() -> String {
    let choices = DOORS.map(|(name, _, who)| format!("\n  --door {name:<9} {who}"));
    format!("others can reach this address, so say who gets in:{}", choices.concat())
}

fn name(door: Door) -> &'static str {
    DOORS.iter().find(|(_, known, _)| *known == door).map_or("?", |(name, ..)| name)
}
