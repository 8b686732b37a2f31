//! `/subscribe` and `/publish` as the long polling tutorial of javascript.info has them: plain text both ways. Its
//! unmodified page and script work against these, and so do two lines of curl.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use holdline_shared::{After, Cursor, MessageText, Person, RoomName};

use super::App;
use super::base::base_path;
use super::failure::Failure;
use super::identity::{Visitor, cookie};
use super::params::{query_pairs, query_value};
use super::reply::mark_held;
use crate::hub::PollError;
use crate::log::Draft;

/// How long a page's cursor is kept after an answer: as long as a quiet room may keep the next request held, within
/// reason. Cookies of closed pages stay as long; they are small, and go to this route alone.
const COOKIE_SECONDS: u32 = 12 * 60 * 60;

/// What the tutorial's server answers with.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain;charset=utf-8");

/// What `/subscribe` was asked for.
struct Subscription {
    room: RoomName,
    wait: Option<Duration>,
    /// The page's own number, which names its cookie.
    random: Option<String>,
}

/// Holds until the next message and answers with its text alone.
pub(super) async fn subscribe(State(app): State<App>, request: Request) -> Response {
    match next_message(&app, &request.into_parts().0).await {
        Ok(response) => response,
        Err(failure) => failure.into_plain(),
    }
}

async fn next_message(app: &App, parts: &Parts) -> Result<Response, Failure> {
    let asked = parse(&parts.uri)?;
    let name = asked.random.as_deref().and_then(cookie_name);
    let seen: Option<Cursor> = name.as_deref().and_then(|name| cookie(&parts.headers, name)?.parse().ok());
    let after = seen.map_or(After::Now, After::At);
    let said = match app.hub.next_message(&asked.room, after, asked.wait).await {
        // A page has no way to say what it missed; it goes on from what there is.
        Err(PollError::EpochChanged(_)) => app.hub.next_message(&asked.room, After::Now, asked.wait).await,
        Err(PollError::Gap { forgotten, cursor }) => {
            let oldest = After::At(Cursor { seq: forgotten, ..cursor });
            app.hub.next_message(&asked.room, oldest, asked.wait).await
        }
        said => said,
    }?;
    let text = said.text.map(String::from).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, TEXT);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, must-revalidate"));
    mark_held(app, headers);
    if let Some(name) = name {
        let (cursor, base) = (said.cursor, base_path(parts));
        let cookie = format!(
            "{name}={cursor}; Max-Age={COOKIE_SECONDS}; Path={base}subscribe; HttpOnly; SameSite=Lax"
        );
        headers.extend(HeaderValue::from_str(&cookie).ok().map(|value| (header::SET_COOKIE, value)));
    }
    Ok(response)
}

fn parse(uri: &Uri) -> Result<Subscription, Failure> {
    let mut asked = Subscription { room: RoomName::lobby(), wait: None, random: None };
    for (name, value) in query_pairs(uri) {
        match &*name {
            "room" => asked.room = RoomName::parse(&value)?,
            "wait" => {
                let seconds: Option<u32> = value.parse().ok();
                let why = || Failure::parameter(format!("wait is a whole number of seconds, not {value:?}"));
                asked.wait = Some(Duration::from_secs(seconds.ok_or_else(why)?.into()));
            }
            "random" => asked.random = Some(value.into_owned()),
            // The tutorial's server ignores what it does not know, and so do we here.
            _ => {}
        }
    }
    Ok(asked)
}

/// The name of the cookie for a page that sent this number; none when it is not fit for a name.
fn cookie_name(random: &str) -> Option<String> {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (!random.is_empty() && random.len() <= 64 && random.bytes().all(is_word))
        .then(|| format!("holdline_cursor_{random}"))
}

/// Appends the raw body as a message.
pub(super) async fn publish(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Visitor(visitor): Visitor,
    body: Body,
) -> Response {
    match append(&app, &uri, visitor, body).await {
        Ok(()) => ([(header::CONTENT_TYPE, TEXT)], "ok").into_response(),
        Err(failure) => failure.into_plain(),
    }
}

async fn append(app: &App, uri: &Uri, visitor: Option<Person>, body: Body) -> Result<(), Failure> {
    let room = query_value(uri, "room").map_or(Ok(RoomName::lobby()), |room| RoomName::parse(&room))?;
    let body = super::body::read(body).await?;
    let text = std::str::from_utf8(&body).map_err(|_| Failure::parameter("a message is text in UTF-8"))?;
    let author = visitor.unwrap_or_else(Person::anonymous);
    app.hub.publish(Draft::say(author, room, MessageText::parse(text)?)).await?;
    Ok(())
}

/// A page without WebAssembly that speaks these two routes, for old browsers and as the tutorial's living relative.
pub(super) async fn page() -> Html<&'static str> {
    Html(include_str!("classic/page.html"))
}
