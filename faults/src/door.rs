//! The door of a round's servers. A closed one is closed by an admin, whom the owner's command makes; the admin makes the
//! rooms, most of them private, lets people in, and is the one who reads everything at the end of a round. Behind an open
//! one nobody needs a session to read.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use holdline_shared::{Entry, EntryKind, RoomName};
use hyper::Method;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use crate::http::{ApiRequest, ApiResponse, HttpClient};
use crate::session::ApiSession;

/// The time limit of a request and of the owner's command, on a machine that has much else to do.
const LIMIT: Duration = Duration::from_secs(60);
/// The join password.
const PASSWORD: &str = "open sesame";

/// A way in other than a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ClosedDoor {
    /// A password for all; whoever knows it is a guest.
    Password,
    /// Links; who uses one becomes a member.
    Invite,
}

/// The door of a round's servers, which have the same log or copies of it.
pub(crate) struct Door {
    kind: Option<ClosedDoor>,
    /// The one who closed the door, once the first server has started.
    admin: OnceLock<Admin>,
}

/// The admin, with what they give to others.
struct Admin {
    session: ApiSession,
    /// The code of an invite.
    code: String,
    /// A token of a program that reads everything.
    token: String,
}

impl Door {
    /// A door that is closed in this way, or open.
    pub(crate) fn new(kind: Option<ClosedDoor>) -> Self {
        Self { kind, admin: OnceLock::new() }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.kind.is_some()
    }

    /// Closes the door of the server that has just started on this log, unless that is done or the door stays open.
    pub(crate) async fn close(&self, program: &Path, database: &Path, address: SocketAddr) -> Result<()> {
        let Some(kind) = self.kind.filter(|_| self.admin.get().is_none()) else { return Ok(()) };
        let mut command = Command::new(program);
        command.args(["admin", "link", "--json", "--log"]).arg(format!("sqlite:{}", database.display()));
        let output = timeout(LIMIT, command.stdin(Stdio::null()).kill_on_drop(true).output()).await;
        let output = output.context("holdline admin link did not end")??;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "holdline admin link: {said}");
        let link: Value = serde_json::from_slice(&output.stdout)?;
        let http = HttpClient::new(address);
        let session = redeem(&http, text(&link, "code")?, "keeper").await?;
        let http = http.signed_in(&session.bearer);
        let door = match kind {
            ClosedDoor::Password => json!({ "door": "password", "password": PASSWORD }),
            ClosedDoor::Invite => json!({ "door": "invite" }),
        };
        send(&http, Method::PUT, "/api/v1/door", &door).await?;
        let invite = json!({ "uses": 10_000, "role": "member" });
        let invite = send(&http, Method::POST, "/api/v1/invites", &invite).await?;
        let token = send(&http, Method::POST, "/api/v1/tokens", &json!({ "verbs": ["read"] })).await?;
        let [token, invite] = [token, invite].map(|reply| serde_json::from_slice::<Value>(&reply.body));
        let (token, code) = (text(&token?, "token")?.to_owned(), text(&invite?, "code")?.to_owned());
        // Another server of the round can have been faster only if two were started at once.
        let _ = self.admin.set(Admin { session, code, token });
        Ok(())
    }

    /// A client that reads everything.
    pub(crate) fn client(&self, address: SocketAddr) -> HttpClient {
        self.reader(&HttpClient::new(address), self.admin.get().map(|admin| &admin.session))
    }

    /// A client that reads as this person where reading needs one.
    pub(crate) fn reader(&self, http: &HttpClient, session: Option<&ApiSession>) -> HttpClient {
        session
            .filter(|_| self.is_closed())
            .map_or_else(|| http.clone(), |session| http.signed_in(&session.bearer))
    }

    /// The token of a program that reads everything, if it needs one.
    pub(crate) fn token(&self) -> Option<&str> {
        self.admin.get().map(|admin| &*admin.token)
    }

    /// Lets somebody in.
    pub(crate) async fn enter(&self, http: &HttpClient, nickname: &str) -> Result<ApiSession> {
        match (self.kind, self.admin.get()) {
            (Some(ClosedDoor::Invite), Some(admin)) => redeem(http, &admin.code, nickname).await,
            (Some(ClosedDoor::Password), _) => {
                let body = json!({ "nickname": nickname, "password": PASSWORD });
                ApiSession::of(&send(http, Method::POST, "/api/v1/session", &body).await?)
            }
            _ => ApiSession::create(http, nickname).await,
        }
    }

    /// Lets as many people in as have to sign in; nobody at an open door.
    pub(crate) async fn enter_all(
        &self,
        http: &HttpClient,
        name: &str,
        people: usize,
    ) -> Result<Vec<ApiSession>> {
        let mut sessions = Vec::new();
        for n in 0..if self.is_closed() { people } else { 0 } {
            sessions.push(self.enter(http, &format!("{name} {n}")).await?);
        }
        Ok(sessions)
    }

    /// Makes a room, unless it exists: by the admin if there is one, else by this person.
    pub(crate) async fn make_room(&self, http: &HttpClient, by: &ApiSession, room: &RoomName) -> Result<()> {
        self.admin.get().map_or(by, |admin| &admin.session).create_room(http, room).await
    }

    /// Makes a room private, with these members; leaves it as it is if the door is open.
    pub(crate) async fn make_private(
        &self,
        http: &HttpClient,
        room: &RoomName,
        members: impl IntoIterator<Item = &ApiSession>,
    ) -> Result<()> {
        let Some(admin) = self.admin.get() else { return Ok(()) };
        let (http, path) =
            (http.signed_in(&admin.session.bearer), format!("/api/v1/rooms/{}", room.as_str()));
        send(&http, Method::PUT, &path, &json!({ "policy": { "visibility": "private" } })).await?;
        for ApiSession { person, .. } in members {
            let member = format!("{path}/members/{}", person.id.as_str());
            send(&http, Method::PUT, &member, &json!({ "role": "member", "name": person.name })).await?;
        }
        Ok(())
    }
}

/// Whether the entry says who may do what, so that retention keeps it.
pub(crate) fn is_about_access(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Member(_) | EntryKind::Room { policy: Some(_), .. })
}

fn text<'a>(answer: &'a Value, field: &str) -> Result<&'a str> {
    answer[field].as_str().with_context(|| format!("the answer has no {field}"))
}

async fn redeem(http: &HttpClient, code: &str, nickname: &str) -> Result<ApiSession> {
    let body = json!({ "code": code, "nickname": nickname });
    ApiSession::of(&send(http, Method::POST, "/api/v1/redeem", &body).await?)
}

/// Sends a request that must succeed.
async fn send(http: &HttpClient, method: Method, path: &str, body: &Value) -> Result<ApiResponse> {
    let reply = http.send(ApiRequest::with_body(method, path, body.to_string()), LIMIT).await?;
    ensure!((200..300).contains(&reply.status), "{path} was answered with {}", reply.describe());
    Ok(reply)
}
