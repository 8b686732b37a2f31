//! `/subscribe` and `/publish` as in the long polling tutorial of javascript.info: plain text both ways. The
//! tutorial's unmodified page and script work with these routes, and so do two lines of curl.

mod cursor_cookies;

use std::time::Duration;

use holdline_shared::{After, Cursor, MessageText, Person, ProblemCode, RoomName};

use self::cursor_cookies::Page;
use super::app::App;
use super::call::Call;
use super::caller::Cookies;
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::reply::Reply;
use super::rooms;
use crate::access::Verb;
use crate::hub::{NextMessage, PollError};
use crate::log::Draft;
use crate::scope::Scope;

/// The media type of the tutorial's server.
const TEXT: &str = "text/plain;charset=utf-8";

/// The parameters of `/subscribe`.
struct Subscription {
    room: RoomName,
    wait: Option<Duration>,
    /// The page's random number, which names its cookie.
    random: Option<String>,
}

pub(crate) const SUBSCRIBE: Description =
    Description::new("The text of the next message; problems are plain text, too")
        .for_readers()
        .query(&[
            ROOM,
            Parameter::optional::<u32>(
                "wait",
                "Seconds after which the answer is empty; for ever unless given",
            ),
            Parameter::optional::<String>("random", "Names the cookie that keeps the page's position"),
        ])
        .answers_as(200, TEXT)
        .problems_as(TEXT)
        .problems(&[
            ProblemCode::InvalidParameter,
            ProblemCode::InvalidRoom,
            ProblemCode::UnknownRoom,
            ProblemCode::RateLimited,
        ]);

pub(crate) const PUBLISH: Description = Description::new("Publishes the body; problems are plain text, too")
    .for_readers()
    .query(&[ROOM])
    .takes_as::<MessageText>(TEXT)
    .answers_as(200, TEXT)
    .problems_as(TEXT)
    .problems(&[
        ProblemCode::InvalidText,
        ProblemCode::InvalidRoom,
        ProblemCode::UnknownRoom,
        ProblemCode::TooMany,
        ProblemCode::NameTaken,
        ProblemCode::RateLimited,
        ProblemCode::StorageFull,
    ]);

const ROOM: Parameter = Parameter::optional::<RoomName>("room", "The room's name; lobby unless given");

/// Holds until the next message, and answers with its text alone.
pub(crate) async fn subscribe(app: App, call: Call) -> Result<Reply, ApiError> {
    Ok(answer(&app, call).await.unwrap_or_else(ApiError::into_plain))
}

async fn answer(app: &App, call: Call) -> Result<Reply, ApiError> {
    let asked = Subscription::read(&call)?;
    let page = asked.random.as_deref().and_then(|random| Page::find(random, &call.caller.site));
    let seen = page.as_ref().and_then(|page| page.cursor(&Cookies::of(&call.headers)));
    if asked.wait.is_some_and(|wait| wait.is_zero()) {
        app.limits.read(&call.caller)?;
    }
    let _lease = app.limits.hold(&call.caller)?;
    let next =
        next_message(app, &call.caller.scope(app)?, &asked, seen.map_or(After::Now, After::At)).await?;
    let text = next.text.map(String::from).unwrap_or_default();
    let mut reply = Reply::new(200, Some(TEXT), text).held(app.hub.is_closing());
    reply.caching = Some("no-cache, must-revalidate");
    if let Some(page) = page {
        for cookie in page.set(next.cursor, &call.caller.site, &Cookies::of(&call.headers)) {
            reply = reply.with("set-cookie", cookie);
        }
    }
    Ok(reply)
}

async fn next_message(
    app: &App,
    scope: &Scope,
    asked: &Subscription,
    after: After,
) -> Result<NextMessage, PollError> {
    let next = |after| app.hub.next_message(scope, &asked.room, after, asked.wait);
    match next(after).await {
        // The page cannot be told that it missed entries; it continues from the present.
        Err(PollError::EpochChanged(_)) => next(After::Now).await,
        Err(PollError::Gap { forgotten, cursor }) => {
            next(After::At(Cursor { seq: forgotten, ..cursor })).await
        }
        other => other,
    }
}

impl Subscription {
    fn read(call: &Call) -> Result<Self, ApiError> {
        let mut asked = Self { room: RoomName::lobby(), wait: None, random: None };
        for (name, value) in call.query_pairs() {
            match &*name {
                "room" => asked.room = RoomName::parse(&value)?,
                "wait" => {
                    let seconds: Option<u32> = value.parse().ok();
                    let why =
                        || ApiError::parameter(format!("wait is a whole number of seconds, not {value:?}"));
                    asked.wait = Some(Duration::from_secs(seconds.ok_or_else(why)?.into()));
                }
                "random" => asked.random = Some(value.into_owned()),
                // Unknown parameters are ignored, as the tutorial's server does.
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// Appends the raw body as a message.
pub(crate) async fn publish(app: App, call: Call) -> Result<Reply, ApiError> {
    Ok(append(&app, call).await.unwrap_or_else(ApiError::into_plain))
}

async fn append(app: &App, mut call: Call) -> Result<Reply, ApiError> {
    let room = call.query_pairs().filter(|(name, _)| name == "room").last();
    let room = room.map_or(Ok(RoomName::lobby()), |(_, room)| RoomName::parse(&room))?;
    refuse_form(&call)?;
    let body = call.read_body().await?;
    let text = std::str::from_utf8(&body).map_err(|_| ApiError::parameter("a message is text in UTF-8"))?;
    let text = MessageText::parse(text)?;
    let (author, is_known) = if call.caller.has_token() {
        (Some(call.caller.require(Verb::Write, Some(&room))?), true)
    } else {
        let scope = call.caller.scope(app)?;
        (call.caller.session(), scope.allows(&room) && app.hub.has_room(&room))
    };
    let draft = match author {
        Some(author) => Draft::say(author.clone(), room, text),
        // Rooms stay, so the creation of one needs a person.
        None if !is_known => return Err(ApiError::unknown_room(&room)),
        None => Draft::say(Person::anonymous(), room, text),
    };
    rooms::count(app, &call.caller, &draft.room)?;
    app.hub.publish(draft).await?;
    Ok(Reply { caching: None, ..Reply::new(200, Some(TEXT), "ok") })
}

/// Refuses a form with file parts, whose boundaries would end up in the message. Other types are accepted:
/// `curl -d` declares any text as a form.
fn refuse_form(call: &Call) -> Result<(), ApiError> {
    if call.media_type().to_ascii_lowercase().starts_with("multipart/") {
        let detail = "send the message as the body itself, as in: curl -d 'hello' …/publish";
        return Err(ApiError::media_type(detail));
    }
    Ok(())
}
