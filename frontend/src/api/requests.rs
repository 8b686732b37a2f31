//! The wire form of requests about people, rooms and the server, and the content of their responses.

use gloo_net::http::Method;
use holdline_shared::{Me, PersonId, RoomName, Seq, Timestamp, Visibility};
use serde::Deserialize;

use super::Fault;
use super::base::base;
use super::calls::{encoded, message, path};
use super::fields::Fields;
use super::http::{Call, use_token, uses_token};
use super::lists::Lists;
use super::people::{list_members, members};
use crate::state::{Grant, Listing, Panel, Part, Request, Secret};

/// The content of a response.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The request was fulfilled, and there is nothing to show.
    Done,
    /// The reader is this person now.
    Me(Box<Me>),
    /// A secret, shown once.
    Secret(Secret),
    /// The request leads to this room.
    Room(RoomName),
}

/// The things that the server has created or found.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Made {
    /// The code of a link.
    code: String,
    token: String,
    /// The secret part of the address that programs post to, or the key that signs what is sent to them.
    #[serde(alias = "secret")]
    key: String,
    room: Option<RoomName>,
}

/// Sends a request.
pub async fn ask(request: &Request) -> Result<Reply, Fault> {
    let answer = call(request).send().await?;
    Ok(match request {
        Request::Profile { .. } | Request::Passphrase { .. } => {
            let mut me: Me = answer.json()?;
            if let Some(token) = me.token.take().filter(|_| uses_token()) {
                use_token(Some(token));
            }
            Reply::Me(Box::new(me))
        }
        Request::LinkDevice | Request::Invite(_) => {
            let Made { code, .. } = answer.json()?;
            Reply::Secret(Secret::Link(format!("{}join/{code}", base().url)))
        }
        Request::IncomingHook { .. } => {
            let Made { key, .. } = answer.json()?;
            Reply::Secret(Secret::HookAddress(format!("{}hooks/{key}", base().url)))
        }
        Request::OutgoingHook { .. } => {
            let Made { key, .. } = answer.json()?;
            Reply::Secret(Secret::HookKey(key))
        }
        Request::Token(_) => {
            let Made { token, .. } = answer.json()?;
            let server = base().url.trim_end_matches('/').to_owned();
            Reply::Secret(Secret::Token { token, server })
        }
        Request::MakeRoom(_) | Request::Direct(_) => {
            let Made { room, .. } = answer.json()?;
            room.map_or(Reply::Done, Reply::Room)
        }
        _ => {
            answer.success()?;
            Reply::Done
        }
    })
}

/// Loads whether a person is muted in the room or banned. Only admins of the server request the bans.
pub async fn list_standing(
    person: &PersonId,
    room: Option<&RoomName>,
    is_admin: bool,
) -> Result<Listing, Fault> {
    let mut members = match room {
        Some(room) => list_members(room).await?,
        None => Vec::new(),
    };
    members.retain(|member| member.person.id == *person);
    let mut bans = if is_admin { Lists::read("bans").await?.bans } else { Vec::new() };
    bans.retain(|ban| ban.person.as_ref().is_some_and(|banned| banned.id == *person));
    Ok(Listing::Standing { membership: members.pop(), bans })
}

/// Loads the list that a panel shows, if it shows one. `before` is the oldest change that is already listed.
pub async fn list(
    panel: &Panel,
    room: Option<&RoomName>,
    before: Option<Seq>,
) -> Result<Option<Listing>, Fault> {
    let (route, take): (_, fn(Lists) -> Listing) = match (panel, room) {
        (Panel::Devices, _) => ("me/sessions".to_owned(), |all| Listing::Sessions(all.sessions)),
        (Panel::Members, Some(room)) => (members(room), |all| Listing::Members(all.members)),
        (Panel::Invites, _) => ("invites".to_owned(), |all| Listing::Invites(all.invites)),
        (Panel::People, _) => ("people".to_owned(), |all| Listing::People(all.people)),
        (Panel::Bans, _) => ("bans".to_owned(), |all| Listing::Bans(all.bans)),
        (Panel::Hooks, Some(room)) => (hooks(room), |all| Listing::Hooks(all.hooks)),
        (Panel::OwnTokens | Panel::Tokens, _) => ("tokens".to_owned(), |all| Listing::Tokens(all.tokens)),
        (Panel::Audit, _) => {
            let before = before.map(|seq| format!("?before={seq}")).unwrap_or_default();
            (format!("audit{before}"), |all| Listing::Audit(all.entries))
        }
        _ => return Ok(None),
    };
    Ok(Some(take(Lists::read(&route).await?)))
}

