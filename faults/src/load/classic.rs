//! A reader of the classic route with a cookie jar, like the tutorial's page in a browser: one text per response, and a
//! cookie with the position in the log.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{Cursor, RoomName, RoomSelection};
use hyper::header::{HeaderMap, SET_COOKIE};
use tokio::time::sleep;

use crate::checker::{Ledger, Receives};
use crate::http::{ApiRequest, HttpClient};

/// The time limit of a request, longer than its hold of three seconds, which every proxy here allows.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// The longest pause after an error; the tutorial's page waits a second.
const PAUSE: Duration = Duration::from_millis(500);

/// A reader that behaves like the tutorial's page.
pub(crate) struct ClassicReader {
    pub(crate) http: HttpClient,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) room: RoomName,
    pub(crate) rng: Rng,
    pub(crate) name: String,
}

/// The response to one request.
struct Response {
    text: String,
    cookie: Option<String>,
}

impl ClassicReader {
    /// Reads from now on until dropped.
    pub(crate) async fn run(mut self) {
        let random = format!("{:.16}", self.rng.f64());
        let quiet = format!("/subscribe?room={}&random={random}&wait=0", self.room.as_str());
        let (mut cookie, from) = loop {
            if let Some(Response { cookie: Some(cookie), .. }) = self.request(&quiet, "").await
                && let Some(cursor) = cursor_in(&cookie)
            {
                break (cookie, cursor.seq);
            }
            self.pause().await;
        };
        let rooms = RoomSelection::Named(vec![self.room.clone()]);
        let reader = self.ledger.add_reader(self.name.clone(), rooms, from, Receives::Texts);
        let held = format!("/subscribe?room={}&random={random}&wait=3", self.room.as_str());
        loop {
            let Some(answer) = self.request(&held, &cookie).await else {
                self.pause().await;
                continue;
            };
            cookie = answer.cookie.unwrap_or(cookie);
            if !answer.text.is_empty() {
                self.ledger.record_text(reader, &answer.text);
            }
            self.ledger.record_poll(reader);
        }
    }

    /// Sends one request; `None` for anything but a 200.
    async fn request(&self, path: &str, cookie: &str) -> Option<Response> {
        let mut request = ApiRequest::get(path);
        if !cookie.is_empty() {
            request = request.header("cookie", cookie);
        }
        let reply = self.http.send(request, REQUEST_LIMIT).await.ok().filter(|reply| reply.status == 200)?;
        Some(Response {
            text: String::from_utf8_lossy(&reply.body).into_owned(),
            cookie: new_cookie(&reply.headers),
        })
    }

    async fn pause(&mut self) {
        sleep(PAUSE.mul_f64(self.rng.f64())).await;
    }
}

/// The cursor in the cookie. Only the checker reads it; for a page the value is opaque.
fn cursor_in(cookie: &str) -> Option<Cursor> {
    cookie.split_once('=')?.1.split('.').next()?.parse().ok()
}

/// The name and value of the cookie that a response sets.
fn new_cookie(headers: &HeaderMap) -> Option<String> {
    headers.get(SET_COOKIE)?.to_str().ok()?.split(';').next().map(str::to_owned)
}
