//! A poll's query parameters, written by clients and read by the server. Coded by hand instead of with a serde format,
//! to keep the browser's module small.

use std::fmt::Write as _;
use std::time::Duration;

use thiserror::Error;

use crate::limits::{PRESENCE_TAG_BYTES, ROOMS_PER_POLL};
use crate::{After, InvalidCursor, InvalidRoomName, PresenceTag, RoomName, Seq};

/// The rooms that a poll asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomSelection {
    /// Every room: `room=*`.
    All,
    /// The named rooms: sorted, without duplicates, at least one, at most [`ROOMS_PER_POLL`].
    Named(Vec<RoomName>),
}

/// The parameters of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollQuery {
    /// The rooms to read.
    pub rooms: RoomSelection,
    /// The position to read from.
    pub after: After,
    /// The requested hold; `None` leaves the choice to the server, zero is regular polling.
    pub wait: Option<Duration>,
    /// The rooms in which this person is shown as present and whose presence the answer may contain.
    pub here: Vec<RoomName>,
    /// The state of presence that the client knows.
    pub presence: Option<PresenceTag>,
    /// The last change of the person's memberships that the client knows of, zero for none; `None` for a client that
    /// does not want to receive them.
    pub memberships: Option<Seq>,
}

/// The reason why a query is not a poll.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidPoll {
    /// The query has no `room`.
    #[error("which room? add room=NAME (up to {ROOMS_PER_POLL} times) or room=*")]
    NoRoom,
    /// The query names more than [`ROOMS_PER_POLL`] rooms.
    #[error("too many rooms; name at most {ROOMS_PER_POLL}, or use room=*")]
    TooManyRooms,
    /// An invalid room name.
    #[error(transparent)]
    Room(#[from] InvalidRoomName),
    /// An invalid cursor.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// An invalid `wait`.
    #[error("wait is a whole number of seconds, 0 to answer at once; not {0:?}")]
    Wait(String),
    /// A `presence` that is too long.
    #[error("presence is the tag of the last answer, of at most {PRESENCE_TAG_BYTES} bytes")]
    Presence,
    /// An invalid `memberships`.
    #[error("memberships is the number of the last answer that had one, 0 before the first; not {0:?}")]
    Memberships(String),
    /// A parameter with two values that takes only one.
    #[error("{0} was given twice; a poll has one")]
    Twice(&'static str),
    /// An unknown parameter, most likely a typing error.
    #[error("there is no parameter {0:?}; a poll has room, after, wait, here, presence and memberships")]
    Parameter(String),
}

impl PollQuery {
    /// A poll of `rooms` from now on with the server's default hold.
    pub fn new(rooms: RoomSelection) -> Self {
        Self { rooms, after: After::Now, wait: None, here: Vec::new(), presence: None, memberships: None }
    }

    /// Reads percent-decoded name and value pairs, in any order.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (impl AsRef<str> + 'a, impl AsRef<str> + 'a)>,
    ) -> Result<Self, InvalidPoll> {
        let (mut rooms, mut all) = (Vec::new(), false);
        let mut query = Self::new(RoomSelection::All);
        let mut after = None;
        for (name, value) in pairs {
            let value = value.as_ref();
            match name.as_ref() {
                "room" if value == "*" => all = true,
                "room" => rooms.push(RoomName::parse(value)?),
                "after" => set_once(&mut after, value.parse()?, "after")?,
                "wait" => set_once(&mut query.wait, parse_wait(value)?, "wait")?,
                "here" => query.here.push(RoomName::parse(value)?),
                "presence" if value.len() > PRESENCE_TAG_BYTES => return Err(InvalidPoll::Presence),
                "presence" => set_once(&mut query.presence, value.to_owned(), "presence")?,
                "memberships" => {
                    set_once(&mut query.memberships, parse_memberships(value)?, "memberships")?;
                }
                // Many clients add one of these to bypass caches.
                "_" | "random" => {}
                other => return Err(InvalidPoll::Parameter(other.to_owned())),
            }
        }
        query.after = after.unwrap_or(query.after);
        for names in [&mut rooms, &mut query.here] {
            names.sort_unstable();
            names.dedup();
            if names.len() > ROOMS_PER_POLL {
                return Err(InvalidPoll::TooManyRooms);
            }
        }
        if !all {
            if rooms.is_empty() {
                return Err(InvalidPoll::NoRoom);
            }
            query.rooms = RoomSelection::Named(rooms);
        }
        Ok(query)
    }

    /// The query string, without `?`, percent-encoded.
    pub fn to_query_string(&self) -> String {
        let mut query = String::new();
        match &self.rooms {
            RoomSelection::All => push_pair(&mut query, "room", "*"),
            RoomSelection::Named(rooms) => {
                for room in rooms {
                    push_pair(&mut query, "room", room.as_str());
                }
            }
        }
        if self.after != After::Now {
            push_pair(&mut query, "after", &self.after.to_string());
        }
        if let Some(wait) = self.wait {
            push_pair(&mut query, "wait", &wait.as_secs().to_string());
        }
        for room in &self.here {
            push_pair(&mut query, "here", room.as_str());
        }
        if let Some(tag) = &self.presence {
            push_pair(&mut query, "presence", tag);
        }
        if let Some(Seq(memberships)) = self.memberships {
            push_pair(&mut query, "memberships", &memberships.to_string());
        }
        query
    }
}

