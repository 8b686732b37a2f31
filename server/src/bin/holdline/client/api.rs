//! The API's client: one function per route, with the types of the shared crate. Each tries once and returns an error;
//! retries are the job of [`RetryPolicy`](super::retry::RetryPolicy) and the subscription machine.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::ensure;
use holdline_shared::{
    Batch, Entry, EntryKind, History, Nickname, PollQuery, ProblemCode, PublishRequest, RoomList, RoomName,
    RoomRequest, Seq, Session, SessionRequest,
};
use parking_lot::Mutex;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use reqwest::{Method, RequestBuilder, Url};
use serde::de::DeserializeOwned;

use super::access_token::AccessToken;
use super::address::Address;
use super::connect::http_client;
use super::proxy::Proxy;
use super::request_error::RequestError;
use super::target::Target;

/// The time limit of all requests but polls; a slower server is asked again.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// The length in bytes above which a poll's parameters are sent as a form: proxies accept request lines of 8 kB, some
/// less.
const LONGEST_QUERY: usize = 4_000;

/// A client of one server with at most one session, or with an access token in its place.
pub(crate) struct Client {
    http: reqwest::Client,
    target: Target,
    nickname: Option<Nickname>,
    /// The token that an owner or a member made for this program.
    access_token: Option<AccessToken>,
    /// The token of the session, once one was needed.
    token: Mutex<Option<String>>,
    /// Whether the server is of a version without polls as forms.
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
    /// Makes a client for this server, using the proxy that the environment names. Sends nothing yet.
    pub(crate) fn new(server: Address, nickname: Option<Nickname>) -> anyhow::Result<Self> {
        let proxy = Proxy::of(&server)?;
        Self::on(Target { server, proxy }, nickname)
    }

    /// Makes a client for this server that uses no proxy.
    pub(crate) fn direct(server: Address) -> anyhow::Result<Self> {
        Self::on(Target { server, proxy: None }, None)
    }

    fn on(target: Target, nickname: Option<Nickname>) -> anyhow::Result<Self> {
        let http = http_client(&target)?;
        let lacks_form_polls = AtomicBool::new(false);
        Ok(Self { http, target, nickname, access_token: None, token: Mutex::default(), lacks_form_polls })
    }

    /// Sends this access token with every request, and begins no session.
    pub(crate) fn with_access_token(self, token: AccessToken) -> anyhow::Result<Self> {
        ensure!(
            self.target.server.login().is_none(),
            "a token and a login in the server's address exclude each other: a request has one Authorization"
        );
        Ok(Self { access_token: Some(token), ..self })
    }

    /// The server's address and the proxy, for messages.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Asks whether the server is ready. Any other success than a Holdline server's is an error.
    pub(crate) async fn check_ready(&self) -> Result<(), RequestError> {
        let get =
            async |route| self.send_and_read(self.request(Method::GET, self.target.server.at(route))).await;
        let answered = match get("readyz").await {
            // An earlier version of the server.
            Err(error) if error.status() == Some(404) => get("healthz").await,
            answered => answered,
        };
        if answered?.trim_ascii() == b"ok" { Ok(()) } else { Err(RequestError::not_holdline(&self.target)) }
    }

    /// Polls once. Without a time limit: the caller has a watchdog.
    pub(crate) async fn poll(&self, query: &PollQuery) -> Result<Polled, RequestError> {
        let mut url = self.route(&["poll"]);
        let query = query.to_query_string();
        if query.len() > LONGEST_QUERY && !self.lacks_form_polls.load(Ordering::Relaxed) {
            let form = self.request(Method::POST, url.clone());
            let form = form.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(query.clone());
            match self.send_and_read(form).await {
                Err(error) if error.status() == Some(405) => {
                    self.lacks_form_polls.store(true, Ordering::Relaxed);
                }
                answered => return self.polled(&answered?),
            }
        }
        url.set_query(Some(&query));
        self.polled(&self.send_and_read(self.request(Method::GET, url)).await?)
    }

