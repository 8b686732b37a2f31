//! The requests about people: the door, entering, the accounts, the members of a room.

use gloo_net::http::Method;
use holdline_shared::{DoorStatus, LinkPreview, Person, Profile, RoomName};

use super::Fault;
use super::calls::{begin_session, path};
use super::fields::Fields;
use super::http::Call;
use super::lists::Lists;
use crate::state::{Entrance, Membership};

/// Asks how strangers get in, and who the reader is if they are inside.
pub async fn door() -> Result<DoorStatus, Fault> {
    Call::get("door").send().await?.json()
}

/// Enters the server.
pub async fn enter(entrance: Entrance) -> Result<Person, Fault> {
    let (route, fields) = match entrance {
        Entrance::Password { name, password } => {
            ("session", vec![("nickname", name), ("password", Some(password))])
        }
        Entrance::Account { name, passphrase } => {
            ("sign-in", vec![("name", Some(name)), ("passphrase", Some(passphrase))])
        }
        Entrance::Link { code, name, passphrase } => {
            ("redeem", vec![("code", Some(code)), ("nickname", name), ("passphrase", passphrase)])
        }
    };
    let given = fields.iter().filter_map(|(field, text)| Some((*field, text.as_ref()?)));
    begin_session(route, &given.fold(Fields::default(), |body, (field, text)| body.with(field, text))).await
}

/// Asks what a link gives, without using it.
pub async fn look_at_link(code: &str) -> Result<LinkPreview, Fault> {
    Call::new(Method::POST, "redeem/look").json(&Fields::of("code", code)).send().await?.json()
}

/// Loads the accounts.
pub async fn list_people() -> Result<Vec<Profile>, Fault> {
    Ok(Lists::read("people").await?.people)
}

/// Loads the members of a room.
pub async fn list_members(room: &RoomName) -> Result<Vec<Membership>, Fault> {
    Ok(Lists::read(&members(room)).await?.members)
}

pub(super) fn members(room: &RoomName) -> String {
    format!("{}/members", path(room))
}
