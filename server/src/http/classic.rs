//! `/subscribe` and `/publish` as the long polling tutorial of javascript.info has them: plain text both ways. Its
//! unmodified page and script work against these, and so do two lines of curl.

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use holdline_shared::{After, Cursor, MessageText, Person, ProblemCode, RoomName};

use super::App;
use super::assets::hashes;
use super::body::{essence, refuse_encoded};
use super::cursor_cookies::Page;
use super::failure::Failure;
use super::identity::{Visitor, caller};
use super::params::{query_pairs, query_value};
use super::reply::mark_held;
use super::rooms::allow_to_make;
use crate::hub::PollError;
use crate::log::Draft;

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
    let caller = caller(parts);
    let page = asked.random.as_deref().and_then(|random| Page::find(random, caller));
    let seen = page.as_ref().and_then(|page| page.cursor(&parts.headers));
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
    if let Some(page) = page {
        for cookie in page.set(said.cursor, caller, &parts.headers) {
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                headers.append(header::SET_COOKIE, value);
            }
        }
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

/// Appends the raw body as a message.
pub(super) async fn publish(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Visitor(visitor): Visitor,
    request: Request,
) -> Response {
    match append(&app, &uri, visitor, request).await {
        Ok(()) => ([(header::CONTENT_TYPE, TEXT)], "ok").into_response(),
        Err(failure) => failure.into_plain(),
    }
}

async fn append(app: &App, uri: &Uri, visitor: Option<Person>, request: Request) -> Result<(), Failure> {
    let (parts, body) = request.into_parts();
    let room = query_value(uri, "room").map_or(Ok(RoomName::lobby()), |room| RoomName::parse(&room))?;
    refuse_form(&parts.headers)?;
    refuse_encoded(&parts.headers)?;
    let body = super::body::read(body).await?;
    let text = std::str::from_utf8(&body).map_err(|_| Failure::parameter("a message is text in UTF-8"))?;
    let text = MessageText::parse(text)?;
    let draft = match visitor {
        Some(author) => {
            allow_to_make(app, caller(&parts), &author, &room)?;
            Draft::say(author, room, text)
        }
        // Rooms stay, so somebody has to answer for them.
        None if !app.hub.has_room(&room) => return Err(Failure::unknown_room(&room)),
        None => Draft::say(Person::anonymous(), room, text),
    };
    app.hub.publish(draft).await?;
    Ok(())
}

/// A form with files in it has frames around its text, which are nobody's message. Other types are let through: `curl -d`
/// calls a text a form.
fn refuse_form(headers: &HeaderMap) -> Result<(), Failure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if essence(kind).to_ascii_lowercase().starts_with("multipart/") {
        let detail = "send the message as the body itself, as in: curl -d 'hello' …/publish";
        return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
    }
    Ok(())
}

/// A page without WebAssembly that speaks these two routes, for old browsers and as the tutorial's living relative.
pub(super) async fn page() -> Response {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let (scripts, styles) = (hashes(PAGE, "script"), hashes(PAGE, "style"));
        let policy = format!(
            "default-src 'none'; script-src{scripts}; style-src{styles}; connect-src 'self'; img-src data:; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        );
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    ([(header::CONTENT_SECURITY_POLICY, POLICY.clone())], Html(PAGE)).into_response()
}

/// The page without WebAssembly.
const PAGE: &str = include_str!("classic/page.html");
