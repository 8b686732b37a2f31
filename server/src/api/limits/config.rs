//! The configuration of all limits, and its text. Counts nothing.

use std::str::FromStr;

use thiserror::Error;

use super::rate::Rate;

/// The limits on requests; each is `None` where there is none. Those of a person are tight. Those of a visitor, that is of an
/// IPv4 address or an IPv6 network of 64 bits, are generous, because a school or an office is one address; they do not
/// apply to connections from this machine and from trusted proxies that name no visitor.
///
/// ```
/// let mut limits = holdline_server::Limits::default();
/// limits.publish = Some(holdline_server::Rate::per_second(5, 1));
/// limits.set("visitor-held-polls=none").unwrap();
/// assert_eq!(limits.visitor_held_polls, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Messages, and every other change without a limit of its own, by one person. Callers without a session count as one
    /// person for each visitor; so they do for reactions and history.
    pub publish: Option<Rate>,
    /// Reactions added or removed by one person.
    pub reactions: Option<Rate>,
    /// Rooms made by one person.
    pub rooms: Option<Rate>,
    /// Pages of history and single messages read by one person.
    pub history: Option<Rate>,
    /// Lists of rooms and people, and polls without a wait, by one person.
    pub reads: Option<Rate>,
    /// Requests of one person that are held at once: polls, event streams and classic subscriptions.
    pub held_polls: Option<u32>,
    /// Sessions begun by one visitor.
    pub visitor_sessions: Option<Rate>,
    /// Rooms made by all people of one visitor.
    pub visitor_rooms: Option<Rate>,
    /// Requests of one visitor that are held at once.
    pub visitor_held_polls: Option<u32>,
    /// Connections of one peer: the limit for visitors who come without a proxy.
    pub visitor_connections: Option<u32>,
    /// Wrong passphrases and codes of one visitor.
    pub failed_secrets: Option<Rate>,
    /// Wrong join passwords, of one visitor and of all together.
    pub join_password: Option<Rate>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            publish: Some(Rate::per_second(60, 1)),
            reactions: Some(Rate::per_second(60, 2)),
            rooms: Some(Rate::per_hour(10, 10)),
            history: Some(Rate::per_minute(300, 300)),
            reads: Some(Rate::per_minute(1_200, 1_200)),
            held_polls: Some(10),
            visitor_sessions: Some(Rate::per_minute(300, 60)),
            visitor_rooms: Some(Rate::per_hour(100, 100)),
            visitor_held_polls: Some(2_000),
            visitor_connections: Some(4_000),
            failed_secrets: Some(Rate::per_minute(30, 2)),
            join_password: Some(Rate::per_hour(10, 40)),
        }
    }
}

/// The error for a setting that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidLimit(String);

impl Limits {
    /// The configuration without limits.
    pub const NONE: Self = Self {
        publish: None,
        reactions: None,
        rooms: None,
        history: None,
        reads: None,
        held_polls: None,
        visitor_sessions: None,
        visitor_rooms: None,
        visitor_held_polls: None,
        visitor_connections: None,
        failed_secrets: None,
        join_password: None,
    };

    /// Changes one limit, as in `publish=60+1/s`, `held-polls=10` or `rooms=none`; `none` alone lifts all.
    pub fn set(&mut self, setting: &str) -> Result<(), InvalidLimit> {
        if setting == "none" {
            *self = Self::NONE;
            return Ok(());
        }
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        match name {
            "publish" => self.publish = parse(value)?,
            "reactions" => self.reactions = parse(value)?,
            "rooms" => self.rooms = parse(value)?,
            "history" => self.history = parse(value)?,
            "reads" => self.reads = parse(value)?,
            "held-polls" => self.held_polls = parse(value)?,
            "visitor-sessions" => self.visitor_sessions = parse(value)?,
            "visitor-rooms" => self.visitor_rooms = parse(value)?,
            "visitor-held-polls" => self.visitor_held_polls = parse(value)?,
            "visitor-connections" => self.visitor_connections = parse(value)?,
            "failed-secrets" => self.failed_secrets = parse(value)?,
            "join-password" => self.join_password = parse(value)?,
            _ => {
                return Err(InvalidLimit(format!(
                    "there is no limit {name:?}; `holdline serve --help` lists them"
                )));
            }
        }
        Ok(())
    }
}

fn parse<T: FromStr<Err: ToString>>(value: &str) -> Result<Option<T>, InvalidLimit> {
    if value == "none" {
        return Ok(None);
    }
    value.parse().map(Some).map_err(|error: T::Err| InvalidLimit(format!("{value:?}: {}", error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_change_one_limit_each_or_lift_all() {
        let mut limits = Limits::default();
        for setting in ["publish=1+1/s", "held-polls=0", "rooms=none", "visitor-connections=7"] {
            limits.set(setting).unwrap();
        }
        let expected = Limits {
            publish: Some(Rate::per_second(1, 1)),
            held_polls: Some(0),
            rooms: None,
            visitor_connections: Some(7),
            ..Limits::default()
        };
        assert_eq!(limits, expected);
        limits.set("none").unwrap();
        assert_eq!(limits, Limits::NONE);
    }

    #[test]
    fn error_says_which_part_is_wrong() {
        for (setting, part) in [
            ("publsh=1+1/s", "publsh"),
            ("publish", "60+1/s"),
            ("publish=60", "\"60\""),
            ("held-polls=ten", "\"ten\""),
            ("held-polls=-1", "\"-1\""),
        ] {
            let mut limits = Limits::default();
            let error = limits.set(setting).unwrap_err().to_string();
            assert!(error.contains(part) && limits == Limits::default(), "{setting}: {error}");
        }
    }
}
