//! Every request that the page makes, by name.

use gloo_net::http::Method;
use holdline_shared::{
    Batch, EditRequest, Emoji, Entry, History, MessageText, Nickname, Person, PollQuery, RoomList, RoomName,
    RoomRequest, Seq, Session, SessionRequest, Topic,
};

use super::http::{Signal, get, send, send_json};
use super::{Answer, Fault};
use crate::state::Sending;

/// Holds a poll until it is answered or nobody waits any more.
pub async fn poll(query: &PollQuery, signal: &Signal) -> Result<Batch, Fault> {
    get(&format!("poll?{}", query.to_query_string()), signal).await?.json()
}

/// The newest page of a room's history.
pub async fn history(room: &RoomName, signal: &Signal) -> Result<History, Fault> {
    get(&messages(room), signal).await?.json()
}

/// The page before a message.
pub async fn older(room: &RoomName, before: Seq) -> Result<History, Fault> {
    get(&format!("{}?before={before}", messages(room)), &Signal::default()).await?.json()
}

/// The server's rooms.
pub async fn list_rooms() -> Result<RoomList, Fault> {
    get("rooms", &Signal::default()).await?.json()
}

/// Makes a room, if it is not there.
pub async fn make_room(room: &RoomName) -> Result<(), Fault> {
    renewing(async || send_json(Method::PUT, &path(room), &RoomRequest::default()).await?.success())
        .await
        .map(drop)
}

/// Says what a room is about.
pub async fn change_topic(room: &RoomName, topic: Topic) -> Result<(), Fault> {
    let request = RoomRequest { topic: Some(topic) };
    renewing(async || send_json(Method::PUT, &path(room), &request).await?.success()).await.map(drop)
}

/// Publishes a message, once.
pub async fn publish(sending: &Sending) -> Result<Entry, Fault> {
    send_json(Method::POST, &messages(&sending.room), &sending.request).await?.json()
}

/// Changes a message of one's own.
pub async fn edit(room: &RoomName, seq: Seq, text: MessageText) -> Result<(), Fault> {
    let request = EditRequest { text };
    renewing(async || send_json(Method::PATCH, &message(room, seq), &request).await?.success())
        .await
        .map(drop)
}

/// Deletes a message of one's own.
pub async fn delete(room: &RoomName, seq: Seq) -> Result<(), Fault> {
    renewing(async || bare(Method::DELETE, &message(room, seq)).await?.success()).await.map(drop)
}

/// Puts a reaction on a message, or takes it back.
pub async fn react(room: &RoomName, seq: Seq, emoji: &Emoji, on: bool) -> Result<(), Fault> {
    let method = || if on { Method::PUT } else { Method::DELETE };
    let route = format!("{}/reactions/{}", message(room, seq), encoded(emoji.as_str()));
    renewing(async || bare(method(), &route).await?.success()).await.map(drop)
}

/// Changes the nickname.
pub async fn rename(nickname: Nickname) -> Result<Person, Fault> {
    start_session(&SessionRequest { nickname: Some(nickname) }).await
}

/// The person of the session that is there, or of a new one.
pub async fn renew_session() -> Result<Person, Fault> {
    match get("session", &Signal::default()).await?.json::<Session>() {
        Err(fault) if fault.status() == Some(401) => start_session(&SessionRequest::default()).await,
        answer => answer.map(|session| session.person),
    }
}

/// Tries; where there is no session any more, gets one and tries once more.
pub async fn renewing<T>(attempt: impl AsyncFn() -> Result<T, Fault>) -> Result<T, Fault> {
    match attempt().await {
        Err(fault) if fault.status() == Some(401) => {
            renew_session().await?;
            attempt().await
        }
        answer => answer,
    }
}

async fn start_session(request: &SessionRequest) -> Result<Person, Fault> {
    send_json(Method::POST, "session", request).await?.json::<Session>().map(|session| session.person)
}

async fn bare(method: Method, route: &str) -> Result<Answer, Fault> {
    send(method, route, None, &Signal::default()).await
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