    fn polled(&self, body: &[u8]) -> Result<Polled, RequestError> {
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

    /// Reads a page of history: the newest messages, or those before a position.
    pub(crate) async fn history(
        &self,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<History, RequestError> {
        let mut url = self.route(&["rooms", room.as_str(), "messages"]);
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", &before.to_string());
        }
        self.send_and_decode(self.request(Method::GET, url).timeout(ANSWER_TIME)).await
    }

    /// Lists the rooms.
    pub(crate) async fn rooms(&self) -> Result<RoomList, RequestError> {
        self.send_and_decode(self.request(Method::GET, self.route(&["rooms"])).timeout(ANSWER_TIME)).await
    }

    /// Publishes a message, and creates the room if it does not exist. Repeating the same request publishes once.
    pub(crate) async fn publish(
        &self,
        room: &RoomName,
        request: &PublishRequest,
    ) -> Result<(), RequestError> {
        let url = self.route(&["rooms", room.as_str(), "messages"]);
        let publish = || self.send_in_session(|| self.request(Method::POST, url.clone()).json(request));
        let answered = match publish().await {
            Err(error) if error.code() == Some(ProblemCode::UnknownRoom) => {
                self.create_room(room).await?;
                publish().await?
            }
            answered => answered?,
        };
        self.decode::<Entry>(&answered).map(drop)
    }

    /// Creates a room; leaves an existing one unchanged.
    pub(crate) async fn create_room(&self, room: &RoomName) -> Result<(), RequestError> {
        let url = self.route(&["rooms", room.as_str()]);
        let request = RoomRequest::default();
        self.send_in_session(|| self.request(Method::PUT, url.clone()).json(&request)).await.map(drop)
    }

    /// Creates a new session.
    pub(crate) async fn renew_session(&self) -> Result<(), RequestError> {
        let body = SessionRequest { nickname: self.nickname.clone() };
        let url = self.route(&["session"]);
        let request = self.request(Method::POST, url).timeout(ANSWER_TIME).json(&body);
        let session: Session = self.send_and_decode(request).await?;
        *self.token.lock() = session.token;
        Ok(())
    }

    /// Sends a request with the session's token; creates a session if there is none or the server refuses it.
    async fn send_in_session(&self, request: impl Fn() -> RequestBuilder) -> Result<Vec<u8>, RequestError> {
        if self.access_token.is_some() {
            return self.send_and_read(request().timeout(ANSWER_TIME)).await;
        }
        if let Some(token) = self.token() {
            match self.send_and_read(self.with_session(request(), &token)).await {
                Err(error) if error.status() == Some(401) => {}
                answered => return answered,
            }
        }
        self.renew_session().await?;
        let token = self.token().unwrap_or_default();
        self.send_and_read(self.with_session(request(), &token)).await
    }

    /// Adds the session. A request has one `Authorization` only: with a login in the address, the session is sent as a
    /// cookie.
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

    /// Starts a request with the login of the address, or with the access token.
    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.http.request(method, url);
        match (self.target.server.login(), &self.access_token) {
            (Some(login), _) => request.basic_auth(&login.user, login.password.as_ref()),
            (None, Some(token)) => request.bearer_auth(token.reveal()),
            (None, None) => request,
        }
    }

    /// Sends a request and decodes the JSON of the response.
    async fn send_and_decode<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, RequestError> {
        let body = self.send_and_read(request).await?;
        self.decode(&body)
    }

    /// Sends a request and returns the body of a successful response.
    async fn send_and_read(&self, request: RequestBuilder) -> Result<Vec<u8>, RequestError> {
        let failed = |error| RequestError::failed(&self.target, error);
        let response = request.header(ACCEPT, "application/json").send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.bytes().await.map_err(failed)?.into());
        }
        let headers = response.headers().clone();
        // A refusal without its body is still a refusal.
        let body = response.bytes().await.unwrap_or_default();
        Err(RequestError::refused(&self.target, status.as_u16(), &headers, &body))
    }

    fn decode<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, RequestError> {
        serde_json::from_slice(body).map_err(|error| RequestError::unreadable(&self.target, &error))
    }
}
