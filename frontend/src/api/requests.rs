//! The form of requests about people, rooms and the server on the line, and the content of their answers.

use gloo_net::http::Method;
use holdline_shared::{InviteList, Me, NewCode, RoomName, Seq, SessionList, Timestamp, Visibility};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Fault;
use super::base::base;
use super::calls::{encoded, message, path};
use super::http::{Call, use_token, uses_token};
use super::people::{list_members, list_people};
use crate::state::{AuditLine, Ban, Grant, Hook, Listing, Panel, Part, Request, Secret, Token};

/// The content of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The request was fulfilled, and there is nothing to show.
    Done,
    /// The reader is this person now.
    Me(Box<Me>),
    /// A secret, told once.
    Secret(Secret),
    /// The request leads to this room.
    Room(RoomName),
}

/// A new token.
#[derive(Deserialize)]
struct NewToken {
    token: String,
}

#[derive(Deserialize)]
struct Bans {
    bans: Vec<Ban>,
}

#[derive(Deserialize)]
struct Tokens {
    tokens: Vec<Token>,
}

#[derive(Deserialize)]
struct AuditPage {
    entries: Vec<AuditLine>,
}

/// A new webhook.
#[derive(Deserialize)]
struct NewHook {
    /// The secret part of the address where programs post, or the key that signs what they are sent.
    #[serde(alias = "secret")]
    key: String,
}

#[derive(Deserialize)]
struct Hooks {
    hooks: Vec<Hook>,
}

/// A room that was made or found.
#[derive(Deserialize)]
struct FoundRoom {
    room: RoomName,
}

/// Asks for something.
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
            let NewCode { code, .. } = answer.json()?;
            Reply::Secret(Secret::Link(format!("{}join/{code}", base().url)))
        }
        Request::IncomingHook { .. } => {
            let NewHook { key } = answer.json()?;
            Reply::Secret(Secret::HookAddress(format!("{}hooks/{key}", base().url)))
        }
        Request::OutgoingHook { .. } => {
            let NewHook { key } = answer.json()?;
            Reply::Secret(Secret::HookKey(key))
        }
        Request::Token(_) => {
            let NewToken { token } = answer.json()?;
            let server = base().url.trim_end_matches('/').to_owned();
            Reply::Secret(Secret::Token { token, server })
        }
        Request::MakeRoom(_) | Request::Direct(_) => {
            let FoundRoom { room } = answer.json()?;
            Reply::Room(room)
        }
        _ => {
            answer.success()?;
            Reply::Done
        }
    })
}

/// Reads what a panel lists, if it lists anything. `before` is the oldest change that is listed already.
pub async fn list(
    panel: &Panel,
    room: Option<&RoomName>,
    before: Option<Seq>,
) -> Result<Option<Listing>, Fault> {
    Ok(Some(match (panel, room) {
        (Panel::Devices, _) => {
            let SessionList { sessions } = Call::get("me/sessions").send().await?.json()?;
            Listing::Sessions(sessions)
        }
        (Panel::Members, Some(room)) => Listing::Members(list_members(room).await?),
        (Panel::Invites, _) => {
            let InviteList { invites } = Call::get("invites").send().await?.json()?;
            Listing::Invites(invites)
        }
        (Panel::People, _) => Listing::People(list_people().await?),
        (Panel::Bans, _) => {
            let Bans { bans } = Call::get("bans").send().await?.json()?;
            Listing::Bans(bans)
        }
        (Panel::Hooks, Some(room)) => {
            let Hooks { hooks } = Call::get(&hooks(room)).send().await?.json()?;
            Listing::Hooks(hooks)
        }
        (Panel::OwnTokens | Panel::Tokens, _) => {
            let Tokens { tokens } = Call::get("tokens").send().await?.json()?;
            Listing::Tokens(tokens)
        }
        (Panel::Audit, _) => {
            let before = before.map(|seq| format!("?before={seq}")).unwrap_or_default();
            let AuditPage { entries } = Call::get(&format!("audit{before}")).send().await?.json()?;
            Listing::Audit(entries)
        }
        _ => return Ok(None),
    }))
}

