//! Sessions and rooms, created over the API.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use holdline_shared::{Person, RoomName, Session};
use hyper::Method;

use crate::http::{ApiRequest, HttpClient};

/// The time limit of a request.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// A session that authenticates by token.
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
        let reply = http.send(request, REQUEST_LIMIT).await?;
        let session: Session = serde_json::from_slice(&reply.body)?;
        let token = session.token.context("the session has no token")?;
        Ok(Self { person: session.person, bearer: format!("Bearer {token}") })
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
