//! The HTTP client of `send`, `tail` and `health`: one function a route, typed on the shared words. Each tries once and
//! says what happened; trying again is up to [`Patience`] and the subscription machine.

mod address;
mod connect;
mod options;
mod patience;
mod proxy;
mod say;
mod target;
#[cfg(test)]
mod tests;
mod trouble;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use holdline_shared::{
    Batch, Entry, EntryKind, History, Nickname, PollQuery, ProblemCode, PublishRequest, RoomList, RoomName,
    RoomRequest, Seq, Session, SessionRequest,
};
use parking_lot::Mutex;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use reqwest::{Method, RequestBuilder, Url};
use serde::de::DeserializeOwned;

use self::connect::http_client;
use self::proxy::Proxy;

pub(crate) use self::address::{Address, without_login, without_passwords};
pub(crate) use self::options::ServerOptions;
pub(crate) use self::patience::{Patience, Unanswered, jitter};
pub(crate) use self::say::say;
pub(crate) use self::target::Target;
pub(crate) use self::trouble::Trouble;

/// For everything but polls: a server that takes longer to answer is asked again.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// A poll whose parameters are longer goes as a form: proxies take request lines of 8 kB, and some less.
const LONGEST_QUERY: usize = 4_000;

/// Talks to one server, as at most one person.
pub(crate) struct Client {
    http: reqwest::Client,
    target: Target,
    nickname: Option<Nickname>,
    /// The session's, once one was needed.
    token: Mutex<Option<String>>,
    /// Whether the server is of a version that takes no polls as forms.
    lacks_form_polls: AtomicBool,
}

/// A poll's answer.
#[derive(Debug)]
pub(crate) struct Polled {
    pub(crate) batch: Batch,
    /// Entries of the batch whose kind this version does not know, with all their fields.
    pub(crate) unknown: BTreeMap<Seq, serde_json::Value>,
}

impl Client {
    /// A client for this server, by way of the proxy that the environment names. Nothing is sent yet.
    pub(crate) fn new(server: Address, nickname: Option<Nickname>) -> anyhow::Result<Self> {
        let proxy = Proxy::of(&server)?;
        Self::on(Target { server, proxy }, nickname)
    }

    /// A client for this server, without any proxy.
    pub(crate) fn direct(server: Address) -> anyhow::Result<Self> {
        Self::on(Target { server, proxy: None }, None)
    }

    fn on(target: Target, nickname: Option<Nickname>) -> anyhow::Result<Self> {
        let http = http_client(&target)?;
        Ok(Self { http, target, nickname, token: Mutex::default(), lacks_form_polls: AtomicBool::new(false) })
    }

    /// The server as the user wrote it, and the way to it.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Whether the server is ready, by its own account. Whatever else answers with a success is not one.
    pub(crate) async fn ready(&self) -> Result<(), Trouble> {
        let ask = async |route| self.receive(self.request(Method::GET, self.target.server.at(route))).await;
        let answered = match ask("readyz").await {
            // A server of an earlier version.
            Err(trouble) if trouble.status() == Some(404) => ask("healthz").await,
            answered => answered,
        };
        if answered?.trim_ascii() == b"ok" { Ok(()) } else { Err(Trouble::no_holdline(&self.target)) }
    }

    /// One poll. No limit of time: whoever polls has a watchdog.
    pub(crate) async fn poll(&self, query: &PollQuery) -> Result<Polled, Trouble> {
        let mut url = self.route(&["poll"]);
        let query = query.to_query_string();
        if query.len() > LONGEST_QUERY && !self.lacks_form_polls.load(Ordering::Relaxed) {
            let form = self.request(Method::POST, url.clone());
            let form = form.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(query.clone());
            match self.receive(form).await {
                Err(trouble) if trouble.status() == Some(405) => {
                    self.lacks_form_polls.store(true, Ordering::Relaxed);
                }
                answered => return self.polled(&answered?),
            }
        }
        url.set_query(Some(&query));
        self.polled(&self.receive(self.request(Method::GET, url)).await?)
    }

