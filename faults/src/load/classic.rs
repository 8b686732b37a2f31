//! A reader of the classic route with a cookie jar, as the tutorial's page is in a browser: one text an answer, the
//! place in the log is in a cookie that comes with it.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::{Cursor, RoomName, RoomSelection};
use hyper::header::{HeaderMap, SET_COOKIE};
use tokio::time::sleep;

use crate::checker::{Hears, Ledger};
use crate::http::{Ask, Http};

/// Longer than it asks to be held, which is three seconds: less than any proxy here allows.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause after an error; the tutorial's page waits a second.
const PAUSE: Duration = Duration::from_millis(500);

/// Somebody with an old browser.
pub(crate) struct ClassicReader {
    pub(crate) http: Http,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) room: RoomName,
    pub(crate) rng: Rng,
    pub(crate) name: String,
}

/// What came of one request.
struct Answer {
    text: String,
    cookie: Option<String>,
}

impl ClassicReader {
    /// Reads from now on, for ever.
    pub(crate) async fn run(mut self) {
        let random = format!("{:.16}", self.rng.f64());
        let quiet = format!("/subscribe?room={}&random={random}&wait=0", self.room.as_str());
        let (mut cookie, from) = loop {
            if let Some(Answer { cookie: Some(cookie), .. }) = self.ask(&quiet, "").await
                && let Some(cursor) = place(&cookie)
            {
                break (cookie, cursor.seq);
            }
            self.pause().await;
        };
        let rooms = RoomSelection::Named(vec![self.room.clone()]);
        let reader = self.ledger.reader(self.name.clone(), rooms, from, Hears::Texts);
        let held = format!("/subscribe?room={}&random={random}&wait=3", self.room.as_str());
        loop {
            let Some(answer) = self.ask(&held, &cookie).await else {
                self.pause().await;
                continue;
            };
            cookie = answer.cookie.unwrap_or(cookie);
            if !answer.text.is_empty() {
                self.ledger.saw_text(reader, &answer.text);
            }
            self.ledger.polled(reader);
        }
    }

    /// Asks once; `None` is anything but a 200.
    async fn ask(&self, path: &str, cookie: &str) -> Option<Answer> {
        let mut ask = Ask::get(path);
        if !cookie.is_empty() {
            ask = ask.header("cookie", cookie);
        }
        let reply = self.http.ask(ask, PATIENCE).await.ok().filter(|reply| reply.status == 200)?;
        Some(Answer {
            text: String::from_utf8_lossy(&reply.body).into_owned(),
            cookie: new_cookie(&reply.headers),
        })
    }

    async fn pause(&mut self) {
        sleep(PAUSE.mul_f64(self.rng.f64())).await;
    }
}

/// Where the cookie says that its page is. Only for the checker: to a page the value says nothing.
fn place(cookie: &str) -> Option<Cursor> {
    cookie.split_once('=')?.1.split('.').next()?.parse().ok()
}

/// The name and value of the cookie that an answer sets.
fn new_cookie(headers: &HeaderMap) -> Option<String> {
    headers.get(SET_COOKIE)?.to_str().ok()?.split(';').next().map(str::to_owned)
}
