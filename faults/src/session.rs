//! Sessions and rooms, created over the API.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;
use holdline_shared::{Entry, MessageText, Person, PublishKey, PublishRequest, RoomName, Session};
use hyper::Method;

use crate::http::{ApiRequest, ApiResponse, HttpClient};

/// The time limit of a request.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// A session that authenticates by token.
#[derive(Clone)]
pub(crate) struct ApiSession {
    pub(crate) person: Person,
    /// The value of `Authorization`.
    pub(crate) bearer: String,
}

impl ApiSession {
    /// Creates a session with this nickname.
    pub(crate) async fn create(http: &HttpClient, nickname: &str) -> Result<Self> {
        let body = format!(r#"{{"nickname":"{nickname}"}}"#);
        let request = ApiRequest::with_body(Method::POST, "/api/v1/session", body);
        Self::of(&http.send(request, REQUEST_LIMIT).await?)
    }

    /// Takes the session of an answer.
    pub(crate) fn of(reply: &ApiResponse) -> Result<Self> {
        let session: Session = serde_json::from_slice(&reply.body)?;
        let token = session.token.context("the session has no token")?;
        Ok(Self { person: session.person, bearer: format!("Bearer {token}") })
    }

    /// Publishes a new message.
    pub(crate) async fn publish(
        &self,
        http: &HttpClient,
        room: &RoomName,
        key: PublishKey,
        text: MessageText,
    ) -> Result<Entry> {
        let body = serde_json::to_vec(&PublishRequest { key, text, reply_to: None })?;
        let path = format!("/api/v1/rooms/{}/messages", room.as_str());
        let request = ApiRequest::with_body(Method::POST, &path, body).header("authorization", &self.bearer);
        let reply = http.send(request, REQUEST_LIMIT).await?;
        ensure!(reply.status == 201, "a publish was answered with {}", reply.describe());
        Ok(serde_json::from_slice(&reply.body)?)
    }

    /// Creates a room, unless it exists already.
    pub(crate) async fn create_room(&self, http: &HttpClient, room: &RoomName) -> Result<()> {
        let path = format!("/api/v1/rooms/{}", room.as_str());
        let request = ApiRequest::with_body(Method::PUT, &path, "{}").header("authorization", &self.bearer);
        let reply = http.send(request, REQUEST_LIMIT).await?;
        ensure!(matches!(reply.status, 200 | 201 | 204), "a room was not created: {}", reply.describe());
        Ok(())
    }
}

/// A publish key from the round's random numbers.
pub(crate) fn random_key(rng: &mut Rng) -> PublishKey {
    let mut bytes = [0; 16];
    rng.fill(&mut bytes);
    PublishKey::from_random(bytes)
}
