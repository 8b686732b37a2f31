//! The requests about people: the door, signing in, who has an account, who is in a room.

use gloo_net::http::Method;
use holdline_shared::{DoorStatus, People, Person, Profile, RoomName};
use serde_json::{Value, json};

use super::Fault;
use super::calls::{begin_session, path};
use super::http::Call;
use crate::state::Membership;

/// How strangers come in, and who the reader is if they are inside.
pub async fn door() -> Result<DoorStatus, Fault> {
    Call::get("door").send().await?.json()
}

/// Comes in by the join password, with a name.
pub async fn join(nickname: Option<String>, password: String) -> Result<Person, Fault> {
    begin_session("session", &json!({ "nickname": nickname, "password": password })).await
}

/// Signs in as a member.
pub async fn sign_in(name: String, passphrase: String) -> Result<Person, Fault> {
    begin_session("sign-in", &json!({ "name": name, "passphrase": passphrase })).await
}

/// Uses a link, with a name and a passphrase where the reader has given them.
pub async fn redeem(
    code: &str,
    nickname: Option<String>,
    passphrase: Option<String>,
) -> Result<Person, Fault> {
    let mut body = json!({ "code": code });
    for (field, text) in [("nickname", nickname), ("passphrase", passphrase)] {
        if let Some(text) = text {
            body[field] = Value::from(text);
        }
    }
    begin_session("redeem", &body).await
}

/// The accounts.
pub async fn list_people() -> Result<Vec<Profile>, Fault> {
    let People { people } = Call::get("people").send().await?.json()?;
    Ok(people)
}

/// The members of a room.
pub async fn list_members(room: &RoomName) -> Result<Vec<Membership>, Fault> {
    items(Call::new(Method::GET, &format!("{}/members", path(room))), "members").await
}

/// The list under `key` of an answer.
pub(super) async fn items<T: serde::de::DeserializeOwned>(call: Call, key: &str) -> Result<Vec<T>, Fault> {
    let mut answer: Value = call.send().await?.json()?;
    let list = answer.get_mut(key).map(Value::take).unwrap_or_default();
    serde_json::from_value(list).map_err(|_| Fault::Failed(crate::words::ANSWER_UNREADABLE.to_owned()))
}