/// Sets a parameter that takes one value. A second value is an error, because clients could not know which one counts.
fn set_once<T>(parameter: &mut Option<T>, value: T, name: &'static str) -> Result<(), InvalidPoll> {
    if parameter.replace(value).is_some() { Err(InvalidPoll::Twice(name)) } else { Ok(()) }
}

/// Parses `wait`, a number of seconds.
fn parse_wait(value: &str) -> Result<Duration, InvalidPoll> {
    let seconds: u32 = value.parse().map_err(|_| InvalidPoll::Wait(value.chars().take(20).collect()))?;
    Ok(Duration::from_secs(seconds.into()))
}

/// Parses `memberships`, a position in the log.
fn parse_memberships(value: &str) -> Result<Seq, InvalidPoll> {
    value.parse().map(Seq).map_err(|_| InvalidPoll::Memberships(value.chars().take(20).collect()))
}

fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'*') {
            query.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(query, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&'static str, &'static str)]) -> Result<PollQuery, InvalidPoll> {
        PollQuery::from_pairs(pairs.iter().copied())
    }

    #[test]
    fn rooms_are_sorted_without_duplicates() {
        let query = parse(&[("room", "tea"), ("room", "Lobby"), ("room", "tea"), ("wait", "0")]).unwrap();
        assert_eq!(query.to_query_string(), "room=lobby&room=tea&wait=0");
    }

    #[test]
    fn query_string_contains_every_parameter() {
        let mut query = PollQuery::new(RoomSelection::Named(vec!["café".parse().unwrap()]));
        query.after = "00000000000000ff-7".parse().unwrap();
        query.here = vec!["café".parse().unwrap()];
        query.presence = Some("a b".to_owned());
        query.wait = Some(Duration::from_secs(25));
        query.memberships = Some(Seq(7));
        assert_eq!(
            query.to_query_string(),
            "room=caf%C3%A9&after=00000000000000ff-7&wait=25&here=caf%C3%A9&presence=a%20b&memberships=7"
        );
    }

    #[test]
    fn invalid_parameters_are_named() {
        assert_eq!(parse(&[]), Err(InvalidPoll::NoRoom));
        assert_eq!(parse(&[("room", "a"), ("wait", "-1")]), Err(InvalidPoll::Wait("-1".into())));
        assert_eq!(parse(&[("room", "a"), ("wait", "5s")]), Err(InvalidPoll::Wait("5s".into())));
        assert_eq!(parse(&[("room", "a"), ("since", "x")]), Err(InvalidPoll::Parameter("since".into())));
        assert_eq!(parse(&[("room", "a"), ("after", "x")]), Err(InvalidPoll::Cursor(InvalidCursor)));
        let memberships = parse(&[("room", "a"), ("memberships", "-1")]);
        assert_eq!(memberships, Err(InvalidPoll::Memberships("-1".into())));
        for (name, value) in [("wait", "1"), ("after", "now"), ("presence", "t"), ("memberships", "0")] {
            assert_eq!(parse(&[("room", "a"), (name, value), (name, value)]), Err(InvalidPoll::Twice(name)));
        }
        assert!(
            parse(&[("room", "a"), ("room", "b"), ("here", "a"), ("here", "b"), ("_", "1"), ("_", "2")])
                .is_ok()
        );
        let tag = |length| PollQuery::from_pairs([("room", "a"), ("presence", &"x".repeat(length))]);
        assert!(tag(PRESENCE_TAG_BYTES).is_ok());
        assert_eq!(tag(PRESENCE_TAG_BYTES + 1), Err(InvalidPoll::Presence));
        let many: Vec<_> = (0..51).map(|n| ("room", format!("r{n}"))).collect();
        assert_eq!(PollQuery::from_pairs(many), Err(InvalidPoll::TooManyRooms));
    }
}
