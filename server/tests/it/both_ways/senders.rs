//! Everybody who may send a request at a door: strangers, people whom it lets in or who were shown out, and programs with
//! tokens. Each is known by the headers of the requests.

use holdline_server::hub::PresenceLease;
use holdline_server::{ProxyLogin, Scope, ServeConfig, choose_door, make_admin_link};
use holdline_shared::{Batch, Door, Entry, NewCode, Person, RoomName, Session};
use serde_json::{Value, json};

use super::Pair;
use crate::support::{Connection, Reply, key, trusting_loopback, within};

/// The address of a visitor who was banned, and the end of the ban, in the year 2100.
const BANNED_VISITOR: (&str, u64) = ("203.0.113.7", 4_102_444_800_000);

/// Senders at a door, and the private room that some of them may read.
pub(crate) struct Senders {
    pub(crate) den: RoomName,
    /// The kind of each, and the headers of their requests.
    pub(crate) all: Vec<(&'static str, String)>,
    /// The presence of those who are in, so that no poll changes who is here.
    _here: Vec<PresenceLease>,
}

/// Somebody whom the door has let in.
struct Insider {
    person: Person,
    token: String,
    headers: String,
}

/// A configuration with a proxy on this machine that names users.
pub(crate) fn behind_a_proxy() -> ServeConfig {
    let mut config = ServeConfig::default();
    config.http = trusting_loopback();
    config.http.proxy_login = Some(ProxyLogin {
        user_header: "x-user".parse().unwrap(),
        secret_header: "x-proxy-secret".parse().unwrap(),
        secret: "between us".to_owned(),
    });
    config
}

/// The headers by which the proxy names a user.
fn login(name: &str) -> String {
    format!("X-User: {name}\r\nX-Proxy-Secret: between us\r\n")
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

impl Senders {
    /// Shuts the door of the pair's server, and lets people in by it.
    pub(crate) async fn at(door: Door, pair: &Pair) -> Self {
        let password = (door == Door::Password).then(|| "open sesame".to_owned());
        choose_door(pair.hub.log(), door, password).await.unwrap();
        let at = Entrance { pair, door };
        let link = make_admin_link(pair.hub.log()).await.unwrap();
        let boss = at.lets_in("Boss", &link.code).await;
        let (bo, cy) = (at.invites(&boss, "Bo", "member").await, at.invites(&boss, "Cy", "member").await);
        let (di, ed) = (at.invites(&boss, "Di", "member").await, at.invites(&boss, "Ed", "member").await);
        let flo = at.invites(&boss, "Flo", "guest").await;
        let made: Entry =
            at.asks(&bo, "POST", "/api/v1/rooms", &json!({ "title": "Den" })).await.expect(201).json();
        let den = made.room;
        let said = json!({ "key": key().to_string(), "text": "in the den" });
        at.asks(&bo, "POST", &format!("/api/v1/rooms/{den}/messages"), &said).await.expect(201);
        at.asks(&di, "DELETE", "/api/v1/session", &Value::Null).await.expect(204);
        let ban = format!("/api/v1/people/{}/ban", ed.person.id);
        at.asks(&boss, "PUT", &ban, &json!({})).await.expect(201);
        let (visitor, until) = BANNED_VISITOR;
        let ban = json!({ "visitor": visitor, "until": until });
        at.asks(&boss, "POST", "/api/v1/bans", &ban).await.expect(201);
        let mut tokens = Vec::new();
        for body in [
            json!({ "verbs": ["read"] }),
            json!({ "verbs": ["write", "react", "invite"] }),
            json!({ "verbs": ["read"], "rooms": [den] }),
            json!({ "verbs": ["read"], "rooms": ["tea"] }),
            json!({ "verbs": ["read"], "note": "revoked below" }),
        ] {
            let made: Value = at.asks(&bo, "POST", "/api/v1/tokens", &body).await.expect(201).json();
            tokens.push(made);
        }
        let revoked = format!("/api/v1/tokens/{}", tokens[4]["id"].as_str().unwrap());
        at.asks(&bo, "DELETE", &revoked, &Value::Null).await.expect(204);
        let token = |number: usize| bearer(tokens[number]["token"].as_str().unwrap());
        let banned_visitor = format!("X-Forwarded-For: {visitor}\r\n");
        let cookie = format!("Cookie: holdline_session={}\r\n{}", bo.token, at.login("Bo"));
        let all = vec![
            ("nobody", String::new()),
            ("a wrong session", bearer("h2.AAAA.AAAA")),
            ("a wrong cookie", "Cookie: holdline_session=h2.AAAA.AAAA\r\n".to_owned()),
            ("a guest of the open door", bearer(&pair.token)),
            ("a guest", flo.headers.clone()),
            ("a member of the private room", bo.headers.clone()),
            ("the same by cookie", cookie),
            ("a member who is not in it", cy.headers.clone()),
            ("an admin who is not in it", boss.headers.clone()),
            ("a member whose session ended", di.headers),
            ("a banned member", ed.headers),
            ("nobody, from a banned address", banned_visitor.clone()),
            ("a member, from a banned address", format!("{}{banned_visitor}", cy.headers)),
            ("a session without the proxy", bearer(&bo.token)),
            ("a session that comes with somebody else's login", bearer(&bo.token) + &login("Cy")),
            ("a login without a session", login("Cy")),
            ("a login with a wrong secret", "X-User: Cy\r\nX-Proxy-Secret: x\r\n".to_owned()),
            ("a token for all rooms", token(0)),
            ("a token without the verb", token(1)),
            ("a token for the private room", token(2)),
            ("a token for another room", token(3)),
            ("a revoked token", token(4)),
            ("a token that never was", bearer("hlt_never")),
        ];
        let mut rooms: Vec<RoomName> = ["lobby", "tea", "caf\u{e9}"].map(|room| room.parse().unwrap()).into();
        let enter = |insider: &Insider, rooms: &[RoomName]| {
            pair.hub.enter(&Scope::of_every_room(), &insider.person, rooms, None)
        };
        let mut here: Vec<_> = [&boss, &cy, &flo].map(|insider| enter(insider, &rooms)).into();
        rooms.push(den.clone());
        here.push(enter(&bo, &rooms));
        let senders = Self { den, all, _here: here };
        within("everybody's presence", senders.are_here(pair, &bo)).await;
        senders
    }

    /// Waits until the presence of everybody is told.
    async fn are_here(&self, pair: &Pair, reader: &Insider) {
        let path =
            format!("/api/v1/poll?room=lobby&wait=0&here=lobby&here=tea&here=caf%C3%A9&here={}", self.den);
        loop {
            let batch: Batch = ask(pair, "GET", &path, &reader.headers, b"").await.expect(200).json();
            let rooms = batch.presence.unwrap().rooms;
            // The four who are in, and Ada; in the private room, one.
            if rooms.iter().all(|(name, here)| here.count == if *name == self.den { 1 } else { 5 }) {
                return;
            }
        }
    }
}

/// The door, and the server behind it.
#[derive(Clone, Copy)]
struct Entrance<'a> {
    pair: &'a Pair,
    door: Door,
}

impl Entrance<'_> {
    /// The headers that the door needs from somebody who is in.
    fn login(self, name: &str) -> String {
        if self.door == Door::Proxy { login(name) } else { String::new() }
    }

    async fn asks(self, who: &Insider, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = format!("{}Content-Type: application/json\r\n", who.headers);
        ask(self.pair, method, path, &headers, body.as_bytes()).await
    }

    /// Somebody new, by an invite.
    async fn invites(self, admin: &Insider, name: &str, role: &str) -> Insider {
        let invite: NewCode =
            self.asks(admin, "POST", "/api/v1/invites", &json!({ "role": role })).await.expect(201).json();
        self.lets_in(name, &invite.code).await
    }

    async fn lets_in(self, name: &str, code: &str) -> Insider {
        let headers = format!("{}Content-Type: application/json\r\n", self.login(name));
        let body = json!({ "code": code, "nickname": name }).to_string();
        let reply = ask(self.pair, "POST", "/api/v1/redeem", &headers, body.as_bytes()).await;
        let Session { person, token } = reply.expect(201).json();
        let token = token.unwrap();
        Insider { person, headers: bearer(&token) + &self.login(name), token }
    }
}

async fn ask(pair: &Pair, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
    Connection::open(pair.plain.address).await.request(method, path, headers, body).await
}
