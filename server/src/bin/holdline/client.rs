//! The HTTP client of `send` and `tail`: one function a route, typed on the shared words. Each tries once and says what
//! happened; trying again is up to [`Patience`] and the subscription machine.

mod address;
mod options;
mod patience;
mod say;
mod trouble;

use std::time::Duration;

use holdline_shared::{
    Batch, Entry, History, Nickname, PollQuery, ProblemCode, PublishRequest, RoomList, RoomName, RoomRequest,
    Seq, Session, SessionRequest,
};
use parking_lot::Mutex;
use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use serde::de::DeserializeOwned;

pub(crate) use self::address::Address;
pub(crate) use self::options::ServerOptions;
pub(crate) use self::patience::{Patience, Unanswered, dice};
pub(crate) use self::say::say;
pub(crate) use self::trouble::Trouble;

/// For everything but polls: a server that takes longer to answer is asked again.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// Talks to one server, as at most one person.
pub(crate) struct Client {
    http: reqwest::Client,
    address: Address,
    nickname: Option<Nickname>,
    /// The session's, once one was needed.
    token: Mutex<Option<String>>,
}

impl Client {
    /// The server as the user wrote it.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// One poll. No limit of time: whoever polls has a watchdog.
    pub(crate) async fn poll(&self, query: &PollQuery) -> Result<Batch, Trouble> {
        let mut url = self.address.route(&["poll"]);
        url.set_query(Some(&query.to_query_string()));
        answer(self.http.get(url)).await
    }

    /// A page of history: the newest messages, or those before one.
    pub(crate) async fn history(
        &self,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<History, Trouble> {
        let mut url = self.address.route(&["rooms", room.as_str(), "messages"]);
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", &before.to_string());
        }
        answer(self.http.get(url).timeout(ANSWER_TIME)).await
    }

    /// The rooms there are.
    pub(crate) async fn rooms(&self) -> Result<RoomList, Trouble> {
        answer(self.http.get(self.address.route(&["rooms"])).timeout(ANSWER_TIME)).await
    }

    /// Publishes, and makes the room when there is none. Repeating the same request publishes once.
    pub(crate) async fn publish(&self, room: &RoomName, request: &PublishRequest) -> Result<(), Trouble> {
        let url = self.address.route(&["rooms", room.as_str(), "messages"]);
        let publish = || self.in_session(|| self.http.post(url.clone()).json(request));
        let answered = match publish().await {
            Err(trouble) if trouble.code() == Some(ProblemCode::UnknownRoom) => {
                self.make_room(room).await?;
                publish().await?
            }
            answered => answered?,
        };
        decode::<Entry>(&answered).map(drop)
    }

    /// Makes a room; one that is there already stays as it is.
    pub(crate) async fn make_room(&self, room: &RoomName) -> Result<(), Trouble> {
        let url = self.address.route(&["rooms", room.as_str()]);
        let request = RoomRequest::default();
        self.in_session(|| self.http.put(url.clone()).json(&request)).await.map(drop)
    }

    /// Gets a new session.
    pub(crate) async fn renew_session(&self) -> Result<(), Trouble> {
        let request = SessionRequest { nickname: self.nickname.clone() };
        let url = self.address.route(&["session"]);
        let session: Session = answer(self.http.post(url).timeout(ANSWER_TIME).json(&request)).await?;
        *self.token.lock() = session.token;
        Ok(())
    }

    /// Sends a request with the session's token; gets a session when there is none or when it is not valid any more.
    async fn in_session(&self, request: impl Fn() -> RequestBuilder) -> Result<Vec<u8>, Trouble> {
        if let Some(token) = self.token() {
            match receive(request().timeout(ANSWER_TIME).bearer_auth(token)).await {
                Err(trouble) if trouble.status() == Some(401) => {}
                answered => return answered,
            }
        }
        self.renew_session().await?;
        let token = self.token().unwrap_or_default();
        receive(request().timeout(ANSWER_TIME).bearer_auth(token)).await
    }

    fn token(&self) -> Option<String> {
        self.token.lock().clone()
    }
}

/// Sends, and reads the answer as what it should be.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Trouble> {
    decode(&receive(request).await?)
}

/// Sends, and takes the body of a success.
async fn receive(request: RequestBuilder) -> Result<Vec<u8>, Trouble> {
    let response = request.header(ACCEPT, "application/json").send().await?;
    let status = response.status();
    if status.is_success() {
        return Ok(response.bytes().await?.into());
    }
    let headers = response.headers().clone();
    // A refusal whose body is lost is still a refusal.
    let body = response.bytes().await.unwrap_or_default();
    Err(Trouble::refused(status.as_u16(), &headers, &body))
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Trouble> {
    serde_json::from_slice(body).map_err(|error| Trouble::Failed {
        why: format!("the answer is not one of a Holdline server: {error}"),
    })
}