    fn polled(&self, body: &[u8]) -> Result<Polled, Trouble> {
        let batch: Batch = self.decode(body)?;
        let is_unknown = |entry: &Entry| matches!(entry.kind, EntryKind::Unknown { .. });
        let mut unknown = BTreeMap::new();
        if batch.entries.iter().any(is_unknown) {
            let mut whole: serde_json::Value = self.decode(body)?;
            let values = whole["entries"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let numbered = values.into_iter().filter_map(|value| Some((Seq(value["seq"].as_u64()?), value)));
            unknown.extend(numbered);
            unknown.retain(|seq, _| batch.entries.iter().any(|entry| entry.seq == *seq && is_unknown(entry)));
        }
        Ok(Polled { batch, unknown })
    }

    /// A page of history: the newest messages, or those before one.
    pub(crate) async fn history(
        &self,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<History, Trouble> {
        let mut url = self.route(&["rooms", room.as_str(), "messages"]);
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", &before.to_string());
        }
        self.answer(self.request(Method::GET, url).timeout(ANSWER_TIME)).await
    }

    /// The rooms there are.
    pub(crate) async fn rooms(&self) -> Result<RoomList, Trouble> {
        self.answer(self.request(Method::GET, self.route(&["rooms"])).timeout(ANSWER_TIME)).await
    }

    /// Publishes, and makes the room when there is none. Repeating the same request publishes once.
    pub(crate) async fn publish(&self, room: &RoomName, request: &PublishRequest) -> Result<(), Trouble> {
        let url = self.route(&["rooms", room.as_str(), "messages"]);
        let publish = || self.in_session(|| self.request(Method::POST, url.clone()).json(request));
        let answered = match publish().await {
            Err(trouble) if trouble.code() == Some(ProblemCode::UnknownRoom) => {
                self.make_room(room).await?;
                publish().await?
            }
            answered => answered?,
        };
        self.decode::<Entry>(&answered).map(drop)
    }

    /// Makes a room; one that is there already stays as it is.
    pub(crate) async fn make_room(&self, room: &RoomName) -> Result<(), Trouble> {
        let url = self.route(&["rooms", room.as_str()]);
        let request = RoomRequest::default();
        self.in_session(|| self.request(Method::PUT, url.clone()).json(&request)).await.map(drop)
    }

    /// Gets a new session.
    pub(crate) async fn renew_session(&self) -> Result<(), Trouble> {
        let body = SessionRequest { nickname: self.nickname.clone() };
        let url = self.route(&["session"]);
        let request = self.request(Method::POST, url).timeout(ANSWER_TIME).json(&body);
        let session: Session = self.answer(request).await?;
        *self.token.lock() = session.token;
        Ok(())
    }

    /// Sends a request with the session's token; gets a session when there is none or when it is not valid any more.
    async fn in_session(&self, request: impl Fn() -> RequestBuilder) -> Result<Vec<u8>, Trouble> {
        if let Some(token) = self.token() {
            match self.receive(self.with_session(request(), &token)).await {
                Err(trouble) if trouble.status() == Some(401) => {}
                answered => return answered,
            }
        }
        self.renew_session().await?;
        let token = self.token().unwrap_or_default();
        self.receive(self.with_session(request(), &token)).await
    }

    /// Adds the session. `Authorization` can only be said once: where a login takes it, the session goes as a cookie.
    fn with_session(&self, request: RequestBuilder, token: &str) -> RequestBuilder {
        let request = request.timeout(ANSWER_TIME);
        match self.target.server.login() {
            Some(_) => request.header(COOKIE, format!("holdline_session={token}")),
            None => request.bearer_auth(token),
        }
    }

    fn token(&self) -> Option<String> {
        self.token.lock().clone()
    }

    fn route(&self, segments: &[&str]) -> Url {
        self.target.server.route(segments)
    }

    /// A request with the login that the address has.
    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.http.request(method, url);
        match self.target.server.login() {
            Some(login) => request.basic_auth(&login.user, login.password.as_ref()),
            None => request,
        }
    }

    /// Sends, and reads the answer as what it should be.
    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Trouble> {
        let body = self.receive(request).await?;
        self.decode(&body)
    }

    /// Sends, and takes the body of a success.
    async fn receive(&self, request: RequestBuilder) -> Result<Vec<u8>, Trouble> {
        let failed = |error| Trouble::failed(&self.target, error);
        let response = request.header(ACCEPT, "application/json").send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.bytes().await.map_err(failed)?.into());
        }
        let headers = response.headers().clone();
        // A refusal whose body is lost is still a refusal.
        let body = response.bytes().await.unwrap_or_default();
        Err(Trouble::refused(&self.target, status.as_u16(), &headers, &body))
    }

    fn decode<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Trouble> {
        serde_json::from_slice(body).map_err(|error| Trouble::unreadable(&self.target, &error))
    }
}
