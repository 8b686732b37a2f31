//! Every request that the page makes, as a named function.

use std::cell::RefCell;
use std::time::Duration;

use gloo_net::http::Method;
use holdline_shared::limits::HISTORY_MAX;
use holdline_shared::{
    Batch, Emoji, Entry, History, MessageText, Person, PollQuery, PublishRequest, RoomList, RoomName, Seq,
    Session, Topic,
};

use super::Fault;
use super::fields::Fields;
use super::http::{Call, Signal, use_token, uses_token};

/// The longest query of a poll that goes into the address. Proxies accept addresses of 8 kB (nginx's default), and the
/// rest of the path and the cookies of other apps need a part of that.
const QUERY_BYTES: usize = 4_000;

/// Sends a poll, and waits until it is answered, `signal` is aborted, or `deadline` has passed.
pub async fn poll(query: &PollQuery, deadline: Duration, signal: &Signal) -> Result<Batch, Fault> {
    let query = query.to_query_string();
    let call = if query.len() > QUERY_BYTES {
        Call::new(Method::POST, "poll").form(query)
    } else {
        Call::get(&format!("poll?{query}"))
    };
    call.within(deadline).until(signal).send().await?.json()
}

/// Loads the newest page of a room's history.
pub async fn history(room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    Call::get(&messages(room)).until(signal).send().await?.json()
}

/// Returns the newest page of a room's history if the page requested it while the client was loading.
pub async fn first_history(room: &RoomName) -> Option<Result<History, Fault>> {
    Some(Call::get(&messages(room)).answered().await?.json())
}

/// Loads the newest page of history, as large as it can be.
pub async fn long_history(room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    Call::get(&format!("{}?limit={HISTORY_MAX}", messages(room))).until(signal).send().await?.json()
}

/// Loads the page before a message: a large one, because only the messages in sight are drawn.
pub async fn older(room: &RoomName, before: Seq) -> Result<History, Fault> {
    Call::get(&format!("{}?before={before}&limit={HISTORY_MAX}", messages(room))).send().await?.json()
}

/// Loads the server's rooms.
pub async fn list_rooms() -> Result<RoomList, Fault> {
    Call::get("rooms").send().await?.json()
}

/// Publishes a message, without retries.
pub async fn publish(room: &RoomName, request: &PublishRequest, signal: &Signal) -> Result<Entry, Fault> {
    Call::new(Method::POST, &messages(room)).json(request).until(signal).send().await?.json()
}

/// Returns the person of the existing session, or starts a new one.
pub async fn renew_session() -> Result<Person, Fault> {
    // A page that had a session and needs one again: either another one was started since, for an account, in this or
    // another tab; or the browser did not keep the cookie, or shares it with another server on this host. Without its
    // token the page would then become somebody else each time.
    if LAST_TOKEN.with_borrow(Option::is_some) {
        match Call::get("session").send().await?.json() {
            Ok(session) => return Ok(keep(session)),
            Err(fault) if fault.lacks_session() => use_token(LAST_TOKEN.take()),
            Err(fault) => return Err(fault),
        }
    }
    begin_session("session", &Fields::default()).await
}

/// Returns the person of the session that the page requested while the client was loading, if it did.
pub async fn first_session() -> Option<Result<Person, Fault>> {
    Some(Call::new(Method::POST, "session").answered().await?.json().map(keep))
}

thread_local! {
    /// The token of the session that the server began for this page.
    static LAST_TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Requests a session from a route, and uses it from now on.
pub(super) async fn begin_session(route: &str, body: &Fields) -> Result<Person, Fault> {
    let call = Call::new(Method::POST, route).json(body);
    Ok(keep(call.send().await?.json()?))
}

fn keep(session: Session) -> Person {
    let Session { person, token } = session;
    if uses_token() {
        // If the response has no token, the browser has kept the cookie after all.
        use_token(token.clone());
    }
    LAST_TOKEN.set(token);
    person
}

/// A change whose only result is success or failure: the poll brings the change itself to everyone.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Creates a room if it does not exist.
    MakeRoom(RoomName),
    /// Sets a room's topic.
    Topic(RoomName, Topic),
    /// Changes one's own message.
    Edit(RoomName, Seq, MessageText),
    /// Deletes a message, with this reason if it is somebody else's.
    Delete(RoomName, Seq, String),
    /// Adds a reaction to a message (`true`), or removes it.
    React(RoomName, Seq, Emoji, bool),
}

impl Change {
    /// Sends the change.
    pub async fn make(&self) -> Result<(), Fault> {
        self.call().send().await?.success().map(drop)
    }

    fn call(&self) -> Call {
        match self {
            Self::MakeRoom(room) => Call::new(Method::PUT, &path(room)),
            Self::Topic(room, topic) => Call::new(Method::PUT, &path(room)).json(&Fields::of("topic", topic)),
            Self::Edit(room, seq, text) => {
                Call::new(Method::PATCH, &message(room, *seq)).json(&Fields::of("text", text))
            }
            Self::Delete(room, seq, reason) => {
                let query =
                    if reason.is_empty() { String::new() } else { format!("?reason={}", encoded(reason)) };
                Call::new(Method::DELETE, &format!("{}{query}", message(room, *seq)))
            }
            Self::React(room, seq, emoji, on) => {
                let method = if *on { Method::PUT } else { Method::DELETE };
                let route = format!("{}/reactions/{}", message(room, *seq), encoded(emoji.as_str()));
                Call::new(method, &route)
            }
        }
    }
}

pub(super) fn path(room: &RoomName) -> String {
    format!("rooms/{}", encoded(room.as_str()))
}

fn messages(room: &RoomName) -> String {
    format!("{}/messages", path(room))
}

pub(super) fn message(room: &RoomName, seq: Seq) -> String {
    format!("{}/{seq}", messages(room))
}

pub(super) fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