fn call(request: &Request) -> Call {
    let (method, route, body) = match request {
        Request::Profile { name, account } => {
            let (about, time_zone) = account.as_ref().map(|(about, time_zone)| (about, time_zone)).unzip();
            let body = Fields::of("name", name).maybe("about", about).maybe("time_zone", time_zone);
            (Method::PATCH, "me".to_owned(), Some(body))
        }
        Request::Passphrase { old, new } => {
            let body = Fields::of("passphrase", new).unless_empty("old_passphrase", old);
            (Method::PATCH, "me".to_owned(), Some(body))
        }
        Request::EndSession(id) => (Method::DELETE, format!("me/sessions/{id}"), None),
        Request::EndOtherSessions => (Method::DELETE, "me/sessions".to_owned(), None),
        Request::LinkDevice => (Method::POST, "me/device-link".to_owned(), None),
        Request::SignOut => (Method::DELETE, "session".to_owned(), None),
        Request::Leave { keeps_messages } => {
            (Method::DELETE, format!("me?messages={}", fate(*keeps_messages)), None)
        }
        Request::MakeRoom(title) => (Method::POST, "rooms".to_owned(), Some(Fields::of("title", title))),
        Request::Direct(person) => (Method::POST, "direct".to_owned(), Some(Fields::of("people", &[person]))),
        Request::Rules { room, topic, policy } => {
            let visibility = Some(&policy.visibility).filter(|of| **of != Visibility::Direct);
            let rules = Fields::of("title", &policy.title)
                .with("members_only", &policy.members_only)
                .with("writers", &policy.writers)
                .with("slow_seconds", &policy.slow_seconds)
                .with("locked", &policy.locked)
                .with("archived", &policy.archived)
                .maybe("visibility", visibility);
            (Method::PUT, path(room), Some(Fields::of("topic", topic).with("policy", &rules)))
        }
        Request::DeleteRoom(room) => {
            (Method::DELETE, format!("{}?confirm={}", path(room), encoded(room.as_str())), None)
        }
        Request::Member { room, person, change, reason } => {
            let route = format!("{}/{}", members(room), person.id);
            let body = Fields::of("name", &person.name).unless_empty("reason", reason);
            match change {
                Part::Role(role) => {
                    let body = body.with("role", role).with("muted_until", &None::<Timestamp>);
                    (Method::PUT, route, Some(body))
                }
                Part::Mute(until) => (Method::PUT, route, Some(body.with("muted_until", until))),
                Part::Remove(until) => {
                    let until = until.map(|Timestamp(until)| format!("&until={until}")).unwrap_or_default();
                    (Method::DELETE, format!("{route}?reason={}{until}", encoded(reason)), None)
                }
            }
        }
        Request::LeaveRoom { room, me } => (Method::DELETE, format!("{}/{me}", members(room)), None),
        Request::Report { room, seq, reason } => {
            (Method::POST, format!("{}/report", message(room, *seq)), Some(Fields::of("reason", reason)))
        }
        Request::Door { door, password } => {
            let body = Fields::of("door", door).unless_empty("password", password);
            (Method::PUT, "door".to_owned(), Some(body))
        }
        Request::Invite(invitation) => {
            let body = Fields::of("uses", &invitation.uses)
                .with("days", &invitation.days)
                .with("role", &invitation.role)
                .with("note", &invitation.note)
                .maybe("room", invitation.room.as_ref());
            (Method::POST, "invites".to_owned(), Some(body))
        }
        Request::RevokeInvite(id) => (Method::DELETE, format!("invites/{id}"), None),
        Request::Admin(person, admin) => {
            (Method::PATCH, format!("people/{person}"), Some(Fields::of("admin", admin)))
        }
        Request::Erase { person, keeps_messages } => {
            (Method::DELETE, format!("people/{person}?messages={}", fate(*keeps_messages)), None)
        }
        Request::Ban { person, until, reason, with_addresses } => {
            let body = Fields::of("name", &person.name).with("visitor_too", with_addresses);
            let body = body.maybe("until", until.as_ref()).unless_empty("reason", reason);
            (Method::PUT, format!("people/{}/ban", person.id), Some(body))
        }
        Request::Unban(id) => (Method::DELETE, format!("bans/{id}"), None),
        Request::Token(Grant { note, bot, rooms, verbs }) => {
            let rooms = Some(rooms).filter(|rooms| !rooms.is_empty());
            let body = Fields::of("note", note).with("verbs", verbs);
            let body = body.maybe("bot", bot.as_ref()).maybe("rooms", rooms);
            (Method::POST, "tokens".to_owned(), Some(body))
        }
        Request::RevokeToken(id) => (Method::DELETE, format!("tokens/{id}"), None),
        Request::IncomingHook { room, name } => {
            (Method::POST, hooks(room), Some(Fields::of("way", "incoming").with("name", name)))
        }
        Request::OutgoingHook { room, name, url } => {
            let body = Fields::of("way", "outgoing").with("name", name).with("url", url);
            (Method::POST, hooks(room), Some(body))
        }
        Request::RemoveHook(room, id) => (Method::DELETE, format!("{}/{id}", hooks(room)), None),
    };
    let call = Call::new(method, &route);
    match body {
        Some(body) => call.json(&body),
        None => call,
    }
}

fn hooks(room: &RoomName) -> String {
    format!("{}/hooks", path(room))
}

fn fate(keeps_messages: bool) -> &'static str {
    if keeps_messages { "keep" } else { "remove" }
}
