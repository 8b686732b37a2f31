//! Every request that the page makes, by name.

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

/// The longest query of a poll that stands in its address. Proxies take addresses of 8 kB (nginx's default), of which
/// the rest of the path and the cookies of other apps want a part.
const QUERY_BYTES: usize = 4_000;

/// Holds a poll until it is answered, nobody waits any more, or `deadline` is over.
pub async fn poll(query: &PollQuery, deadline: Duration, signal: &Signal) -> Result<Batch, Fault> {
    let query = query.to_query_string();
    let call = if query.len() > QUERY_BYTES {
        Call::new(Method::POST, "poll").form(query)
    } else {
        Call::get(&format!("poll?{query}"))
    };
    call.within(deadline).until(signal).send().await?.json()
}

/// The newest page of a room's history.
pub async fn history(room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    Call::get(&messages(room)).until(signal).send().await?.json()
}

/// The same, if the page has asked for it while the client was loading.
pub async fn first_history(room: &RoomName) -> Option<Result<History, Fault>> {
    Some(Call::get(&messages(room)).answered().await?.json())
}

/// The page before a message: a large one, because only what is in sight is drawn.
pub async fn older(room: &RoomName, before: Seq) -> Result<History, Fault> {
    Call::get(&format!("{}?before={before}&limit={HISTORY_MAX}", messages(room))).send().await?.json()
}

/// The server's rooms.
pub async fn list_rooms() -> Result<RoomList, Fault> {
    Call::get("rooms").send().await?.json()
}

/// Publishes a message, once.
pub async fn publish(room: &RoomName, request: &PublishRequest) -> Result<Entry, Fault> {
    Call::new(Method::POST, &messages(room)).json(request).send().await?.json()
}

/// The person of the session that is there, or of a new one.
pub async fn renew_session() -> Result<Person, Fault> {
    // A page that got a session and needs one again has got another one since, for an account, in this tab or another one. Or its
    // browser did not keep the cookie, or shares it with another server on this host: without its token the page would become
    // somebody else each time.
    if LAST_TOKEN.with_borrow(Option::is_some) {
        match Call::get("session").send().await?.json() {
            Ok(session) => return Ok(keep(session)),
            Err(fault) if fault.lacks_session() => use_token(LAST_TOKEN.take()),
            Err(fault) => return Err(fault),
        }
    }
    begin_session("session", &Fields::default()).await
}

/// The person of the session that the page has asked for while the client was loading, if it has.
pub async fn first_session() -> Option<Result<Person, Fault>> {
    Some(Call::new(Method::POST, "session").answered().await?.json().map(keep))
}

thread_local! {
    /// The token of the session that the server began for this page.
    static LAST_TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Asks a route for a session, and uses that from now on.
pub(super) async fn begin_session(route: &str, body: &Fields) -> Result<Person, Fault> {
    let call = Call::new(Method::POST, route).json(body);
    Ok(keep(call.send().await?.json()?))
}

fn keep(session: Session) -> Person {
    let Session { person, token } = session;
    if uses_token() {
        // Without a token in the answer the cookie is there after all.
        use_token(token.clone());
    }
    LAST_TOKEN.set(token);
    person
}

/// A change that has no answer but whether it was made: the poll brings it to everyone.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Makes a room, if it is not there.
    MakeRoom(RoomName),
    /// Says what a room is about.
    Topic(RoomName, Topic),
    /// Changes a message of one's own.
    Edit(RoomName, Seq, MessageText),
    /// Deletes a message, for this reason, if it is somebody else's.
    Delete(RoomName, Seq, String),
    /// Puts a reaction on a message (`true`), or takes it back.
    React(RoomName, Seq, Emoji, bool),
}

impl Change {
    /// Makes the change.
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
