//! Every request that the page makes, by name.

use holdline_shared::limits::HISTORY_MAX;
use holdline_shared::{
    Emoji, Entry, History, MessageText, Nickname, Person, PollQuery, RoomList, RoomName, Seq, Session, Topic,
};

use super::Fault;
use super::http::{Signal, get, send, send_form};
use crate::json::{Answered, Object};
use crate::state::Sending;

/// The longest query of a poll that stands in its address. Proxies take addresses of 8 kB (nginx's default), of which
/// the rest of the path and the cookies of other apps want a part.
const QUERY_BYTES: usize = 4_000;

/// Holds a poll until it is answered or nobody waits any more; the answer, and its text.
pub async fn poll(query: &PollQuery, signal: &Signal) -> Result<(Answered, String), Fault> {
    let query = query.to_query_string();
    let answer = if query.len() > QUERY_BYTES {
        send_form("poll".to_owned(), query, signal).await?
    } else {
        get(format!("poll?{query}"), signal).await?
    };
    let text = answer.body.clone();
    Ok((answer.json()?, text))
}

/// The newest page of a room's history.
pub async fn history(room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    get(messages(room), signal).await?.json()
}

/// The page before a message: a large one, because only what is in sight is drawn.
pub async fn older(room: &RoomName, before: Seq) -> Result<History, Fault> {
    get(format!("{}?before={before}&limit={HISTORY_MAX}", messages(room)), &Signal::default()).await?.json()
}

/// The server's rooms.
pub async fn list_rooms() -> Result<RoomList, Fault> {
    get("rooms".to_owned(), &Signal::default()).await?.json()
}

/// Publishes a message, once.
pub async fn publish(sending: &Sending) -> Result<Entry, Fault> {
    let body = sending.to_request();
    send("POST", messages(&sending.room), Some(body), &Signal::default()).await?.json()
}

/// Changes the nickname.
pub async fn rename(nickname: Nickname) -> Result<Person, Fault> {
    start_session(Some(nickname)).await
}

/// The person of the session that is there, or of a new one.
pub async fn renew_session() -> Result<Person, Fault> {
    start_session(None).await
}

async fn start_session(nickname: Option<Nickname>) -> Result<Person, Fault> {
    let body = nickname.map(|name| Object::default().text("nickname", name.as_str()).end());
    let answer = send("POST", "session".to_owned(), body, &Signal::default()).await?;
    answer.json::<Session>().map(|session| session.person)
}

/// A change that has no answer but whether it was made: the poll brings it to everyone.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    method: &'static str,
    route: String,
    body: Option<String>,
}

impl Change {
    /// Makes a room, if it is not there.
    pub fn make_room(room: &RoomName) -> Self {
        Self { method: "PUT", route: path(room), body: None }
    }

    /// Says what a room is about.
    pub fn topic(room: &RoomName, topic: &Topic) -> Self {
        let body = Object::default().text("topic", topic.as_str()).end();
        Self { method: "PUT", route: path(room), body: Some(body) }
    }

    /// Changes a message of one's own.
    pub fn edit(room: &RoomName, seq: Seq, text: &MessageText) -> Self {
        let body = Object::default().text("text", text.as_str()).end();
        Self { method: "PATCH", route: message(room, seq), body: Some(body) }
    }

    /// Deletes it.
    pub fn delete(room: &RoomName, seq: Seq) -> Self {
        Self { method: "DELETE", route: message(room, seq), body: None }
    }

    /// Puts a reaction on a message, or takes it back.
    pub fn react(room: &RoomName, seq: Seq, emoji: &Emoji, on: bool) -> Self {
        let method = if on { "PUT" } else { "DELETE" };
        Self {
            method,
            route: format!("{}/reactions/{}", message(room, seq), encoded(emoji.as_str())),
            body: None,
        }
    }

    /// Makes it; where there is no session any more, gets one and tries once more.
    pub async fn make(self) -> Result<(), Fault> {
        match self.try_to().await {
            Err(fault) if fault.status() == Some(401) => {
                renew_session().await?;
                self.try_to().await
            }
            answer => answer,
        }
    }

    async fn try_to(&self) -> Result<(), Fault> {
        send(self.method, self.route.clone(), self.body.clone(), &Signal::default())
            .await?
            .success()
            .map(drop)
    }
}

fn path(room: &RoomName) -> String {
    format!("rooms/{}", encoded(room.as_str()))
}

fn messages(room: &RoomName) -> String {
    format!("{}/messages", path(room))
}

fn message(room: &RoomName, seq: Seq) -> String {
    format!("{}/{seq}", messages(room))
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