#[expect(clippy::too_many_lines, reason = "a table: one arm for each request")]
fn call(request: &Request) -> Call {
    let (method, route, body) = match request {
        Request::Profile { name, account } => {
            let mut body = json!({ "name": name });
            if let Some((about, time_zone)) = account {
                body["about"] = json!(about);
                body["time_zone"] = json!(time_zone);
            }
            (Method::PATCH, "me".to_owned(), Some(body))
        }
        Request::Passphrase { old, new } => {
            let mut body = json!({ "passphrase": new });
            if !old.is_empty() {
                body["old_passphrase"] = json!(old);
            }
            (Method::PATCH, "me".to_owned(), Some(body))
        }
        Request::EndSession(id) => (Method::DELETE, format!("me/sessions/{id}"), None),
        Request::EndOtherSessions => (Method::DELETE, "me/sessions".to_owned(), None),
        Request::LinkDevice => (Method::POST, "me/device-link".to_owned(), None),
        Request::SignOut => (Method::DELETE, "session".to_owned(), None),
        Request::Leave { keeps_messages } => {
            (Method::DELETE, format!("me?messages={}", fate(*keeps_messages)), None)
        }
        Request::MakeRoom(title) => (Method::POST, "rooms".to_owned(), Some(json!({ "title": title }))),
        Request::Direct(person) => (Method::POST, "direct".to_owned(), Some(json!({ "people": [person] }))),
        Request::Rules { room, topic, policy } => {
            let mut rules = json!({
                "title": policy.title,
                "members_only": policy.members_only,
                "writers": policy.writers,
                "slow_seconds": policy.slow_seconds,
                "locked": policy.locked,
                "archived": policy.archived,
            });
            if policy.visibility != Visibility::Direct {
                rules["visibility"] = json!(policy.visibility);
            }
            (Method::PUT, path(room), Some(json!({ "topic": topic, "policy": rules })))
        }
        Request::DeleteRoom(room) => {
            (Method::DELETE, format!("{}?confirm={}", path(room), encoded(room.as_str())), None)
        }
        Request::Member { room, person, change, reason } => {
            let route = format!("{}/members/{}", path(room), person.id);
            let name = &person.name;
            match change {
                Part::Role(role) => {
                    let body = json!({ "role": role, "muted_until": null, "name": name });
                    (Method::PUT, route, Some(with_reason(body, reason)))
                }
                Part::Mute(until) => {
                    let body = json!({ "muted_until": until, "name": name });
                    (Method::PUT, route, Some(with_reason(body, reason)))
                }
                Part::Remove(until) => {
                    let until = until.map(|Timestamp(until)| format!("&until={until}")).unwrap_or_default();
                    (Method::DELETE, format!("{route}?reason={}{until}", encoded(reason)), None)
                }
            }
        }
        Request::LeaveRoom { room, me } => (Method::DELETE, format!("{}/members/{me}", path(room)), None),
        Request::Report { room, seq, reason } => {
            (Method::POST, format!("{}/report", message(room, *seq)), Some(json!({ "reason": reason })))
        }
        Request::Door { door, password } => {
            let mut body = json!({ "door": door });
            if !password.is_empty() {
                body["password"] = json!(password);
            }
            (Method::PUT, "door".to_owned(), Some(body))
        }
        Request::Invite(invitation) => {
            let mut body = json!({
                "uses": invitation.uses,
                "days": invitation.days,
                "role": invitation.role,
                "note": invitation.note,
            });
            if let Some(room) = &invitation.room {
                body["room"] = json!(room);
            }
            (Method::POST, "invites".to_owned(), Some(body))
        }
        Request::RevokeInvite(id) => (Method::DELETE, format!("invites/{id}"), None),
        Request::Admin(person, admin) => {
            (Method::PATCH, format!("people/{person}"), Some(json!({ "admin": admin })))
        }
        Request::Erase { person, keeps_messages } => {
            (Method::DELETE, format!("people/{person}?messages={}", fate(*keeps_messages)), None)
        }
        Request::Ban { person, until, reason } => {
            let mut body = json!({ "name": person.name });
            if let Some(until) = until {
                body["until"] = json!(until);
            }
            (Method::PUT, format!("people/{}/ban", person.id), Some(with_reason(body, reason)))
        }
        Request::Unban(id) => (Method::DELETE, format!("bans/{id}"), None),
        Request::Token(Grant { note, bot, rooms, verbs }) => {
            let mut body = json!({ "note": note, "verbs": verbs });
            if let Some(bot) = bot {
                body["bot"] = json!(bot);
            }
            if !rooms.is_empty() {
                body["rooms"] = json!(rooms);
            }
            (Method::POST, "tokens".to_owned(), Some(body))
        }
        Request::RevokeToken(id) => (Method::DELETE, format!("tokens/{id}"), None),
        Request::IncomingHook { room, name } => {
            (Method::POST, hooks(room), Some(json!({ "way": "incoming", "name": name })))
        }
        Request::OutgoingHook { room, name, url } => {
            (Method::POST, hooks(room), Some(json!({ "way": "outgoing", "name": name, "url": url })))
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

fn with_reason(mut body: Value, reason: &str) -> Value {
    if !reason.is_empty() {
        body["reason"] = json!(reason);
    }
    body
}
